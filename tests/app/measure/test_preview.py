"""What a run would do is shown without doing it."""

import pytest

from millwright.app.context import Context
from millwright.app.measure.preview import preview_run
from millwright.app.measure.run import RunRequest
from millwright.cli.main import run
from millwright.core.errors import BadInputError


def test_each_case_names_nodes_queue_and_longest_time(rack_file, rack_facility, tmp_path):
    request = RunRequest(str(rack_file), checks=("Gemm",), nodes="rack-c1", queue="batch", results=tmp_path)
    plan = preview_run(Context(), request)
    (case,) = plan.cases
    assert (case.check, case.partition, case.nodes, case.queue) == ("Gemm", "cpu", "rack-c1", "batch")
    assert case.values == len(case.metrics)
    assert plan.limit_min == case.limit_min == rack_facility.partitions["cpu"].max_time_min
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_refuses_is_refused(rack_file):
    with pytest.raises(BadInputError, match="did you mean Gemm"):
        preview_run(Context(), RunRequest(str(rack_file), checks=("Gem",)))


@pytest.mark.parametrize("option", ["--list", "--dry-run"])
def test_nothing_is_written(rack_file, tmp_path, monkeypatch, capsys, option):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["run", str(rack_file), option]) == 0
    assert "Gemm" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_the_plan_shows_the_declared_cost_beside_the_limit(rack_file, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    (case,) = preview_run(Context(), RunRequest(str(rack_file), checks=("Gemm",))).cases
    assert 0 < case.estimate_s <= 60 < case.limit_min * 60
    assert run(["run", str(rack_file), "--check", "Gemm", "--dry-run"]) == 0
    assert f"1 case, about 1 min, at most {case.limit_min} min" in capsys.readouterr().out


SUITES = """
suites:
  lab:
    title: Checks of the lab
    reframe: 4.10.4
    folder: lab
    partitions: [cpu]
"""


def test_foreign_suites_are_listed_without_being_started(rack_file, tmp_path, monkeypatch, capsys):
    file = tmp_path / "facility.yaml"
    file.write_bytes(rack_file.read_bytes())
    (tmp_path / "lab").mkdir()
    (tmp_path / "foreign.yaml").write_text(SUITES)
    monkeypatch.setenv("HOME", str(tmp_path))
    plan = preview_run(Context(), RunRequest(str(file), checks=("lab.Disk*",), repeat=3))
    (suite,) = plan.suites
    assert (suite.suite, suite.patterns, suite.partitions, suite.repeat) == (
        "lab",
        ("lab.Disk*",),
        ("cpu",),
        3,
    )
    assert plan.cases == ()
    assert (
        preview_run(Context(), RunRequest(str(file), checks=("lab.*",), nodes="rack-c1")).suites[0].partitions
    )
    assert preview_run(Context(), RunRequest(str(file), checks=("Gemm",))).suites == ()
    for option in ("--list", "--dry-run"):
        assert run(["run", str(file), option]) == 0
        assert "lab.*" in capsys.readouterr().out
