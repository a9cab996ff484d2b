#!/bin/bash
cat <<'END'
a line that is no sample
{"metric": "latency", "value": 15.0, "unit": "us", "rep": 0, "node": "rack-c[1-2]", "device": ""}
{"metric": "latency", "value": 15.1, "unit": "us", "rep": 1, "node": "rack-c[1-2]", "device": ""}
{"metric": "latency", "value": 15.2, "unit": "us", "rep": 2, "node": "rack-c[1-2]", "device": ""}
{"metric": "latency", "value": 15.3, "unit": "us", "rep": 3, "node": "rack-c[1-2]", "device": ""}
{"metric": "latency", "value": 15.4, "unit": "us", "rep": 4, "node": "rack-c[1-2]", "device": ""}
{"metric": "latency", "value": 15.5, "unit": "us", "rep": 5, "node": "rack-c[1-2]", "device": ""}
{"metric": "latency", "value": 15.6, "unit": "us", "rep": 6, "node": "rack-c[1-2]", "device": ""}
{"metric": "latency", "value": 15.7, "unit": "us", "rep": 7, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.0, "unit": "GB/s", "rep": 0, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.1, "unit": "GB/s", "rep": 1, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.2, "unit": "GB/s", "rep": 2, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.3, "unit": "GB/s", "rep": 3, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.4, "unit": "GB/s", "rep": 4, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.5, "unit": "GB/s", "rep": 5, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.6, "unit": "GB/s", "rep": 6, "node": "rack-c[1-2]", "device": ""}
{"metric": "bandwidth", "value": 2.7, "unit": "GB/s", "rep": 7, "node": "rack-c[1-2]", "device": ""}
{"probe": "done", "samples": 16, "node": "rack-c[1-2]"}
END
true
exit 3
