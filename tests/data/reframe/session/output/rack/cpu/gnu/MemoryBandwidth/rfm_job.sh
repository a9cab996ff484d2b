#!/bin/bash
cat <<'END'
a line that is no sample
{"metric": "copy_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c1", "device": ""}
{"metric": "copy_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c1", "device": ""}
{"metric": "copy_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c1", "device": ""}
{"metric": "copy_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c1", "device": ""}
{"metric": "copy_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c1", "device": ""}
{"metric": "copy_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c1", "device": ""}
{"metric": "copy_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c1", "device": ""}
{"metric": "copy_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c1", "device": ""}
{"metric": "scale_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c1", "device": ""}
{"metric": "add_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c1", "device": ""}
{"metric": "triad_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c1", "device": ""}
{"probe": "done", "samples": 32, "node": "rack-c1"}
{"metric": "copy_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c2", "device": ""}
{"metric": "copy_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c2", "device": ""}
{"metric": "copy_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c2", "device": ""}
{"metric": "copy_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c2", "device": ""}
{"metric": "copy_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c2", "device": ""}
{"metric": "copy_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c2", "device": ""}
{"metric": "copy_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c2", "device": ""}
{"metric": "copy_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c2", "device": ""}
{"metric": "scale_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c2", "device": ""}
{"metric": "add_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.0, "unit": "GB/s", "rep": 0, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.1, "unit": "GB/s", "rep": 1, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.2, "unit": "GB/s", "rep": 2, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.3, "unit": "GB/s", "rep": 3, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.4, "unit": "GB/s", "rep": 4, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.5, "unit": "GB/s", "rep": 5, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.6, "unit": "GB/s", "rep": 6, "node": "rack-c2", "device": ""}
{"metric": "triad_bw", "value": 10.7, "unit": "GB/s", "rep": 7, "node": "rack-c2", "device": ""}
{"probe": "done", "samples": 32, "node": "rack-c2"}
END
true
exit 0
