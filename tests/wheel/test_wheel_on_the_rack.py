"""The chain on the rack through the installed wheel: provision, give access, prove it, measure, report."""

import json

import pytest

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

MEASURED = ("MemoryBandwidth", "MpiPointToPoint", "AntennaUserCertificate")
"""A check of single nodes, one between them, and one from where a user of an antenna sits."""


@pytest.fixture(scope="module")
def typed(installed, provisioned_rack, tmp_path_factory):
    """Run Millwright in an empty folder, with this account's keys of the rack; what it printed."""
    folder = tmp_path_factory.mktemp("site")

    def run(*words, codes=(0,)):
        done = installed.run(folder, "millwright", *words)
        assert done.returncode in codes, done.stdout + done.stderr
        return done.stdout

    run.folder = folder
    return run


def test_the_wheel_finds_the_rack_as_the_checkout_left_it(typed):
    """Its playbooks, its checks for the harness and its settings are the same, to the last byte."""
    told = json.loads(typed("apply", "rack", "--full", "--json"))
    assert {line["host"]: line["changed"] for line in told["hosts"]} == dict.fromkeys(
        (line["host"] for line in told["hosts"]), 0
    )
    assert len(told["hosts"]) >= 6


def test_antennas_get_and_prove_their_access(typed):
    typed("antenna", "apply", "rack")
    typed("antenna", "check", "rack")


def test_the_chain_measures_and_reports(typed):
    checks = [word for name in MEASURED for word in ("--check", name)]
    told = json.loads(typed("run", "rack", *checks, "--json", codes=(0, 1, 3)))
    assert {row["expectation"]["check"] for row in told["rows"]} == set(MEASURED)
    verdicts = {row["judgement"]["verdict"] for row in told["rows"]}
    assert verdicts <= {"PASS", "FAIL", "INCONCLUSIVE"}
    typed("report", "rack", codes=(told["exit_code"],))  # checks that were not asked for are not missing
    report = json.loads((typed.folder / "output/rack/latest/report.json").read_text())
    assert report["provenance"]["versions"]["Millwright's wheel"].startswith("sha256:")
    typed("results", "verify", "rack", "--require-signature")
