"""Frozen records to JSON and back, each checked as it is read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError

from millwright.core.errors import BadInputError, Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def to_json(record: "DataclassInstance") -> str:
    """Write a record as one line of JSON; raises :exc:`ValueError` for a number that is not finite."""
    return json.dumps(asdict(record), ensure_ascii=True, allow_nan=False) + "\n"


def to_json_lines(records: "Iterable[DataclassInstance]") -> str:
    """Write records as JSON Lines, in the order given."""
    return "".join(map(to_json, records))


def from_json(kind: type[Record], text: str, file: str) -> Record:
    """Read one record; raises :exc:`BadInputError` with everything that is wrong with it."""
    return _read(kind, text, file, "-")


def from_json_lines(kind: type[Record], text: str, file: str) -> tuple[Record, ...]:
    """Read records back; raises :exc:`BadInputError` for the first line that is none."""
    return tuple(
        _read(kind, line, file, f"line {number}") for number, line in enumerate(text.splitlines(), start=1)
    )


@cache
def _adapter(kind: type[Record]) -> TypeAdapter[Record]:
    return TypeAdapter(kind)


def _read(kind: type[Record], text: str, file: str, key: str) -> Record:
    try:
        record: Record = _adapter(kind).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise BadInputError(_describe(error, file, key)) from error
    return record


def _describe(error: ValidationError, file: str, key: str) -> Iterator[Problem]:
    for item in error.errors(include_url=False):
        where = ".".join((key, *map(str, item["loc"])))
        yield Problem(
            file, where.removeprefix("-."), item["msg"], "a record that Millwright stored", code="MW6001"
        )
