"""IOR's JSON summary (3.3 and newer)."""

import json
from collections.abc import Iterator, Mapping

from millwright.checks.parser import Fault
from millwright.results.tools.ior_run import IorRun, Iteration, Summary
from millwright.results.tools.json_text import documents
from millwright.results.tools.text import ToolText


def read_json(text: ToolText) -> tuple[list[IorRun], list[Fault]]:
    """Every run of a file whose JSON may follow other lines."""
    runs: list[IorRun] = []
    found, wrong = documents(text)
    faults = list(wrong)
    for place, document in found:
        try:
            runs.append(_read(place, document))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            faults.append(Fault(f"{place}: not IOR's JSON: {type(error).__name__}: {error}"))
    return runs, faults


def _read(place: str, document: Mapping[str, object]) -> IorRun:
    run = IorRun(place, version=str(document["Version"]), command=str(document.get("Command line", "")))
    run.note("Machine", str(document.get("Machine", "")))
    run.started = str(document.get("Began", ""))
    run.is_finished = "Finished" in document
    tests = document["tests"]
    if not isinstance(tests, list):
        raise TypeError("tests is no list")
    for at, test in enumerate(tests):
        run.tests = at
        for name, value in test["Options"].items():
            run.note(name, str(value))
        if test.get("Parameters", {}).get("dryRun"):
            run.faults.append(f"{place}: a dry run")
        counts: dict[str, int] = {}
        for result in _results(test["Results"]):
            operation = result["access"]
            if operation not in {"write", "read"}:
                continue
            number = counts.get(str(operation), 0)
            counts[str(operation)] = number + 1
            run.iterations.append(
                Iteration(str(operation), number, _number(result["bwMiB"]), _number(result["iops"]), at)
            )
    rows = document["summary"]
    if not isinstance(rows, list):
        raise TypeError("summary is no list")
    for row in rows:
        values = (_number(row[name]) for name in ("bwMinMIB", "bwMaxMIB", "bwMeanMIB"))
        run.summaries.append(Summary(str(row["operation"]), *values))
    return run


def _results(results: object) -> Iterator[Mapping[str, object]]:
    """3.3 nests one list an iteration; newer versions print one list."""
    for each in results if isinstance(results, list) else []:
        yield from each if isinstance(each, list) else [each]


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{json.dumps(value)[:40]} is no number")
    return float(value)
