"""``millwright accounts plan, diff, apply``: access modes, shares and grants in Slurm's accounting."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

from millwright.adapters.ansible.accounts import (
    AccountingReport,
    Difference,
    OpenGrant,
    compare_accounting,
    readable,
)
from millwright.adapters.ansible.events import Event
from millwright.adapters.here.facility_lock import only_one
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import ExitCode, NotTestableError
from millwright.core.places import as_typed, facility_file, state_folder
from millwright.facility import Facility, load_facility
from millwright.fleet.look.converge import looker
from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.role_sources import sources_of
from millwright.fleet.look.sealing import reseal

ROLE = "slurm_accounts"


class FieldDifference(Part):
    """One field of one record that is not as declared."""

    kind: str
    """qos, account, association (a user in an account) or user."""
    name: str
    field: str
    found: str | None
    """As Slurm writes it; null if the record is missing, empty if it has no limit."""
    wanted: str

    @property
    def is_new(self) -> bool:
        """Whether the record is missing."""
        return self.found is None

    @property
    def transition(self) -> str:
        """The values as people read them, before and after."""
        wanted = readable(self.wanted)
        return wanted if self.is_new else f"{readable(self.found)} → {wanted}"


class UnclosedGrant(Part):
    """A grant that the facility no longer has and in which jobs may still start."""

    name: str
    access_modes: str
    granted: str
    """As Slurm writes it: minutes of the resource ``billing``."""
    users: tuple[str, ...]
    """Users who may charge it."""
    delete: tuple[str, ...]
    """Values of ``--delete`` that close it: the account, and users who have no other."""
    close: str
    """Command that closes it."""

    @property
    def text(self) -> str:
        """Access modes, hours and users as people read them."""
        users = ", ".join(self.users) or "no user"
        return f"{self.access_modes}, {readable(self.granted)}, charged by {users}"


class AccountsReport(Document):
    """Differences between slurmdbd and the facility, and what was deleted on request."""

    format: str = ""
    facility: str
    exit_code: int
    is_as_declared: bool
    """Whether there is nothing to do."""
    differences: tuple[FieldDifference, ...]
    undeclared: tuple[tuple[str, str], ...]
    """Kind and name of each record that nothing declares; it stays as it is."""
    open_grants: tuple[UnclosedGrant, ...]
    """Undeclared grants that still spend hours."""
    losses: tuple[str, ...]
    """What the deletions take away."""
    not_there: tuple[str, ...]
    """Deletions of records that do not exist."""
    commands: tuple[tuple[str, ...], ...]
    """Commands of sacctmgr that make, or made, the changes."""


class AccountsPlan(AccountsReport):
    """What ``accounts apply`` would change."""

    format: Literal["millwright-accounts-plan/1"] = "millwright-accounts-plan/1"


class AccountsDiff(AccountsReport):
    """How slurmdbd differs from the facility."""

    format: Literal["millwright-accounts-diff/1"] = "millwright-accounts-diff/1"


class AccountsChange(AccountsReport):
    """What ``accounts apply`` changed."""

    format: Literal["millwright-accounts-apply/1"] = "millwright-accounts-apply/1"


Report = TypeVar("Report", bound=AccountsReport)


def plan_accounts(context: Context, facility: str, delete: Sequence[str] = ()) -> AccountsPlan:
    """Compare slurmdbd with the facility and change nothing; ``delete`` names records to delete.

    Raises :exc:`BadInputError` if the facility has no Slurm or ``delete`` is not usable,
    :exc:`NotTestableError` if the controller cannot be reached, :exc:`FailedError` if Slurm refuses.
    """
    file = facility_file(facility)
    described = load_facility(file)
    report = _compare(context, file, described, delete, check=True)
    return _document(AccountsPlan, report, file, described)


def diff_accounts(context: Context, facility: str) -> AccountsDiff:
    """Compare as :func:`plan_accounts` does; exit code 1 if anything differs."""
    file = facility_file(facility)
    described = load_facility(file)
    report = _compare(context, file, described, (), check=True)
    code = ExitCode.OK if report.is_as_declared else ExitCode.FAIL
    return _document(AccountsDiff, report, file, described, code)


def apply_accounts(context: Context, facility: str, delete: Sequence[str] = ()) -> AccountsChange:
    """Bring slurmdbd to its declared state; nothing is deleted that ``delete`` does not name.

    Raises as :func:`plan_accounts` does.
    """
    file = facility_file(facility)
    described = load_facility(file)
    report = _compare(context, file, described, delete, check=False)
    _keep_as_declared(context, file, described)
    return _document(AccountsChange, report, file, described)


def _compare(
    context: Context, file: Path, facility: Facility, delete: Sequence[str], *, check: bool
) -> AccountingReport:
    def show(event: Event) -> None:
        if event.get("name"):
            context.progress.step("accounts", str(event["name"]))

    context.progress.step("accounts", "asking slurmdbd")
    return compare_accounting(
        file,
        facility,
        delete=delete,
        check=check,
        state=state_folder(facility.name),
        now=context.now(),
        on_event=show,
    )


def _keep_as_declared(context: Context, file: Path, facility: Facility) -> None:
    """Let drift compare with what slurmdbd holds now; warn if they cannot be looked at."""
    if facility.services is None:
        return
    state = state_folder(facility.name)
    store = Store(state / "declared")
    try:
        with only_one(state, facility.name, context.now()):
            look_at = looker(sources_of(file, facility, state), store, lambda _: None)
            reseal(facility.services.controller, ROLE, store, look_at("Look at the accounts"))
    except NotTestableError as error:
        context.warn(
            f"warning: the accounts are changed, but drift still compares with those before: {error}\n"
            f"Run millwright accounts apply {as_typed(file)} again afterwards."
        )


def _document(
    kind: type[Report],
    report: AccountingReport,
    file: Path,
    facility: Facility,
    exit_code: ExitCode = ExitCode.OK,
) -> Report:
    typed = as_typed(file)
    return kind(
        facility=facility.name,
        exit_code=int(exit_code),
        is_as_declared=report.is_as_declared,
        differences=tuple(_difference(row) for row in report.differences),
        undeclared=report.undeclared,
        open_grants=tuple(_grant(grant, typed) for grant in report.open_grants),
        losses=report.losses,
        not_there=report.not_there,
        commands=report.commands,
    )


def _difference(row: Difference) -> FieldDifference:
    return FieldDifference(kind=row.kind, name=row.name, field=row.field, found=row.found, wanted=row.wanted)


def _grant(grant: OpenGrant, typed: str) -> UnclosedGrant:
    named = "".join(f" --delete {name}" for name in grant.delete)
    return UnclosedGrant(
        name=grant.name,
        access_modes=grant.access_modes,
        granted=grant.granted,
        users=grant.users,
        delete=grant.delete,
        close=f"millwright accounts apply {typed}{named}",
    )
