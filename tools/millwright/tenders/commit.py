"""The accepted offer's values as commitments in the text of a facility file; nothing else in it changes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import yaml
from pydantic import ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.core.yaml_nodes import Place, compose_yaml, find_place
from millwright.core.yaml_text import load_yaml
from millwright.facility.model import Commitment
from millwright.tenders.admission import asked_of
from millwright.tenders.load import OfferFile
from millwright.tenders.model import Target, Tender

Value = str | int | Decimal


class Effect(StrEnum):
    """What writing one commitment does."""

    ADD = "add"
    SAME = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One commitment to write."""

    name: str
    """The value that the tender asks for."""
    key: tuple[str, ...]
    """Path in the facility file."""
    commitment: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Written:
    """A facility file with commitments."""

    text: str
    effects: tuple[Effect, ...]
    """Of each change, in order."""


def changes_of(tender: Tender, accepted: OfferFile) -> tuple[Change, ...]:
    """The commitments of an accepted offer, where the tender says in which check each is measured."""
    return tuple(
        Change(name, _key(each.commit), _commitment(tender, accepted, name, each.commit))
        for name, each in asked_of(tender).items()
        if each.commit is not None
    )


def _key(target: Target) -> tuple[str, ...]:
    return ("partitions", target.partition, "checks", target.check, target.metric)


def _commitment(tender: Tender, accepted: OfferFile, name: str, target: Target) -> dict[str, Value]:
    value = accepted.offer.committed[name]
    source = f"{tender.tender}, offer {accepted.file}, {name}, SHA-256 {accepted.sha256}"
    stated: dict[str, Value | None] = {
        "value": value.value,
        "unit": value.unit,
        "tolerance": target.tolerance,
        "class": target.commitment_class.value,
        "statistic": target.statistic.value if target.statistic else None,
        "minimum_n": target.minimum_n,
        "clause": target.clause,
        "lot": target.lot,
        "source": source,
        "kind": "read",
        "date": value.date.isoformat(),
    }
    return {key: found for key, found in stated.items() if found is not None}


def write_commitments(text: str, changes: tuple[Change, ...], file: str) -> Written:
    """The text of a facility file with the commitments in place of ``null``; comments and layout stay.

    A commitment that is there already stays as it is written. Raises :exc:`BadInputError` with every key that
    the file lacks, and with each one that has another commitment.
    """
    root = compose_yaml(text)
    problems: list[Problem] = []
    effects: list[Effect] = []
    spans: list[tuple[int, int, str]] = []
    for change in changes:
        place = find_place(root, change.key)
        found = list(_find_problems(text, place, change, file))
        problems += found
        if place is None or found:
            continue
        is_empty = _stated(text, place) is None
        effects.append(Effect.ADD if is_empty else Effect.SAME)
        if is_empty:
            spans += _replacements(place, change, text)
    if problems:
        raise BadInputError(problems)
    for start, end, written in sorted(spans, reverse=True):
        text = f"{text[:start]}{written}{text[end:]}"
    return Written(text, tuple(effects))


def _find_problems(text: str, place: Place | None, change: Change, file: str) -> Iterator[Problem]:
    key = ".".join(change.key)
    if place is None:
        expected = "the metric, null until something is committed"
        yield Problem(file, key, "is not in the file", expected, code="MW7610")
        return
    at = f"{file}:{place.key.start_mark.line + 1}"
    if place.is_alias or text[place.value.start_mark.index :][:1] in {"&", "!"}:
        expected = "a plain null that is written there"
        yield Problem(at, key, "is an alias, or has an anchor or tag", expected, code="MW7628")
        return
    stated = _stated(text, place)
    if stated is not None and stated != _as_commitment(change.commitment):
        source = getattr(stated, "source", "something else")
        expected = "null, or the commitment of the accepted offer; nothing is overwritten"
        yield Problem(at, key, f"has a commitment from {source!r}", expected, code="MW7629")


def _stated(text: str, place: Place) -> object:
    """The commitment at a place, None for null; text that is no commitment as it is."""
    node = place.value
    if node.tag == "tag:yaml.org,2002:null":
        return None
    start, end = _span(node, text)
    column = node.start_mark.column
    try:
        return _as_commitment(load_yaml(f"{' ' * column}{text[start:end]}"))
    except (yaml.YAMLError, ValidationError):
        return text[start:end]


def _as_commitment(data: object) -> Commitment:
    return Commitment.model_validate(data)


def _replacements(place: Place, change: Change, text: str) -> list[tuple[int, int, str]]:
    """A commitment as a block below its key, or in braces if its surroundings are in braces."""
    pairs = [f"{key}: {_scalar(value)}" for key, value in change.commitment.items()]
    start, end = _span(place.value, text)
    if place.parent.flow_style or place.value.start_mark.line != place.key.start_mark.line:
        gap = "" if text[start - 1].isspace() else " "
        return [(start, end, f"{gap}{{{', '.join(pairs)}}}")]
    new_line = "\r\n" if "\r\n" in text else "\n"
    indent = " " * (place.key.start_mark.column + 2)
    line_end = len(text) if (found := text.find("\n", end)) < 0 else found
    line_end -= text[line_end - 1] == "\r"
    block = "".join(f"{new_line}{indent}{pair}" for pair in pairs)
    return [(len(text[:start].rstrip(" ")), end, ""), (line_end, line_end, block)]  # a comment keeps its line


def _scalar(value: Value) -> str:
    """A number as it was written, and text in double quotes, which YAML reads as JSON does."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)


def _span(node: yaml.Node, text: str) -> tuple[int, int]:
    """First character of the value and the one after its last that is no space."""
    start, end = node.start_mark.index, node.end_mark.index
    return start, start + len(text[start:end].rstrip())
