"""The contract that a delivery is accepted under: what page one of a report states and no measurement says.

Everything is optional, and a report writes "not stated" for what is missing. What is decided after a run (a
waiver, the status of the document) may stand in a file of its own: ``millwright report --contract FILE``.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from millwright.core.claims import SourceKind
from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Finding, Frozen
from millwright.core.model_problems import describe_errors
from millwright.core.suggestions import did_you_mean
from millwright.core.yaml_text import load_yaml
from millwright.facility.fields import Name, Title

if TYPE_CHECKING:
    from millwright.facility.model import Facility

SCHEMA_COMMAND = "millwright facility schema, key contract"
MAX_FILE_BYTES = 1_000_000


class Money(Frozen):
    """An amount that depends on a verdict."""

    amount: Annotated[float, Field(gt=0, le=1e13)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """ISO 4217."""
    basis: Title
    """What it is: the final payment, a performance guarantee, a retention; and whether VAT is in it."""
    source: Title
    kind: SourceKind
    date: datetime.date
    """Of the source; for prices, their date."""


class Wording(Frozen):
    """The contract's own words for the outcome of a lot."""

    accepted: Title | None = None
    refused: Title | None = None
    undecided: Title | None = None


class Lot(Frozen):
    """A part of the delivery that is accepted by itself."""

    title: Title
    clause: Title | None = None
    """Clause of the contract on its acceptance."""
    at_stake: Money | None = None


class Waiver(Frozen):
    """A requirement that the buyer gave up. It changes no verdict: it stands beside the verdict."""

    what: Title
    lot: Name | None = None
    clause: Title | None = None
    reason: Title
    granted_by: Title
    date: datetime.date


class Deviation(Frozen):
    """What was delivered or tested otherwise than the contract says, by agreement."""

    what: Title
    lot: Name | None = None
    clause: Title | None = None
    reason: Title
    agreed_by: Title
    date: datetime.date


class DocumentStatus(Frozen):
    """What the report is as a document."""

    state: Literal["draft", "issued", "superseded"] = "draft"
    version: Title | None = None
    date: datetime.date | None = None
    superseded_by: Title | None = None


class Contract(Frozen):
    """The delivery, its parties and what was agreed beside the measured values."""

    object: Title | None = None
    """What is delivered."""
    reference: Title | None = None
    """Number of the contract or of the tender."""
    buyer: Title | None = None
    supplier: Title | None = None
    measured_by: Title | None = None
    """Who ran the tests: person or body."""
    witnessed_by: Title | None = None
    lots: dict[Name, Lot] = {}
    at_stake: Money | None = None
    """For the delivery as a whole; amounts of lots are beside it, not within it."""
    wording: Wording = Wording()
    waivers: tuple[Waiver, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    document: DocumentStatus = DocumentStatus()
    show_serials: bool = False
    """Serial numbers of parts may be printed in reports."""


def find_contract_problems(facility: "Facility") -> Iterator[Finding]:
    """What contradicts itself in the contract, and lots of commitments that it does not have."""
    contract = facility.contract
    if contract is None:
        return
    yield from find_own_problems(contract, "contract.")
    owners = {f"partitions.{name}": each.checks for name, each in facility.partitions.items()}
    owners |= {f"antennas.{name}": each.checks for name, each in facility.antennas.items()}
    for owner, checks in owners.items():
        for check, metrics in checks.items():
            for metric, commitment in metrics.items():
                if commitment and commitment.lot and contract.lots:
                    key = f"{owner}.checks.{check}.{metric}.lot"
                    yield from _unknown_lot(contract, commitment.lot, key)


def find_own_problems(contract: Contract, prefix: str = "") -> Iterator[Finding]:
    """What contradicts itself within a contract; keys begin with ``prefix``."""
    document = contract.document
    if (document.state == "superseded") != (document.superseded_by is not None):
        problem = "a superseded document names no successor"
        if document.superseded_by:
            problem = f"{document.state} and superseded by {document.superseded_by!r}"
        expected = "superseded_by with state: superseded, and only then"
        yield Finding("MW7035", f"{prefix}document.superseded_by", problem, expected)
    lots = {f"{prefix}waivers.{number}.lot": each.lot for number, each in enumerate(contract.waivers)}
    lots |= {f"{prefix}deviations.{number}.lot": each.lot for number, each in enumerate(contract.deviations)}
    for key, lot in lots.items():
        if lot:
            yield from _unknown_lot(contract, lot, key)


def _unknown_lot(contract: Contract, lot: str, key: str) -> Iterator[Finding]:
    if lot not in contract.lots:
        known = ", ".join(contract.lots) or "lots of the contract"
        hint = did_you_mean(lot, contract.lots)
        yield Finding("MW7034", key, f"the contract has no lot {lot!r}", f"one of {known}{hint}")


def load_contract(path: Path) -> Contract:
    """Read a contract from a file of its own; raises :exc:`BadInputError` with every problem of it."""

    def refuse(problem: str) -> BadInputError:
        return BadInputError(
            [Problem(str(path), "-", problem, "YAML with the keys of contract", code="MW7036")]
        )

    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise refuse(f"larger than {MAX_FILE_BYTES} bytes")
        data = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(f"can't be read: {error}") from error
    except yaml.YAMLError as error:
        raise refuse(f"not YAML: {' '.join(str(error).split())}") from error
    try:
        contract = Contract.model_validate(data)
    except ValidationError as error:
        found = describe_errors(
            error,
            str(path),
            Contract.model_json_schema(by_alias=True),
            codes={},
            other="MW7037",
            schema_command=SCHEMA_COMMAND,
        )
        raise BadInputError(found) from error
    problems = [finding.in_file(str(path)) for finding in find_own_problems(contract)]
    if problems:
        raise BadInputError(problems)
    return contract
