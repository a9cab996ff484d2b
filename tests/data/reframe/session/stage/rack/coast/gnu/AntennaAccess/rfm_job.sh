#!/bin/bash
cat <<'END'
a line that is no sample
{"metric": "login_time", "value": 1.0, "unit": "s", "rep": 0, "node": "rack-antenna", "device": ""}
{"metric": "login_time", "value": 1.1, "unit": "s", "rep": 1, "node": "rack-antenna", "device": ""}
{"metric": "login_time", "value": 1.2, "unit": "s", "rep": 2, "node": "rack-antenna", "device": ""}
{"metric": "login_time", "value": 1.3, "unit": "s", "rep": 3, "node": "rack-antenna", "device": ""}
{"metric": "login_time", "value": 1.4, "unit": "s", "rep": 4, "node": "rack-antenna", "device": ""}
{"metric": "login_time", "value": 1.5, "unit": "s", "rep": 5, "node": "rack-antenna", "device": ""}
{"metric": "login_time", "value": 1.6, "unit": "s", "rep": 6, "node": "rack-antenna", "device": ""}
{"metric": "login_time", "value": 1.7, "unit": "s", "rep": 7, "node": "rack-antenna", "device": ""}
{"probe": "done", "samples": 8, "node": "rack-antenna"}
END
true
exit 0
