#!/bin/bash
cat <<'END'
a line that is no sample
{"metric": "fp64_rate", "value": 50.0, "unit": "GFLOP/s", "rep": 0, "node": "rack-c1", "device": ""}
{"metric": "fp64_rate", "value": 50.1, "unit": "GFLOP/s", "rep": 1, "node": "rack-c1", "device": ""}
{"metric": "fp64_rate", "value": 50.2, "unit": "GFLOP/s", "rep": 2, "node": "rack-c1", "device": ""}
{"metric": "fp64_rate", "value": 50.3, "unit": "GFLOP/s", "rep": 3, "node": "rack-c1", "device": ""}
{"metric": "fp64_rate", "value": 50.4, "unit": "GFLOP/s", "rep": 4, "node": "rack-c1", "device": ""}
{"metric": "fp64_rate", "value": 50.5, "unit": "GFLOP/s", "rep": 5, "node": "rack-c1", "device": ""}
{"metric": "fp64_rate", "value": 50.6, "unit": "GFLOP/s", "rep": 6, "node": "rack-c1", "device": ""}
{"metric": "fp64_rate", "value": 50.7, "unit": "GFLOP/s", "rep": 7, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.0, "unit": "GFLOP/s", "rep": 0, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.1, "unit": "GFLOP/s", "rep": 1, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.2, "unit": "GFLOP/s", "rep": 2, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.3, "unit": "GFLOP/s", "rep": 3, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.4, "unit": "GFLOP/s", "rep": 4, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.5, "unit": "GFLOP/s", "rep": 5, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.6, "unit": "GFLOP/s", "rep": 6, "node": "rack-c1", "device": ""}
{"metric": "fp32_rate", "value": 50.7, "unit": "GFLOP/s", "rep": 7, "node": "rack-c1", "device": ""}
{"probe": "done", "samples": 16, "node": "rack-c1"}
{"metric": "fp64_rate", "value": 50.0, "unit": "GFLOP/s", "rep": 0, "node": "rack-c2", "device": ""}
{"metric": "fp64_rate", "value": 50.1, "unit": "GFLOP/s", "rep": 1, "node": "rack-c2", "device": ""}
{"metric": "fp64_rate", "value": 50.2, "unit": "GFLOP/s", "rep": 2, "node": "rack-c2", "device": ""}
{"metric": "fp64_rate", "value": 50.3, "unit": "GFLOP/s", "rep": 3, "node": "rack-c2", "device": ""}
{"metric": "fp64_rate", "value": 50.4, "unit": "GFLOP/s", "rep": 4, "node": "rack-c2", "device": ""}
{"metric": "fp64_rate", "value": 50.5, "unit": "GFLOP/s", "rep": 5, "node": "rack-c2", "device": ""}
{"metric": "fp64_rate", "value": 50.6, "unit": "GFLOP/s", "rep": 6, "node": "rack-c2", "device": ""}
{"metric": "fp64_rate", "value": 50.7, "unit": "GFLOP/s", "rep": 7, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.0, "unit": "GFLOP/s", "rep": 0, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.1, "unit": "GFLOP/s", "rep": 1, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.2, "unit": "GFLOP/s", "rep": 2, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.3, "unit": "GFLOP/s", "rep": 3, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.4, "unit": "GFLOP/s", "rep": 4, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.5, "unit": "GFLOP/s", "rep": 5, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.6, "unit": "GFLOP/s", "rep": 6, "node": "rack-c2", "device": ""}
{"metric": "fp32_rate", "value": 50.7, "unit": "GFLOP/s", "rep": 7, "node": "rack-c2", "device": ""}
{"probe": "done", "samples": 16, "node": "rack-c2"}
END
true
exit 0
