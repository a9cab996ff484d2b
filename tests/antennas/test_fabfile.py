"""``fab -r antennas``: the verbs are there, and end with Millwright's exit codes."""

import os
import subprocess
import sys

import pytest

from millwright.core.places import product_root


def fab(*arguments, facility="rack"):
    return subprocess.run(
        [sys.executable, "-m", "fabric", "-r", "antennas", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=product_root(),
        env={**os.environ, "MILLWRIGHT_FACILITY": facility},
    )


def test_fab_lists_the_verbs():
    printed = fab("--list").stdout
    assert [verb for verb in ("check", "fetch-log", "tunnel-status") if verb not in printed] == []


@pytest.mark.parametrize("verb", ["check", "tunnel-status"])
def test_a_facility_without_antennas_is_bad_input(verb):
    done = fab(verb, facility="workstation")
    assert done.returncode == 2
    assert "there is none" in done.stderr
    assert "Traceback" not in done.stderr
