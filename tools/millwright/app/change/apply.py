"""``millwright apply``: bring the hosts of a facility to their declared state, wave by wave."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult
from millwright.adapters.ansible.inventory import load_for_ansible
from millwright.adapters.here.facility_lock import ROLLOUT_LOCK, only_one
from millwright.antennas.trust.prepared import write_factory_trust
from millwright.app.change.apply_report import ApplyReport, make_report, report_text
from millwright.app.change.resumable_run import RunKind, begin_or_resume, canary_chooser, resumable
from millwright.app.context import Context
from millwright.app.playbook_progress import PlaybookProgress
from millwright.core.places import as_typed, facility_file, product_root, state_folder
from millwright.facility import Facility
from millwright.fleet.look.converge import converge
from millwright.fleet.look.over_ssh import answering_hosts
from millwright.fleet.look.role_sources import sources_of
from millwright.fleet.look.state_digest import declared_files, digest_of
from millwright.fleet.node_selection import parse_limit
from millwright.fleet.rollout.journal import Journal, require_unfinished
from millwright.fleet.rollout.lost_nodes import lost_nodes
from millwright.fleet.rollout.request import Request, plan_request, request_from
from millwright.fleet.rollout.run_waves import Outcome, RolloutContext, roll_out
from millwright.fleet.rollout.stored_report import store_report
from millwright.fleet.rollout.waves import Wave

COMMAND = "apply"


def check_facility(context: Context, facility: str, *, limit: str = "", diff: bool = False) -> ApplyReport:
    """Let Ansible report what it would change on the hosts of ``limit``; no waves, no journal.

    Raises :exc:`BadInputError` for a facility or limit that is not usable.
    """
    file = facility_file(facility)
    described = load_for_ansible(file)
    result = converge(
        file,
        described,
        ApplyOptions(check=True, diff=diff, limit=parse_limit(limit)),
        state=state_folder(described.name),
        now=context.now(),
        on_event=PlaybookProgress(context.progress),
    )
    return make_report(Outcome.of_check(result), described.name, as_typed(file))


def apply_facility(
    context: Context, facility: str, options: Mapping[str, object], *, limit: str = "", resume: bool = False
) -> ApplyReport:
    """Change the hosts of ``limit`` (a node set or groups; all if empty), and store the merged report.

    ``options`` are those of :func:`millwright.fleet.rollout.request.request_from`, None for what is not
    given. Raises :exc:`BadInputError` with everything that is not usable, and
    :exc:`NotTestableError` if another change of this facility is running.
    """
    file = facility_file(facility)
    described = load_for_ansible(file)
    given = request_from(limit=parse_limit(limit), **options)
    kind = RunKind(COMMAND, file, described, described.rollout.wave_size)
    state, now = kind.state, context.now()
    with only_one(state, described.name, now, ROLLOUT_LOCK):
        with only_one(state, described.name, now):
            pass  # a run refused here must leave no journal, or --resume would go on with it
        if resume:
            require_unfinished(state, COMMAND, as_typed(file))
        if described.antennas:
            write_factory_trust(described, file, state)
        journal, request = begin_or_resume(context, kind, given, resume=resume)
        with resumable(context, journal, kind):
            outcome = _roll_out(context, file, described, request, journal)
    report = make_report(
        outcome, described.name, as_typed(file), run_id=journal.run_id, folder=journal.folder
    )
    store_report(journal.folder, report.model_dump(mode="json"), report_text(report))
    return report


def _roll_out(
    context: Context, file: Path, facility: Facility, request: Request, journal: Journal
) -> Outcome:
    sources = sources_of(file, facility, state_folder(facility.name))
    choose = canary_chooser(
        context, journal, lambda hosts: answering_hosts(facility, sources.inventory, hosts)
    )
    planned = plan_request(file, facility, request, choose)
    progress = PlaybookProgress(context.progress, names_waves=len(planned.waves) > 1)
    options = ApplyOptions(diff=request.shows_diff, is_full=request.is_full)

    def converge_wave(wave: Wave) -> ApplyResult:
        return converge(
            file,
            facility,
            replace(options, limit=wave.hosts),
            state=state_folder(facility.name),
            now=context.now(),
            on_event=progress,
            sources=sources,
        )

    rollout = RolloutContext(
        converge_wave,
        lost=lambda hosts: lost_nodes(facility, hosts),
        clock=context.now,
        report=progress.report_wave,
        wait=time.sleep,
    )
    digest = digest_of(declared_files(file, product_root()), product_root())
    outcome = roll_out(planned.waves, request.budget, journal, digest, rollout)
    return replace(outcome, remarks=planned.canaries.remarks)
