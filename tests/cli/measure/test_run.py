"""``millwright run``: what it refuses before anything is measured."""

import pytest

from millwright.cli.main import run


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
