#!/bin/bash
cat <<'END'
a line that is no sample
{"metric": "small_time", "value": 30.0, "unit": "us", "rep": 0, "node": "rack-c[1-2]", "device": ""}
{"metric": "small_time", "value": 30.1, "unit": "us", "rep": 1, "node": "rack-c[1-2]", "device": ""}
{"metric": "small_time", "value": 30.2, "unit": "us", "rep": 2, "node": "rack-c[1-2]", "device": ""}
{"metric": "small_time", "value": 30.3, "unit": "us", "rep": 3, "node": "rack-c[1-2]", "device": ""}
{"metric": "small_time", "value": 30.4, "unit": "us", "rep": 4, "node": "rack-c[1-2]", "device": ""}
{"metric": "small_time", "value": 30.5, "unit": "us", "rep": 5, "node": "rack-c[1-2]", "device": ""}
{"metric": "small_time", "value": 30.6, "unit": "us", "rep": 6, "node": "rack-c[1-2]", "device": ""}
{"metric": "small_time", "value": 30.7, "unit": "us", "rep": 7, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.0, "unit": "GB/s", "rep": 0, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.1, "unit": "GB/s", "rep": 1, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.2, "unit": "GB/s", "rep": 2, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.3, "unit": "GB/s", "rep": 3, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.4, "unit": "GB/s", "rep": 4, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.5, "unit": "GB/s", "rep": 5, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.6, "unit": "GB/s", "rep": 6, "node": "rack-c[1-2]", "device": ""}
{"metric": "large_bus_bw", "value": 1.7, "unit": "GB/s", "rep": 7, "node": "rack-c[1-2]", "device": ""}
{"probe": "done", "samples": 16, "node": "rack-c[1-2]"}
END
sleep 20
exit 0
