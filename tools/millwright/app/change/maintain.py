"""``millwright maintain``: change nodes that are in use, wave by wave, without ending a job."""

import shlex
import time
from collections.abc import Mapping
from pathlib import Path

from millwright.adapters.here.facility_lock import ROLLOUT_LOCK, only_one
from millwright.app.change.maintenance_context import MaintenanceContext
from millwright.app.change.maintenance_report import MaintenanceReport, store
from millwright.app.change.resumable_run import RunKind, begin_or_resume, canary_chooser, resumable
from millwright.app.context import Context
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import as_typed, facility_file
from millwright.facility import Facility, load_facility
from millwright.fleet.node_selection import select_nodes
from millwright.fleet.rollout.journal import Journal
from millwright.fleet.rollout.request import Request, plan_upkeep, request_from
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.few_peers import require_peers
from millwright.fleet.service.maintenance import MaintenanceResult, run_maintenance
from millwright.fleet.service.terms import terms_of

COMMAND = "maintain"


def maintain_nodes(
    context: Context, facility: str, nodes: str, options: Mapping[str, object], *, resume: bool = False
) -> MaintenanceReport:
    """Drain nodes (a node set or partitions), wait for jobs, converge, check, compare and give back.

    ``options`` are those of :func:`millwright.fleet.rollout.request.request_from`, None for what is not
    given. Raises :exc:`BadInputError` with everything that is not usable, and :exc:`NotTestableError`
    if another change is running or the nodes have too few peers to be judged.
    """
    file = facility_file(facility)
    described = load_facility(file)
    given = request_from(nodes=select_nodes(described, nodes) if nodes else (), **options)
    if not resume:
        if not nodes:
            raise BadInputError([Problem("NODES", "-", "missing", "a node set or partitions", code="MW2204")])
        _require_peers(file, described, nodes, given)
    kind = RunKind(COMMAND, file, described, described.rollout.maintenance_wave_size)
    with only_one(kind.state, described.name, context.now(), ROLLOUT_LOCK):
        journal, request = begin_or_resume(context, kind, given, resume=resume)
        with resumable(context, journal, kind):
            result = _maintain(context, file, described, request, journal)
    hint = f"{kind.typed} --resume goes on; run {journal.run_id} holds its drains."
    return store(MaintenanceReport, result, described.name, journal, hint)


def _require_peers(file: Path, facility: Facility, nodes: str, given: Request) -> None:
    terms = terms_of(given)
    if terms.is_checked and not terms.admits_inconclusive:
        command = f"millwright {COMMAND} {as_typed(file)} {shlex.quote(nodes)}"
        ways = {
            f"{command} --admit-inconclusive": "checks them without a comparison",
            f"{command} --no-checks": "gives them back without any check",
        }
        require_peers(facility, checks_for(file), given.limit, ways)


def _maintain(
    context: Context, file: Path, facility: Facility, request: Request, journal: Journal
) -> MaintenanceResult:
    owner = Owner(Purpose.MAINTENANCE, journal.run_id)
    admit = f"millwright {COMMAND} {as_typed(file)} --resume --admit-inconclusive"
    upkeep = MaintenanceContext(context, file, facility, owner, admit).upkeep(terms_of(request))
    choose = canary_chooser(context, journal, lambda nodes: upkeep.service.free_nodes(nodes, owner))
    waves = plan_upkeep(facility, request.limit, request, choose).waves
    return run_maintenance(
        waves,
        request.budget,
        journal,
        lambda name, members: upkeep.round(name, members, time.sleep),
        context.now,
    )
