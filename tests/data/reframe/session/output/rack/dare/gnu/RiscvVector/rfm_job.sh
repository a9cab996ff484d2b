#!/bin/bash
cat <<'END'
a line that is no sample
{"metric": "isa_baseline", "value": 6.0, "unit": "count", "rep": 0, "node": "rack-r1", "device": ""}
{"metric": "isa_baseline", "value": 6.1, "unit": "count", "rep": 1, "node": "rack-r1", "device": ""}
{"metric": "isa_baseline", "value": 6.2, "unit": "count", "rep": 2, "node": "rack-r1", "device": ""}
{"metric": "isa_baseline", "value": 6.3, "unit": "count", "rep": 3, "node": "rack-r1", "device": ""}
{"metric": "isa_baseline", "value": 6.4, "unit": "count", "rep": 4, "node": "rack-r1", "device": ""}
{"metric": "isa_baseline", "value": 6.5, "unit": "count", "rep": 5, "node": "rack-r1", "device": ""}
{"metric": "isa_baseline", "value": 6.6, "unit": "count", "rep": 6, "node": "rack-r1", "device": ""}
{"metric": "isa_baseline", "value": 6.7, "unit": "count", "rep": 7, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.0, "unit": "bit", "rep": 0, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.1, "unit": "bit", "rep": 1, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.2, "unit": "bit", "rep": 2, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.3, "unit": "bit", "rep": 3, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.4, "unit": "bit", "rep": 4, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.5, "unit": "bit", "rep": 5, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.6, "unit": "bit", "rep": 6, "node": "rack-r1", "device": ""}
{"metric": "vector_length", "value": 128.7, "unit": "bit", "rep": 7, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.0, "unit": "count", "rep": 0, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.1, "unit": "count", "rep": 1, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.2, "unit": "count", "rep": 2, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.3, "unit": "count", "rep": 3, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.4, "unit": "count", "rep": 4, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.5, "unit": "count", "rep": 5, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.6, "unit": "count", "rep": 6, "node": "rack-r1", "device": ""}
{"metric": "kernel_mismatches", "value": 0.7, "unit": "count", "rep": 7, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.0, "unit": "ratio", "rep": 0, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.1, "unit": "ratio", "rep": 1, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.2, "unit": "ratio", "rep": 2, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.3, "unit": "ratio", "rep": 3, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.4, "unit": "ratio", "rep": 4, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.5, "unit": "ratio", "rep": 5, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.6, "unit": "ratio", "rep": 6, "node": "rack-r1", "device": ""}
{"metric": "triad_speedup", "value": 2.7, "unit": "ratio", "rep": 7, "node": "rack-r1", "device": ""}
{"probe": "done", "samples": 32, "node": "rack-r1"}
END
true
exit 0
