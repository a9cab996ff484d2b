"""The JUnit document: valid for Jenkins and GitLab whatever the text, with each verdict in its place."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from millwright.app.measure.junit import MOST_PLACES, Case, cases_of, ended_early, junit_xml
from millwright.core.verdict import Verdict
from millwright.results.run_info import ForeignCase
from millwright.verdicts.foreign import ForeignRow, ForeignState
from millwright.verdicts.scorecard import score

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "data/junit/junit.xsd"))
HOSTILE = "a]]>b\"'<x>&\x1b[31m\x00\ud800\u202e\ufffe\n\x85"


def document(suites, **properties):
    text = junit_xml("run", suites, started="2026-11-23T17:01:02Z", seconds=1.5, properties=properties)
    tree = etree.fromstring(text)
    SCHEMA.assertValid(tree)
    return tree


@pytest.fixture
def scorecard(rack_facility, rack_run):
    return score(rack_facility, rack_run)


def test_each_rollup_is_one_case_with_the_element_of_its_verdict(scorecard):
    tree = document(cases_of("rack", scorecard))
    cases = tree.findall(".//testcase")
    assert len(cases) == len(scorecard.rollups)
    elements = {Verdict.FAIL: "failure", Verdict.NOT_MEASURED: "error", Verdict.INCONCLUSIVE: "skipped"}
    for rollup in scorecard.rollups:
        name = f"rack.{rollup.partition}.{rollup.check}"
        (case,) = [c for c in cases if (c.get("classname"), c.get("name")) == (name, rollup.metric)]
        expected = elements.get(rollup.verdict)
        assert [child.tag for child in case] == ([expected] if expected else [])
    verdicts = [rollup.verdict for rollup in scorecard.rollups]
    assert tree.get("failures") == str(verdicts.count(Verdict.FAIL))
    assert tree.get("errors") == str(verdicts.count(Verdict.NOT_MEASURED))
    assert verdicts.count(Verdict.FAIL)
    assert verdicts.count(Verdict.NOT_MEASURED)


def test_a_case_lists_the_places_that_failed_and_counts_the_rest(scorecard):
    failed = next(rollup for rollup in scorecard.rollups if rollup.verdict is Verdict.FAIL)
    row = next(row for row in failed.rows if row.judgement.verdict is Verdict.FAIL)
    many = tuple(replace(row, node=f"n{number}") for number in range(MOST_PLACES + 7))
    wide = replace(scorecard, rollups=(replace(failed, rows=many),))
    ((_, (case,)),) = cases_of("rack", wide)
    assert case.text.splitlines()[0].startswith("n0: ")
    assert case.text.splitlines()[-1] == "and 7 more"


def test_hostile_text_is_text():
    tree = document([(HOSTILE, [Case(HOSTILE, HOSTILE, "failure", HOSTILE, HOSTILE)])], facility=HOSTILE)
    text = tree.find(".//failure").text
    assert text.startswith("a]]>b\"'<x>&")
    assert not {"\x1b", "\x00", "\u202e", "\x85"} & set(text + tree.find(".//failure").get("message"))
    assert [child.tag for child in tree.find(".//testcase")] == ["failure"]


@given(st.text(), st.text(), st.sampled_from(["", "failure", "error", "skipped"]))
def test_any_text_gives_a_valid_document(name, message, element):
    document([(name, [Case(name, name, element, message, message)])], property=message)


def test_a_run_that_ended_early_is_one_error():
    tree = document(ended_early("rack", "the harness is down"))
    assert (tree.get("tests"), tree.get("errors")) == ("1", "1")
    assert tree.find(".//error").get("message") == "the harness is down"


@pytest.mark.parametrize(
    ("state", "elements"),
    [
        (ForeignState.COUNTED, []),
        (ForeignState.MISSED, ["skipped"]),
        (ForeignState.NOT_COUNTED, ["error"]),
        (ForeignState.NEVER_ENDED, ["error"]),
    ],
)
def test_a_foreign_check_is_a_case_that_passes_only_if_it_counts(scorecard, state, elements):
    case = ForeignCase("lab.Disk", "size=4", "cpu", "gnu")
    row = ForeignRow("lab", case, state, HOSTILE, 1, (), ())
    tree = document(cases_of("rack", replace(scorecard, rollups=(), foreign=(row,))))
    (found,) = tree.findall(".//testcase")
    assert found.get("classname") == "rack.cpu.lab"
    assert found.get("name") == "lab.Disk %size=4 (gnu)"
    assert [child.tag for child in found] == elements
