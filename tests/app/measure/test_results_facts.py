"""What ran, as stored beside the raw output of a run."""

import json
import shutil
from dataclasses import replace

import pytest

from millwright.app.context import Context
from millwright.app.measure.report import ReportRequest, write_capacity_report
from millwright.app.measure.results_facts import FactsRequest, show_facts
from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError
from millwright.results.session import open_session
from millwright.results.storing import store_run

FACTS = {"clocks.governor": "performance", "kernel.release": "6.12"}


@pytest.fixture
def results(tmp_path, session_folder, rack_file, run_info):
    """A stored run in which one case has facts: ReFrame put them into its output folder."""
    output = tmp_path / "output"
    shutil.copytree(session_folder.output, output)
    line = {"node": "rack-c1", "facts": FACTS, "unreadable": {"firmware.bios_date": "permission denied"}}
    (output / "rack/cpu/gnu/MemoryBandwidth/rfm_facts.jsonl").write_text(json.dumps(line) + "\nbroken\n")
    session = open_session(replace(session_folder, output=output))
    store_run(tmp_path / "results", run_info, rack_file.read_bytes(), [session], registry=shipped_checks())
    return tmp_path / "results"


def test_facts_of_a_case_and_the_cases_that_have_none(results):
    found = show_facts(FactsRequest("rack", results=results))
    assert {(row.partition, row.case, row.name, row.readable) for row in found.facts} == {
        ("cpu", "MemoryBandwidth", "clocks.governor", True),
        ("cpu", "MemoryBandwidth", "firmware.bios_date", False),
        ("cpu", "MemoryBandwidth", "kernel.release", True),
    }
    assert ("dare", "RiscvVector") in {(case.partition, case.case) for case in found.without_facts}
    assert "MemoryBandwidth" not in {case.case for case in found.without_facts}
    assert found.broken_lines == 1


def test_facts_are_chosen_by_check_and_by_pattern(results):
    assert show_facts(FactsRequest("rack", checks=("RiscvVector",), results=results)).facts == ()
    (row,) = show_facts(FactsRequest("rack", names=("clocks.*",), results=results)).facts
    assert (row.name, row.value, row.nodes) == ("clocks.governor", "performance", "rack-c1")


def test_facts_that_were_changed_are_refused(results):
    (file,) = results.rglob("rfm_facts.jsonl")
    file.chmod(0o644)
    file.write_text("")
    with pytest.raises(BadInputError, match=r"rfm_facts\.jsonl: changed since the run was stored"):
        show_facts(FactsRequest("rack", results=results))


def test_the_report_shows_them_of_the_machine_that_was_tested(results, tmp_path):
    made = write_capacity_report(Context(), ReportRequest("rack", output=tmp_path / "out", results=results))
    assert "clocks.governor" in json.dumps(json.loads(made.json_text)["machines"])
    assert "performance" in made.page.read_text()
