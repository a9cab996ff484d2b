"""How a node's probe ended always shows in its output, whatever the probe does."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.parsers.probe import parse_probe

NODE_RUN = Path(__file__).resolve().parents[2] / "reframe_checks" / "node_run.py"
SAMPLE = '{"metric":"triad_bw","value":1.5,"unit":"GB/s","rep":0,"node":"n1","device":""}'
DONE = '{"probe":"done","samples":1,"node":"n1"}'
WHOLE = f"echo '# note'; echo '{SAMPLE}'; echo '{DONE}'"


def run(script, seconds=""):
    done = subprocess.run(
        [sys.executable, str(NODE_RUN), "sh", "-c", script],
        env={**os.environ, "MILLWRIGHT_NODE": "n1", "MILLWRIGHT_NODE_SECONDS": seconds},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode().splitlines()


def end_of(lines):
    return json.loads(lines[-1])


def test_output_of_a_probe_that_ends_well_passes_unchanged():
    assert run(WHOLE) == (0, ["# note", SAMPLE, DONE])


@pytest.mark.parametrize(
    ("script", "code", "reason"),
    [
        (f"{WHOLE}; echo 'probe: no such device }} $(id)' >&2; exit 3", 3, "no such device } $(id)"),
        (f"{WHOLE}; kill -9 $$", 137, "killed by signal 9"),
        (f'{WHOLE}; printf \'{{"metric":"tri\'', 1, "cut in the middle of a line"),
        (f"{WHOLE}; echo '{{\"metric\": \\001nonsense'", 1, "printed a broken line"),
        (f"{WHOLE}; printf '{{'; head -c 200000 /dev/zero", 1, "a line of more than 64 KiB"),
        (f"{WHOLE}; exit 7", 7, "no message"),
        ("exec /no/such/program", 127, "/no/such/program"),
    ],
)
def test_any_other_end_is_printed_with_code_and_reason_and_vouches_for_nothing(script, code, reason):
    ended, lines = run(script)
    end = end_of(lines)

    assert (ended, end["probe"], end["code"], end["node"]) == (code, "failed", code, "n1")
    assert reason in end["reason"]
    assert DONE not in lines
    assert all(len(line) <= 1024 for line in lines)
    problems = parse_probe("\n".join(lines), shipped_checks()["MemoryBandwidth"].metrics).problems
    assert any(f"n1 failed with exit code {code}: " in problem for problem in problems)


def command_lines():
    """The words of every process of this machine; those that end meanwhile are left out."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield file.read_bytes().split(b"\0")


def test_a_probe_that_hangs_is_ended_after_its_time_with_what_it_started():
    marker = f"3{os.getpid()}"  # nobody else sleeps for as long
    begin = time.monotonic()
    code, lines = run(f"echo '{SAMPLE}'; sleep {marker} & sleep {marker}", seconds="1")

    assert (code, end_of(lines)["code"]) == (124, 124)
    assert "still running after 1 s" in end_of(lines)["reason"]
    assert time.monotonic() - begin < 30
    assert marker.encode() not in {word for words in command_lines() for word in words}


def test_a_job_at_its_time_limit_still_says_so():
    process = subprocess.Popen(
        [sys.executable, str(NODE_RUN), "sh", "-c", f"echo '{SAMPLE}'; exec sleep 60"],
        env={**os.environ, "MILLWRIGHT_NODE": "n1"},
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline().decode().strip() == SAMPLE
    process.send_signal(signal.SIGTERM)
    rest = process.communicate(timeout=30)[0].decode()

    assert process.returncode == 143
    assert "stopped by signal 15" in end_of(rest.splitlines())["reason"]


def test_noise_is_bounded_and_holds_no_control_characters():
    code, lines = run(f"i=0; while [ $i -lt 3000 ]; do printf 'x\\033[2J\\n'; i=$((i+1)); done; {WHOLE}")

    assert code == 0
    assert len(lines) == 1002
    assert not any("\x1b" in line for line in lines)
