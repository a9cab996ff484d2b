"""The verdicts of a run as JUnit XML, which Jenkins, GitLab and GitHub's actions read.

A case is one metric of a check on a partition or antenna, so its name stays the same from run to run. A FAIL
is a failure, NOT MEASURED an error, INCONCLUSIVE is skipped with its reason; what has no reference passes.
Each check of a foreign suite is a case too, since its values need not be expected: an error if it did not
count or never ended, and skipped if it counts but missed the reference of its own authors.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from millwright.core.verdict import Verdict
from millwright.verdicts.foreign import ForeignRow, ForeignState
from millwright.verdicts.scorecard import Rollup, Row, Scorecard

ELEMENTS: Mapping[Verdict | None, str] = {
    Verdict.FAIL: "failure",
    Verdict.NOT_MEASURED: "error",
    Verdict.INCONCLUSIVE: "skipped",
}
"""The element that each verdict puts into its case; none for a pass."""
FOREIGN_ELEMENTS: Mapping[ForeignState, str] = {
    ForeignState.NOT_COUNTED: "error",
    ForeignState.NEVER_ENDED: "error",
    ForeignState.MISSED: "skipped",
}
MOST_PLACES = 50
"""Places that the text of one case lists."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow, not even as references."""
NOT_PLAIN = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Further characters that control a terminal or the direction of text."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: its names, and the element that says why it did not pass."""

    classname: str
    name: str
    element: str = ""
    message: str = ""
    text: str = ""


def cases_of(facility: str, scorecard: Scorecard) -> tuple[tuple[str, tuple[Case, ...]], ...]:
    """The cases of each partition, antenna and foreign suite, in the order of the scorecard."""
    suites: dict[str, list[Case]] = {}
    for rollup in scorecard.rollups:
        suites.setdefault(rollup.partition, []).append(_case(facility, rollup))
    for row in scorecard.foreign:
        suites.setdefault(f"foreign {row.suite}", []).append(_foreign_case(facility, row))
    return tuple((name, tuple(cases)) for name, cases in suites.items())


def _foreign_case(facility: str, row: ForeignRow) -> Case:
    place = row.case.partition or row.suite
    name = f"{row.variant} ({row.case.environment})" if row.case.environment else row.variant
    element = FOREIGN_ELEMENTS.get(row.state, "")
    message = f"{row.state}: {row.detail}".removesuffix(": ") if element else ""
    return Case(f"{facility}.{place}.{row.suite}", name, element, message, message)


def _case(facility: str, rollup: Rollup) -> Case:
    classname, element = f"{facility}.{rollup.partition}.{rollup.check}", ELEMENTS.get(rollup.verdict, "")
    if not element:
        return Case(classname, rollup.metric)
    bad = [row for row in rollup.rows if row.judgement.verdict is rollup.verdict]
    shown = [f"{_place(row)}: {row.judgement.reason}" for row in bad[:MOST_PLACES]]
    more = [f"and {len(bad) - MOST_PLACES} more"] if len(bad) > MOST_PLACES else []
    message = f"{rollup.verdict}: {_place(rollup.deciding)}: {rollup.deciding.judgement.reason}"
    return Case(classname, rollup.metric, element, message, "\n".join([*shown, *more]))


def _place(row: Row) -> str:
    return f"{row.node} {row.device}".rstrip()


def ended_early(facility: str, reason: str) -> tuple[tuple[str, tuple[Case, ...]], ...]:
    """One case for a run that stored nothing: an error with its reason."""
    return (("run", (Case(f"{facility}.run", "run", "error", reason, reason),)),)


def junit_xml(
    name: str,
    suites: Sequence[tuple[str, Sequence[Case]]],
    *,
    started: str,
    seconds: float,
    properties: Mapping[str, str],
) -> bytes:
    """The document of one run.

    ``started`` is ISO 8601 in UTC; ``seconds`` are those of the whole run, which the first suite is given.
    Text may hold anything: it is escaped, and what XML does not allow is replaced.
    """
    root = ET.Element(
        "testsuites", {"name": _plain(name), **_counts([c for _, cases in suites for c in cases])}
    )
    for index, (suite, cases) in enumerate(suites):
        spent = f"{seconds if index == 0 else 0:.3f}"
        stamp = started.removesuffix("Z")
        element = ET.SubElement(
            root, "testsuite", {"name": _plain(suite), **_counts(cases), "time": spent, "timestamp": stamp}
        )
        holder = ET.SubElement(element, "properties")
        for key, value in properties.items():
            ET.SubElement(holder, "property", {"name": _plain(key), "value": _plain(value)})
        for case in cases:
            _append(element, case)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _append(suite: ET.Element, case: Case) -> None:
    names = {"classname": _plain(case.classname), "name": _plain(case.name), "time": "0.000"}
    element = ET.SubElement(suite, "testcase", names)
    if case.element:
        kind = {} if case.element == "skipped" else {"type": case.element}
        reason = ET.SubElement(element, case.element, {"message": _plain(case.message), **kind})
        reason.text = _plain(case.text)


def _counts(cases: Iterable[Case]) -> dict[str, str]:
    kinds = [case.element for case in cases]
    return {
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
    }


def _plain(text: str) -> str:
    return NOT_PLAIN.sub("\ufffd", NOT_XML.sub("\ufffd", text))
