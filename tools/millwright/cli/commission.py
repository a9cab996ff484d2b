"""What ``millwright nodes commission`` does: one round of upkeep, whose end is service or quarantine."""

import secrets
import time
from pathlib import Path

from millwright.cli.rack_progress import shown
from millwright.cli.upkeep_surroundings import StepTeller, make_gate, make_upkeep, report, utc_now
from millwright.facility import Facility
from millwright.facility.places import state_folder
from millwright.fleet.drain import Owner, Purpose
from millwright.fleet.journal import open_journal
from millwright.fleet.maintenance import Upkept
from millwright.readers.facility_lock import ROLLOUT_LOCK, only_one
from millwright.results.run_info import make_run_id

KIND = "commission"
TAKEN_OVER = (str(Purpose.QUARANTINE), str(Purpose.COMMISSION), str(Purpose.DRAIN))
"""Drains that commissioning takes over: after a repair, the gate is the way back into service."""


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
        journal = open_journal(state, KIND, make_run_id(now, secrets.token_hex(4)))
        journal.note(now, "begin", facility=facility.name, nodes=list(nodes))
        owner = Owner(Purpose.COMMISSION, journal.run_id)
        with shown() as steps:
            teller = StepTeller(steps)
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
    hint = f"millwright nodes commission {facility.name} NODES tries again, also what this run drained."
    return report(outcome, facility.name, journal, hint, as_json=as_json)
