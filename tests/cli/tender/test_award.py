"""``millwright tender award``: what it says of what it changed."""

import json

import worked_tender as worked
from millwright.cli.main import run


def test_a_dry_run_shows_the_difference_and_an_award_what_it_added(tmp_path, capsys):
    folder = worked.copy(tmp_path)
    assert run(["tender", "award", str(folder), "birch", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "+          value: 49000" in printed
    assert f"{folder}/facility.yaml: would be changed" in printed
    assert run(["tender", "award", str(folder), "birch"]) == 0
    printed = capsys.readouterr().out
    assert "add: partitions.gpu.checks.AcceleratorGemm.fp64_rate: 49000 GFLOP/s, lot gpu" in printed
    assert "measured by no check: llm_training, pue" in printed
    assert "6,500,000 EUR at prices of 2026-08-31" in printed
    assert run(["tender", "award", str(folder), "birch", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is False


def test_a_refused_award_ends_with_2(tmp_path, capsys):
    folder = worked.copy(tmp_path)
    assert run(["tender", "award", str(folder), "cedar"]) == 2
    assert "is rejected (extrapolated)" in capsys.readouterr().err
