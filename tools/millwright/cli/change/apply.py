"""``millwright apply``: bring the hosts of a facility to their declared state, wave by wave."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult
from millwright.adapters.here.facility_lock import ROLLOUT_LOCK, only_one
from millwright.antennas.trust.prepared import write_factory_trust
from millwright.cli.change.apply_report import print_report, report_data, report_text, show_json
from millwright.cli.change.journalled import begin_or_resume, chooser, resumable
from millwright.cli.change.wave_options import (
    WAVES,
    Canary,
    CountUnreachable,
    GroupBy,
    MaxFailed,
    MaxFailedWave,
    Resume,
)
from millwright.cli.narrator import Narrator
from millwright.cli.progress import LiveSteps, PlainSteps, shown
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, Problem
from millwright.core.node_sets import NodeSetError, expand
from millwright.core.places import as_typed, checkout, facility_file, state_folder
from millwright.facility import Facility, load_facility
from millwright.fleet.look.converge import converge
from millwright.fleet.look.over_ssh import answering_hosts
from millwright.fleet.look.role_sources import sources_of
from millwright.fleet.look.state_digest import declared_files, digest_of
from millwright.fleet.rollout.journal import Journal, require_unfinished
from millwright.fleet.rollout.lost_nodes import lost_nodes
from millwright.fleet.rollout.request import Request, declared_options, plan_request, request_from
from millwright.fleet.rollout.run_waves import Outcome, Surroundings, roll_out
from millwright.fleet.rollout.stored_report import store_report
from millwright.fleet.rollout.waves import Wave

KIND = "apply"


def command(  # noqa: PLR0913 - the options of a command line
    facility: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show changes of files line by line.")] = False,
    limit: Annotated[str, typer.Option(help="Hosts as a node set, or groups: rack-c[1-2],login.")] = "",
    canary: Canary = None,
    wave_size: Annotated[
        int | None, typer.Option(help="Most nodes in a wave. [128]", rich_help_panel=WAVES)
    ] = None,
    group_by: GroupBy = None,
    max_failed_wave: MaxFailedWave = None,
    max_failed: MaxFailed = None,
    count_unreachable: CountUnreachable = None,
    resume: Resume = False,
    full: Annotated[
        bool, typer.Option("--full", help="Let Ansible go through everything, also where a look would do.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> int:
    """Bring the hosts of a facility to their declared state; again changes nothing.

    Each host is looked at first, in one round trip; Ansible goes to what is new, changed or drifted.

    Services and one node of each partition go first, then the other nodes in waves. No wave begins after
    too many hosts failed. A run that was ended goes on with --resume.

    The same for all hosts at once: ansible-playbook -i inventories/rack/facility.yaml playbooks/site.yml

    Example: millwright apply rack --check --diff --limit rack-c[1-2]
    """
    file = facility_file(facility)
    described = load_facility(file)
    given = request_from(
        limit=expand_limit(limit),
        canary=canary,
        wave_size=wave_size,
        group_by=group_by,
        max_failed_wave=max_failed_wave,
        max_failed=max_failed,
        count_unreachable=count_unreachable,
        full=full or None,
        diff=diff or None,
    )
    if check:
        options = ApplyOptions(check=True, diff=diff, limit=given.limit)
        return _check(file, described, options, as_json=as_json)
    return _change(file, described, given, resume=resume, as_json=as_json)


def expand_limit(limit: str) -> tuple[str, ...]:
    """Hosts and groups of ``--limit``; raises :exc:`BadInputError` where it is no node set."""
    if not limit:
        return ()
    try:
        return expand(limit)
    except NodeSetError as error:
        raise BadInputError(
            [Problem("--limit", limit, f"not a node set ({error})", "for example rack-c[1-2]")]
        ) from error


def _check(file: Path, facility: Facility, options: ApplyOptions, *, as_json: bool) -> int:
    """A check changes nothing, so it needs no waves and leaves no journal."""
    with shown() as steps:
        result = converge(
            file,
            facility,
            options,
            state=state_folder(facility.name),
            now=utc_now(),
            on_event=Narrator(steps),
        )
    outcome = Outcome.of_check(result)
    if as_json:
        show_json(report_data(outcome, facility.name, "", None))
    else:
        print_report(outcome, facility.name, as_typed(file), None)
    return outcome.exit_code


def _change(file: Path, facility: Facility, given: Request, *, resume: bool, as_json: bool) -> int:
    """Roll the change out with nobody else at it, store the merged report and print it."""
    state, now = state_folder(facility.name), utc_now()
    with only_one(state, facility.name, now, ROLLOUT_LOCK):
        with only_one(state, facility.name, now):
            pass  # a run refused here must leave no journal, or --resume would go on with it
        if resume:
            require_unfinished(state, KIND, as_typed(file))
        if facility.antennas:
            write_factory_trust(facility, file, state)
        journal, request = begin_or_resume(
            *(state, KIND, facility.name, given),
            declared_options(facility, wave_size=facility.rollout.wave_size),
            typed=as_typed(file),
            resume=resume,
            now=now,
        )
        options = ApplyOptions(diff=request.shows_diff, is_full=request.is_full)
        with resumable(journal, f"millwright {KIND} {as_typed(file)}", utc_now), shown() as steps:
            outcome = _roll_out(file, facility, request, journal, steps, options)
    data = report_data(outcome, facility.name, journal.run_id, journal.folder)
    store_report(journal.folder, data, report_text(outcome, facility.name, as_typed(file)))
    if as_json:
        show_json(data)
    else:
        print_report(outcome, facility.name, as_typed(file), journal.folder)
    return outcome.exit_code


def _roll_out(  # noqa: PLR0913, PLR0917 - joins what the command found
    file: Path,
    facility: Facility,
    request: Request,
    journal: Journal,
    steps: LiveSteps | PlainSteps,
    options: ApplyOptions,
) -> Outcome:
    state = state_folder(facility.name)
    sources = sources_of(file, facility, state)
    choose = chooser(
        journal,
        lambda hosts: answering_hosts(facility, sources.inventory, hosts),
        utc_now,
        lambda text: steps.done("canaries", text),
    )
    planned = plan_request(file, facility, request, choose)
    narrator = Narrator(steps, counts_waves=len(planned.waves) > 1)

    def one_wave(wave: Wave) -> ApplyResult:
        here = replace(options, limit=wave.hosts)
        return converge(file, facility, here, state=state, now=utc_now(), on_event=narrator, sources=sources)

    around = Surroundings(
        one_wave,
        lost=lambda hosts: lost_nodes(facility, hosts),
        clock=utc_now,
        tell=narrator.tell,
        wait=time.sleep,
    )
    digest = digest_of(declared_files(file, checkout()), checkout())
    outcome = roll_out(planned.waves, request.budget, journal, digest, around)
    return replace(outcome, remarks=planned.canaries.says)
