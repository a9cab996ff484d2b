"""How long a small job takes from the user's request to its finished output, seen where the user sits.

``MILLWRIGHT_JOB`` holds sbatch's options: account, partition and access mode.
"""

import os
import secrets
import shlex
import subprocess
import time

import antenna_probe
import probe

REPETITIONS = 7
"""Jobs are slow; seven still give an interval of the median."""
LIMIT_S = 120
POLLS = 10 * LIMIT_S
# One session for all jobs, so that no login is timed. A full machine is no broken antenna: exit code 3.
SCRIPT = """
while read -r nonce; do
  out=".millwright-$nonce.out"
  job=$(sbatch --parsable --ntasks=1 --time=2 {options} --output="$out" --wrap "echo $nonce") || exit 1
  job=${{job%%;*}} polls=0
  until [ "$(cat "$out" 2>/dev/null)" = "$nonce" ]; do
    sleep 0.1; polls=$((polls + 1))
    if [ "$polls" -ge {polls} ]; then scancel "$job"; rm -f "$out"; echo late; exit 3; fi
  done
  echo "$nonce"
  rm -f "$out"
  while scontrol --oneliner show job "$job" | grep -Eq 'JobState=(RUNNING|COMPLETING)'; do sleep 0.2; done
  scontrol --oneliner show job "$job" | grep -q 'JobState=COMPLETED ' && echo COMPLETED || echo failed
done
"""


def ask(session, nonce):
    """Seconds from the request until the job's output is back."""
    start = time.monotonic()
    session.stdin.write(f"{nonce}\n".encode())
    answer = antenna_probe.read_line(session)
    seconds = time.monotonic() - start
    if answer == "late":
        probe.stop(f"a job did not end within {LIMIT_S} s", probe.NOT_TESTABLE)
    if answer != nonce:
        probe.stop("a job was not taken, or its output is not its own")
    if antenna_probe.read_line(session) != "COMPLETED":
        probe.stop("a job gave its output, but did not end as COMPLETED")
    return seconds


def measure():
    """One job after the other."""
    options = shlex.join(["--mem=64M", *shlex.split(os.environ.get("MILLWRIGHT_JOB", ""))])
    script = SCRIPT.format(options=options, polls=POLLS)
    session = antenna_probe.open_session(antenna_probe.configuration(), script)
    lines = []
    for rep in range(-probe.WARM_UPS, REPETITIONS):
        seconds = ask(session, secrets.token_hex(8))
        lines.append(probe.sample("job_round_trip", seconds, "s", rep))
    antenna_probe.close(session)
    probe.finish(lines)


if __name__ == "__main__":
    try:
        measure()
    except (BrokenPipeError, subprocess.TimeoutExpired):
        probe.stop("a session at the factory ended early")
