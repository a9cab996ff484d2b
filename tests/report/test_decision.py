from dataclasses import replace

import pytest

from millwright.report.decision import decide


@pytest.fixture
def group(small_content):
    return small_content.groups[0]


def only(group, *verdicts, scored=True):
    row = replace(group.rows[0], scored=scored)
    return [
        replace(group, rows=tuple(replace(row, verdict=v, metric=f"m{i}") for i, v in enumerate(verdicts)))
    ]


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        (("PASS", "PASS"), "clear"),
        (("PASS", "FAIL", "NOT MEASURED"), "blocked"),
        (("PASS", "INCONCLUSIVE"), "undecided"),
        (("PASS", "NOT MEASURED"), "undecided"),
        ((), "unscored"),
    ],
)
def test_the_outcome_follows_from_scored_verdicts(group, verdicts, outcome):
    assert decide(only(group, *verdicts)).outcome == outcome


def test_informative_values_never_block(group):
    decision = decide(only(group, "FAIL", scored=False))
    assert decision.outcome == "unscored"
    assert [(step.kind, step.scored) for step in decision.steps] == [("resolve", False)]


@pytest.mark.parametrize(
    ("verdict", "code"), [("FAIL", 1), ("NOT MEASURED", 3), ("INCONCLUSIVE", 3), ("PASS", 0), (None, 0)]
)
def test_page_one_and_the_exit_code_agree(group, verdict, code):
    decision = decide(only(group, "PASS") + only(group, verdict, scored=False))
    assert (decision.outcome == "clear", decision.exit_code) == (code == 0, code)


def test_values_without_a_reference_are_counted_apart(group):
    decision = decide(only(group, "PASS", None))
    assert (decision.expected, decision.unjudged, sum(decision.counts.values())) == (2, 1, 1)


def test_metrics_of_a_check_that_ask_the_same_are_one_step_and_scored_steps_come_first(group):
    groups = only(group, "NOT MEASURED", "NOT MEASURED") + only(group, "FAIL", scored=False)
    steps = decide(groups).steps
    assert [(step.kind, step.metrics) for step in steps] == [("measure", ("m0", "m1")), ("resolve", ("m0",))]


def test_the_tightest_pass_is_the_scored_one_with_the_least_margin(group):
    rows = only(group, "PASS", "PASS", "FAIL")[0].rows
    rows = tuple(replace(row, margin=margin) for row, margin in zip(rows, (0.2, 0.01, -0.5), strict=True))
    assert decide([replace(group, rows=rows)]).tightest == ("cpu", rows[1].check, "m1")


def test_the_small_content_decides_as_it_says(small_content):
    decided = decide(small_content.groups)
    told = small_content.decision
    assert (decided.outcome, decided.counts, decided.scored_counts) == (
        told.outcome,
        told.counts,
        told.scored_counts,
    )
