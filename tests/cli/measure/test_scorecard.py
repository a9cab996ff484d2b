"""Verdicts as text: no line is cut or wrapped in a pipe, and no name is taken for markup."""

from millwright.app.measure.results_show import ResultsShow
from millwright.app.measure.scorecard import scorecard_fields
from millwright.cli.measure.scorecard import print_scorecard
from millwright.verdicts.scorecard import score


def test_each_metric_has_its_verdict_median_limit_and_deciding_place(rack_facility, rack_run, capsys):
    document = ResultsShow.model_validate(scorecard_fields(score(rack_facility, rack_run)))
    print_scorecard(document)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Run {document.run_id}"
    found = "cpu MemoryBandwidth copy_bw  10.35 GB/s (10 to 10.7, n = 8), limit 20 GB/s"
    assert f"FAIL          {found}, -48.2 % of the commitment" in lines
    assert "              rack-c1 (worst of 3): the whole interval misses the limit" in lines


def test_a_hostile_reason_stays_text_on_one_line(rack_facility, rack_run, capsys):
    document = ResultsShow.model_validate(scorecard_fields(score(rack_facility, rack_run)))
    rollup = document.rollups[0]
    hostile = "[red]" + "x" * 300 + "[/]"
    judgement = rollup.deciding.judgement.model_copy(update={"reason": hostile})
    deciding = rollup.deciding.model_copy(update={"judgement": judgement})
    rollups = (rollup.model_copy(update={"deciding": deciding}),)
    print_scorecard(document.model_copy(update={"rollups": rollups}))
    assert any(line.endswith(f": {hostile}") for line in capsys.readouterr().out.splitlines())
