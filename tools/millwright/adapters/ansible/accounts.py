"""What slurmdbd holds against what a facility declares, through the playbook ``accounts.yml``."""

import datetime
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event
from millwright.adapters.ansible.playbook import apply
from millwright.adapters.slurm.access import BILLING_PER_UNIT, MIN_PER_HOUR
from millwright.core.errors import BadInputError, FailedError, NotTestableError, Problem
from millwright.core.json_text import load_json
from millwright.facility.model import Facility

PLAYBOOK = "accounts.yml"
BILLING = "billing="
DELETION = re.compile(r"(account|user|qos)=[A-Za-z0-9_.-]+|association=[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one record that is not as declared."""

    kind: str
    """qos, account, association (a user in an account) or user."""
    name: str
    field: str
    found: str | None
    """None if the record is not there; empty if it has no limit."""
    wanted: str


@dataclass(frozen=True, slots=True)
class OpenGrant:
    """A grant that the facility no longer has and in which jobs may still start."""

    name: str
    access_modes: str
    granted: str
    """As Slurm says it: minutes of the resource `billing`."""
    users: tuple[str, ...]
    """Who may charge it."""
    delete: tuple[str, ...]
    """What `--delete` has to name to close it: the account, and users who have no other."""


@dataclass(frozen=True, slots=True)
class AccountingReport:
    """Everything that was found, and done where anything was done."""

    differences: tuple[Difference, ...]
    undeclared: tuple[tuple[str, str], ...]
    """Kind and name of what nothing declares; it stays as it is."""
    open_grants: tuple[OpenGrant, ...]
    """Those of it that still spend hours."""
    losses: tuple[str, ...]
    """What the deletions that were asked for take away."""
    not_there: tuple[str, ...]
    """Deletions that were asked for of what is not there."""
    commands: tuple[tuple[str, ...], ...]

    @property
    def is_as_declared(self) -> bool:
        """Whether there is nothing to do."""
        return not self.commands


def compare_accounting(  # noqa: PLR0913 - time, state and progress are given, not taken from the surroundings
    file: Path,
    facility: Facility,
    *,
    delete: Sequence[str],
    check: bool,
    state: Path,
    now: datetime.datetime,
    on_event: Callable[[Event], None],
) -> AccountingReport:
    """Compare, and change what differs unless ``check`` is set.

    Raises :exc:`BadInputError` where the facility has no Slurm, :exc:`NotTestableError` where the
    controller can't be reached, and :exc:`FailedError` where something was refused or failed.
    """
    if facility.services is None:
        problem = Problem(
            str(file),
            "services",
            "missing, so there is no accounting",
            "controller and database",
            code="MW1332",
        )
        raise BadInputError([problem])
    if not check and facility.manages is not None and "slurm_accounts" not in facility.manages:
        problem = Problem(
            str(file),
            "manages",
            "slurm_accounts may not change this cluster",
            "slurm_accounts in it",
            code="MW1333",
        )
        raise BadInputError([problem])
    if problems := [problem for text in delete for problem in _find_delete_problems(text)]:
        raise BadInputError(problems)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "accounting.json"
        variables = {"slurm_accounts_delete": list(delete), "slurm_accounts_report": str(report)}
        options = ApplyOptions(check=check, playbook=PLAYBOOK, variables=variables)
        result = apply(file, facility, options, state=state, now=now, on_event=on_event)
        _require_success(result)
        return read_report(report.read_text(encoding="utf-8"))


def _find_delete_problems(text: str) -> Iterator[Problem]:
    if not DELETION.fullmatch(text):
        expected = "account=NAME, user=NAME, qos=NAME or association=USER/ACCOUNT"
        yield Problem("--delete", text, "names nothing that can be deleted", expected, code="MW2109")


def _require_success(result: ApplyResult) -> None:
    messages = "\n".join(failure.message for failure in result.failures)
    if any(host.state == "failed" for host in result.hosts):
        raise FailedError(messages or f"Ansible failed; its log is {result.log}", code="MW3001")
    if any(host.state == "unreachable" for host in result.hosts):
        raise NotTestableError(f"the controller can't be reached: {messages}", code="MW3002")
    if result.status:
        raise FailedError(f"Ansible failed; its log is {result.log}", code="MW3001")


def read_report(text: str) -> AccountingReport:
    """Read what the module ``slurm_accounting`` returned."""
    report: dict[str, Any] = load_json(text)
    return AccountingReport(
        differences=tuple(Difference(**row) for row in report["differences"]),
        undeclared=tuple((kind, name) for kind, name in report["undeclared"]),
        open_grants=tuple(
            OpenGrant(**{**grant, "users": tuple(grant["users"]), "delete": tuple(grant["delete"])})
            for grant in report["open_grants"]
        ),
        losses=tuple(report["losses"]),
        not_there=tuple(report["not_there"]),
        commands=tuple(tuple(command) for command in report["commands"]),
    )


def readable(value: str | None) -> str:
    """A value as people read it; granted hours in hours.

    >>> readable("billing=60000000000")
    '1000 hours'
    """
    if value is None:
        return ""
    if value.startswith(BILLING) and value.removeprefix(BILLING).isdecimal():
        return f"{int(value.removeprefix(BILLING)) / BILLING_PER_UNIT / MIN_PER_HOUR:g} hours"
    return value or "none"
