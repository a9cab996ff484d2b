"""The antenna probe against an SSH client of the tests' own, which runs the remote command here."""

import os
import sys

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing

from ..conftest import DATA, python_path, run_probe

QUICK = "import antenna_probe as p; p.STREAM_BYTES = 3_000_001; p.PATIENCE_S = 2; p.main()"


@pytest.fixture
def access(tmp_path):
    config = tmp_path / "ssh config"
    config.write_text("Host factory\n")

    def run(fault="", config=config):
        return run_probe(
            [sys.executable, "-c", QUICK],
            FAKE_SSH=fault,
            MILLWRIGHT_SSH_CONFIG=str(config),
            PATH=f"{DATA / 'ssh'}:{os.environ['PATH']}",
            PYTHONPATH=python_path("access"),
        )

    return run


def test_every_metric_is_measured_often_enough_for_an_interval(access):
    ended = access()
    output = ended.output("AntennaAccess")

    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert list(find_missing(output.samples, shipped_checks()["AntennaAccess"].metrics, ["n1"])) == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("refused", "login failed (ssh exited with 255)"),
        ("corrupt-up", "arrived with another checksum"),
        ("corrupt-down", "differs from what was sent"),
        ("cut-down", "said nothing for 2 s"),
        ("echo-wrong", "an echoed line came back wrong"),
        ("dies", "ended early"),
    ],
)
def test_a_fault_on_the_way_is_never_a_result(access, fault, message):
    ended = access(fault)

    assert ended.code != 0
    assert not ended.vouches
    assert message in ended.stderr


def test_a_missing_configuration_says_what_to_do(access, tmp_path):
    ended = access(config=tmp_path / "nowhere")

    assert (ended.code, ended.vouches) == (3, False)
    assert "run millwright antenna apply" in ended.stderr
