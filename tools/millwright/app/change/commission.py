"""``millwright nodes commission``: one round of upkeep, whose end is service or quarantine."""

import secrets
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from millwright.adapters.here.facility_lock import ROLLOUT_LOCK, only_one
from millwright.app.change.maintenance_context import MaintenanceContext
from millwright.app.change.maintenance_report import CommissionReport, store
from millwright.app.context import Context
from millwright.checks.registry import checks_for
from millwright.core.places import as_typed, facility_file, state_folder
from millwright.facility import load_facility
from millwright.fleet.node_selection import select_nodes
from millwright.fleet.rollout.journal import Journal, open_journal, run_ids
from millwright.fleet.rollout.request import request_from
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.few_peers import require_peers
from millwright.fleet.service.maintenance import MaintenanceResult
from millwright.fleet.service.reclaim import reclaim
from millwright.fleet.service.terms import terms_of
from millwright.results.run_info import make_run_id

COMMAND = "commission"
ADMIT = "admit_inconclusive"
TAKEN_OVER = (str(Purpose.QUARANTINE), str(Purpose.COMMISSION), str(Purpose.DRAIN))
"""Drains that commissioning takes over: after a repair, the gate is the way back into service."""


def commission_nodes(
    context: Context, facility: str, nodes: str, options: Mapping[str, object], *, force_owner: str = ""
) -> CommissionReport:
    """Provision, check and compare nodes (a node set or partitions), and admit those that pass.

    ``options`` are those of :func:`millwright.fleet.rollout.request.request_from`, None for what is not
    given; ``force_owner`` names one more drain to take over. Raises :exc:`BadInputError` for unknown
    nodes, and :exc:`NotTestableError` if another change is running or the nodes have too few peers.
    """
    file = facility_file(facility)
    described = load_facility(file)
    wanted, terms = select_nodes(described, nodes), terms_of(request_from(**options))
    again = _command(file, nodes, {**options, "force_owner": force_owner or None})
    admit = _command(file, nodes, {**options, "force_owner": force_owner or None, ADMIT: True})
    if not terms.admits_inconclusive:
        require_peers(described, checks_for(file), wanted, {admit: "checks them without a comparison"})
    state, now = state_folder(described.name), context.now()
    with only_one(state, described.name, now, ROLLOUT_LOCK):
        ended = run_ids(state, COMMAND)  # the lock is held, so no other commissioning runs: these have ended
        journal = open_journal(state, COMMAND, make_run_id(now, secrets.token_hex(4)))
        journal.note(now, "begin", facility=described.name, nodes=list(wanted))
        owner = Owner(Purpose.COMMISSION, journal.run_id)
        run = MaintenanceContext(context, file, described, owner, admit)
        with _explained(context, journal, again):
            if held := reclaim(run.service(), wanted, ended):
                run.reporter.step("take over what a killed run left", held)
            owners = (*TAKEN_OVER, *([force_owner] if force_owner else []))
            result = MaintenanceResult(run.upkeep(terms, owners).round(COMMAND, wanted, time.sleep))
        journal.note(context.now(), "end", exit_code=int(result.exit_code), finished=True)
    hint = f"{again} tries again, also what this run drained."
    return store(CommissionReport, result, described.name, journal, hint)


def _command(file: Path, nodes: str, options: Mapping[str, object]) -> str:
    """The command line that commissions these nodes with the same options."""
    words = [f"millwright nodes {COMMAND}", as_typed(file), shlex.quote(nodes)]
    for name, value in options.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [shlex.quote(str(value))])]
    return " ".join(words)


@contextmanager
def _explained(context: Context, journal: Journal, again: str) -> Iterator[None]:
    """Note an interruption, and warn which nodes are in service and how to begin again."""
    try:
        yield
    except KeyboardInterrupt as end:
        journal.note(context.now(), "interrupted", by=str(end) or "interrupted")
        context.warn(
            f"Run {journal.run_id} has ended: of its nodes only those that got their verdict are in service, "
            f"all others stay drained.\n{again} takes them over and begins again."
        )
        raise
