"""Prints output that looks right for any check, and then goes wrong as the first argument says."""

import json
import os
import signal
import subprocess
import sys
import time

fault, metrics = sys.argv[1], json.loads(sys.argv[2])
node = os.environ.get("MILLWRIGHT_NODE") or os.environ["SLURMD_NODENAME"]
if fault == "lost-metric":
    metrics.popitem()
if fault == "slow":
    time.sleep(1.5)
count = 0
for metric, unit in metrics.items():
    for rep in range(12):
        sample = {"metric": metric, "value": 9.0, "unit": unit, "rep": rep, "node": node, "device": ""}
        print(json.dumps(sample))
        count += 1
if fault != "cut":
    print(json.dumps({"probe": "done", "samples": count, "node": node}), flush=True)
if fault == "exit-3":
    sys.stderr.write("no such device } $(id)\n")
    sys.exit(3)
if fault == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if fault == "cancelled":
    subprocess.run(["scancel", os.environ["SLURM_JOB_ID"]], check=True)
if fault in {"time-limit", "cancelled"}:
    time.sleep(600)
