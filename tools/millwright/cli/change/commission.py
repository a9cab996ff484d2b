"""What ``millwright nodes commission`` does: one round of upkeep, whose end is service or quarantine."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from millwright.adapters.here.facility_lock import ROLLOUT_LOCK, only_one
from millwright.cli.change.upkeep_surroundings import StepTeller, make_gate, make_upkeep, report
from millwright.cli.progress import shown
from millwright.core.clock import utc_now
from millwright.core.node_sets import fold
from millwright.core.places import as_typed, state_folder
from millwright.facility import Facility
from millwright.fleet.rollout.journal import Journal, open_journal, run_ids
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.maintenance import Upkept
from millwright.fleet.service.node_service import service_of
from millwright.fleet.service.reclaim import reclaim
from millwright.results.run_info import make_run_id

KIND = "commission"
TAKEN_OVER = (str(Purpose.QUARANTINE), str(Purpose.COMMISSION), str(Purpose.DRAIN))
"""Drains that commissioning takes over: after a repair, the gate is the way back into service."""


@contextmanager
def _explained(journal: Journal, typed: str, nodes: tuple[str, ...]) -> Iterator[None]:
    """Note that the run was told to end, and say what is true then and how it goes on."""
    try:
        yield
    except KeyboardInterrupt as end:
        journal.note(utc_now(), "interrupted", by=str(end) or "interrupted")
        typer.echo(
            f"Run {journal.run_id} has ended: of its nodes only those that got their verdict are in service, "
            "all others stay drained.\n"
            f"millwright nodes commission {typed} {fold(nodes)} takes them over and begins again.",
            err=True,
        )
        raise


def commission_nodes(  # noqa: PLR0913 - each is a decision of the caller
    file: Path,
    facility: Facility,
    nodes: tuple[str, ...],
    *,
    jobs_limit_s: float,
    admits_inconclusive: bool,
    threshold: float,
    force_owner: str,
    results: Path,
    as_json: bool,
) -> int:
    """Let nodes into service or not, print and store why; the exit code."""
    state, now = state_folder(facility.name), utc_now()
    with only_one(state, facility.name, now, ROLLOUT_LOCK):
        ended = run_ids(state, KIND)  # nobody else commissions while the lock is held, so these have ended
        journal = open_journal(state, KIND, make_run_id(now, secrets.token_hex(4)))
        journal.note(now, "begin", facility=facility.name, nodes=list(nodes))
        owner = Owner(Purpose.COMMISSION, journal.run_id)
        with _explained(journal, as_typed(file), nodes), shown() as steps:
            teller = StepTeller(steps)
            if held := reclaim(service_of(file, facility, teller.warn), nodes, ended):
                teller.step("take over what a killed run left", held)
            gate = make_gate(
                *(file, facility, owner, teller),
                results=results,
                threshold=threshold,
                admits_inconclusive=admits_inconclusive,
            )
            upkeep = make_upkeep(
                *(file, facility, owner, teller),
                gate=gate,
                jobs_limit_s=jobs_limit_s,
                takes_over=(*TAKEN_OVER, *([force_owner] if force_owner else [])),
            )
            outcome = Upkept(upkeep.round(KIND, nodes, time.sleep))
        journal.note(utc_now(), "end", exit_code=int(outcome.exit_code), finished=True)
    hint = f"millwright nodes commission {as_typed(file)} NODES tries again, also what this run drained."
    return report(outcome, facility.name, journal, hint, as_json=as_json)
