"""Verdicts in declared form."""

import json

from millwright.app.document import to_json
from millwright.app.measure.results_show import ResultsShow
from millwright.app.measure.scorecard import scorecard_fields
from millwright.verdicts.scorecard import score


def test_every_row_and_rollup_is_carried_over_with_limit_unit_and_label(rack_facility, rack_run):
    scorecard = score(rack_facility, rack_run)
    document = ResultsShow.model_validate(scorecard_fields(scorecard))
    assert len(document.rows) == len(scorecard.rows)
    assert [(r.check, r.metric, r.verdict, r.places) for r in document.rollups] == [
        (r.check, r.metric, r.verdict, len(r.rows)) for r in scorecard.rollups
    ]
    judged = [
        (row, part)
        for row, part in zip(scorecard.rows, document.rows, strict=True)
        if part.expectation.reference
    ]
    assert judged
    for row, part in judged:
        assert part.expectation.reference.limit == row.expectation.reference.limit
        assert part.expectation.definition.label == row.expectation.definition.label
        assert list(part.values) == list(row.values)
    assert len(document.unexpected) == len(scorecard.unexpected) > 0
    assert len(document.rejected) == len(scorecard.rejected) > 0


def test_what_is_printed_is_the_document_again(rack_facility, rack_run):
    document = ResultsShow.model_validate(scorecard_fields(score(rack_facility, rack_run)))
    printed = json.loads(to_json(document))
    assert next(iter(printed)) == "format"
    assert printed["rows"][0]["expectation"]["definition"]["unit"]
    assert ResultsShow.model_validate(printed) == document
