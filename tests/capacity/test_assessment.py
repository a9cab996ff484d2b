import ast
from pathlib import Path

from millwright.capacity import assessment
from millwright.capacity.assessment import assess
from millwright.catalogue.catalogue import load_catalogue
from millwright.results.verification import SignatureCheck

REPORT = Path(__file__).parents[2] / "tools" / "millwright" / "report"


def test_an_assessment_joins_verdicts_and_capacity_of_one_run(rack_facility, rack_run):
    unsigned = SignatureCheck("unsigned", "nobody signed it")
    found = assess(rack_facility, rack_run, load_catalogue(), catalogue_sum="0" * 64, signature=unsigned)
    assert found.scorecard.run_id == rack_run.info.run_id
    assert {supply.partition for supply in found.capacity.supplies} == {"cpu"}


def test_it_offers_exactly_what_the_report_takes():
    taken = {
        alias.name
        for path in REPORT.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == assessment.__name__
        for alias in node.names
    }
    own_parts = {"Catalogue", "Facility", "Scorecard", "Capacity", "SignatureCheck", "Peak"}
    assert taken <= set(assessment.__all__)
    assert set(assessment.__all__) - taken - own_parts == {"assess"}
