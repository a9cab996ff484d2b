"""Runs are judged by the declarations that they were stored with."""

import json
from pathlib import Path

from millwright.checks.registry import shipped_checks
from millwright.results.manifest import MANIFEST, sum_file, write_sums
from millwright.results.runs import load_run
from millwright.verdicts.scorecard import score

OLD = Path(__file__).parents[1] / "data" / "runs_of_form_1"


def resealed(path):
    """The run with a manifest of what it holds now."""
    (path / MANIFEST).chmod(0o644)
    files = [each for each in path.rglob("*") if each.is_file() and each.name != MANIFEST]
    sums = {str(each.relative_to(path)): sum_file(each) for each in files}
    (path / MANIFEST).write_text(write_sums(sums))
    return load_run(path)


def test_a_later_product_changes_no_label_of_a_stored_run(stored_run, rack_facility):
    file = stored_run / "checks.json"
    file.chmod(0o644)
    data = json.loads(file.read_text())
    for check in data["checks"]:
        for metric in check["metrics"].values():
            metric["label"]["en"] = "as it was called then"
    file.write_text(json.dumps(data))
    rows = score(rack_facility, resealed(stored_run)).rows
    assert {row.expectation.definition.label for row in rows} == {"as it was called then"}


def test_a_run_from_before_declarations_were_kept_is_judged_by_the_shipped_checks():
    run = load_run(OLD / "rack" / "20261123T172147Z-1a2b3c4d")
    assert run.registry is shipped_checks()
    assert {(sample.parameters, sample.environment) for sample in run.samples} == {("", "")}
