"""The recovery probe: what it hands to the gateway, and that a cut that went wrong is never a result."""

import os
import shlex
import sys

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing

from ..conftest import DATA, python_path, run_probe

QUICK = "import recovery_probe as p; p.CUT_S = 0.1; p.antenna_probe.PATIENCE_S = 5; p.measure()"
GATEWAY = 'printf "%s\\n" "$1" >> "$ASKED"; sleep 0.1; exit "$CUT_ENDS"'
"""Stands in for the administrator's ssh: notes the command, and heals when it ends."""


@pytest.fixture
def recover(tmp_path):
    (tmp_path / "config").write_text("Host factory\n")

    def run(fault="", *, cut_ends=0, **environment):
        given = {
            "MILLWRIGHT_SSH_CONFIG": str(tmp_path / "config"),
            "MILLWRIGHT_ADMIN_SSH": shlex.join(["sh", "-c", GATEWAY, "sh"]),
            "MILLWRIGHT_ENDPOINT": "192.0.2.1",
            "ASKED": str(tmp_path / "asked"),
            "CUT_ENDS": str(cut_ends),
            "FAKE_SSH": fault,
            "PATH": f"{DATA / 'ssh'}:{os.environ['PATH']}",
            "PYTHONPATH": python_path("access"),
        }
        return run_probe([sys.executable, "-c", QUICK], **given | environment)

    return run


def test_session_and_login_are_timed_after_every_cut(recover, tmp_path):
    ended = recover()
    output = ended.output("AntennaRecovery")
    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert list(find_missing(output.samples, shipped_checks()["AntennaRecovery"].metrics, ["n1"])) == []
    assert (tmp_path / "asked").read_text().count("ip route add blackhole 192.0.2.1/32") == 6


def test_the_gateway_heals_itself_whatever_becomes_of_the_probe(recover, tmp_path):
    recover()
    asked = (tmp_path / "asked").read_text()
    assert asked.count('ExecStopPost="-/bin/ip route del blackhole 192.0.2.1/32"') == 6


@pytest.mark.parametrize(
    ("fault", "cut_ends", "code", "message"),
    [
        ("", 1, 3, "the gateway could not be cut"),
        ("session-lost", 0, 1, "an open session did not survive the cut"),
        ("no-login", 0, 1, "no login after the cut"),
        ("refused", 0, 1, "no session at the factory (ssh exited with 255)"),
    ],
)
def test_what_went_wrong_is_never_a_result(recover, fault, cut_ends, code, message):
    ended = recover(fault, cut_ends=cut_ends)
    assert (ended.code, ended.vouches) == (code, False)
    assert message in ended.stderr


def test_an_antenna_that_may_not_be_cut_is_not(recover, tmp_path):
    ended = recover(MILLWRIGHT_ADMIN_SSH="")
    assert (ended.code, ended.vouches) == (3, False)
    assert "this antenna may not be cut: may_be_cut is not set in the facility" in ended.stderr
    assert not (tmp_path / "asked").exists()
