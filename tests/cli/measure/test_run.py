"""``millwright run``: what it refuses before anything is measured."""

import pytest

from millwright.adapters.reframe.process import Seat
from millwright.cli.main import run
from millwright.cli.measure import run as command
from millwright.core.errors import FailedError
from millwright.verdicts.scorecard import score


@pytest.fixture
def workstation(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refuse(capsys, *arguments):
    code = run(["run", *arguments])
    return code, capsys.readouterr().err


def test_a_check_that_is_not_expected_is_refused_with_those_that_are(workstation, capsys):
    code, message = refuse(capsys, "workstation", "--check", "Gem", "--check", "MpiAllReduce")

    assert code == 2
    assert "--check Gem: not expected here, expected one of MemoryBandwidth, Gemm" in message
    assert "--check MpiAllReduce: not expected here" in message
    assert not (workstation / "results").exists()


def test_a_facility_that_expects_nothing_has_nothing_to_run(workstation, capsys):
    facility = workstation / "facility.yaml"
    facility.write_text(
        "plugin: facility\nname: empty\ntitle: Empty\nkind: virtual\n"
        "partitions: {local: {title: Here, nodes: localhost, scheduler: local}}\n"
    )
    code, message = refuse(capsys, str(facility))

    assert code == 2
    assert "nothing is expected" in message
    assert not (workstation / "results").exists()


def test_a_commitment_that_can_not_be_met_is_refused(workstation, capsys):
    facility = workstation / "facility.yaml"
    facility.write_text(
        "plugin: facility\nname: odd\ntitle: Odd\nkind: virtual\n"
        "partitions: {local: {title: Here, nodes: localhost, scheduler: local, checks: "
        "{Gemm: {fp16_rate: null}, Nonsense: {x: null}}}}\n"
    )
    code, message = refuse(capsys, str(facility))

    assert code == 2
    assert "unknown metric" in message
    assert "unknown check" in message


def test_an_access_that_could_not_be_renewed_is_reported_and_the_others_go_on(
    rack_facility, monkeypatch, workstation
):
    """A login that fails later would be the only sign of it."""
    renewed = []

    def renew(_facility, antenna, user, **_):
        if antenna == first:
            raise FailedError("the user is revoked")
        renewed.append((antenna, user))

    first, *others = rack_facility.antennas
    monkeypatch.setattr(command, "ensure_user_access", renew)
    warnings = []
    command._renew_certificates(rack_facility, warnings.append, Seat.USER)
    user = rack_facility.antennas[first].users[0].name
    assert warnings == [f"antenna {first}: the access of {user} was not renewed: the user is revoked"]
    assert [antenna for antenna, _ in renewed] == others


def test_only_the_seat_of_a_user_needs_an_access(rack_facility, monkeypatch):
    monkeypatch.setattr(command, "ensure_user_access", lambda *_, **__: pytest.fail("renewed"))
    command._renew_certificates(rack_facility, pytest.fail, Seat.HARNESS)


def test_a_run_of_some_checks_is_judged_by_those_alone(rack_facility, rack_run):
    """Not measuring a check that was left out on purpose is no failure."""
    whole = score(rack_facility, rack_run)
    found = command._only(whole, ["MemoryBandwidth"])
    assert {row.expectation.check for row in found.rows} == {"MemoryBandwidth"}
    assert {rollup.check for rollup in found.rollups} == {"MemoryBandwidth"}
    assert len(found.rollups) == sum(rollup.check == "MemoryBandwidth" for rollup in whole.rollups)
    assert {rollup.check for rollup in whole.rollups} > {"MemoryBandwidth"}
