"""The accepted offer's values as commitments in the text of a facility file; nothing else in it changes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from millwright.core.errors import BadInputError, Problem
from millwright.tenders.load import OfferFile
from millwright.tenders.model import Asked, Target, Tender


@dataclass(frozen=True, slots=True)
class Change:
    """One commitment to write."""

    key: tuple[str, ...]
    """Path in the facility file."""
    commitment: dict[str, object]


def changes_of(tender: Tender, accepted: OfferFile) -> tuple[Change, ...]:
    """The commitments of an accepted offer, where the tender says in which check each is measured."""
    asked: dict[str, Asked] = {**tender.benchmarks, **tender.mandatory}
    found = []
    for name, each in asked.items():
        if each.commit is not None:
            found.append(Change(_key(each.commit), _commitment(tender, accepted, name, each.commit)))
    return tuple(found)


def _key(target: Target) -> tuple[str, ...]:
    return ("partitions", target.partition, "checks", target.check, target.metric)


def _commitment(tender: Tender, accepted: OfferFile, name: str, target: Target) -> dict[str, object]:
    value = accepted.offer.committed[name]
    source = f"{tender.tender}, offer {accepted.file}, {name}, SHA-256 {accepted.sha256}"
    found: dict[str, object] = {
        "value": float(value.value),
        "unit": value.unit,
        "tolerance": float(target.tolerance),
        "class": target.commitment_class.value,
        "source": source,
        "kind": "read",
        "date": value.date.isoformat(),
    }
    if target.statistic:
        found["statistic"] = target.statistic.value
    if target.clause:
        found["clause"] = target.clause
    return found


def write_commitments(text: str, changes: tuple[Change, ...], file: str) -> str:
    """The text of a facility file with the commitments in place of those that it has, or of ``null``.

    Raises :exc:`BadInputError` with every key that the file lacks.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    spans: list[tuple[int, int, str]] = []
    problems: list[Problem] = []
    for change in changes:
        node = _find(root, change.key)
        if node is None:
            expected = "the metric, null until something is committed"
            key = ".".join(change.key)
            problems.append(Problem(file, key, "is not in the file", expected, code="MW7610"))
            continue
        spans.append((*_span(node, text), json.dumps(change.commitment)))
    if problems:
        raise BadInputError(problems)
    for start, end, written in sorted(spans, reverse=True):
        text = f"{text[:start]}{written}{text[end:]}"
    return text


def _find(node: yaml.Node | None, key: tuple[str, ...]) -> yaml.Node | None:
    for part in key:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in _items(node) if name == part), None)
    return node


def _items(node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
    yield from ((str(name.value), value) for name, value in node.value)


def _span(node: yaml.Node, text: str) -> tuple[int, int]:
    """Where the value is in the text; a block ends at its last character that is no space."""
    start, end = node.start_mark.index, node.end_mark.index
    return start, start + len(text[start:end].rstrip())
