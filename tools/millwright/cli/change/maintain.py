"""``millwright maintain``: change nodes that are in use, wave by wave, without ending a job."""

import time
from pathlib import Path
from typing import Annotated

import typer

from millwright.adapters.here.facility_lock import ROLLOUT_LOCK, only_one
from millwright.cli.change.journalled import begin_or_resume, chooser, resumable
from millwright.cli.change.node_options import AdmitInconclusive
from millwright.cli.change.nodes import choose_nodes
from millwright.cli.change.upkeep_surroundings import StepTeller, make_gate, make_upkeep, report
from millwright.cli.change.wave_options import WAVES, Canary, GroupBy, MaxFailed, MaxFailedWave, Resume
from millwright.cli.progress import shown
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import as_typed, facility_file, state_folder
from millwright.facility import Facility, load_facility
from millwright.fleet.rollout.journal import Journal
from millwright.fleet.rollout.request import Request, declared_options, plan_upkeep, request_from
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.maintenance import Upkept, keep_up
from millwright.fleet.service.terms import terms_of

KIND = "maintain"


def command(  # noqa: PLR0913 - the options of a command line
    facility: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
    nodes: Annotated[str, typer.Argument(help="Nodes as a node set or partitions: rack-c[1-2] or cpu.")] = "",
    *,
    jobs_limit_min: Annotated[
        int | None, typer.Option(help="Minutes to wait for running jobs; none is ended. [60]", min=0)
    ] = None,
    give_back_busy: Annotated[
        bool, typer.Option("--give-back-busy", help="A node whose jobs run longer goes back unchanged.")
    ] = False,
    no_checks: Annotated[
        bool, typer.Option("--no-checks", help="Give nodes back right after they were changed.")
    ] = False,
    admit_inconclusive: AdmitInconclusive = False,
    threshold: Annotated[
        float | None,
        typer.Option(help="Share by which a node may be worse than its peers. [0.05]", min=0.0, max=1.0),
    ] = None,
    canary: Canary = None,
    wave_size: Annotated[
        int | None, typer.Option(help="Most nodes out of service at once. [16]", rich_help_panel=WAVES)
    ] = None,
    group_by: GroupBy = None,
    max_failed_wave: MaxFailedWave = None,
    max_failed: MaxFailed = None,
    resume: Resume = False,
    results_dir: Annotated[
        Path | None, typer.Option(help="Folder that holds the results of all facilities. [results]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> int:
    """Drain nodes wave by wave, wait for their jobs, converge, check, compare with peers, and give back.

    No job is ended or requeued. What an admin drained stays drained. A node that fails its checks is
    quarantined; one that could not be judged stays drained. Exits with 1 where a node failed, 3 where
    one is not in service for another reason.

    Example: millwright maintain rack cpu --wave-size 8 --jobs-limit-min 600
    """
    file = facility_file(facility)
    described = load_facility(file)
    given = request_from(
        nodes=choose_nodes(described, nodes) if nodes else (),
        jobs_limit_min=jobs_limit_min,
        give_back_busy=give_back_busy or None,
        no_checks=no_checks or None,
        admit_inconclusive=admit_inconclusive or None,
        threshold=threshold,
        canary=canary,
        wave_size=wave_size,
        group_by=group_by,
        max_failed_wave=max_failed_wave,
        max_failed=max_failed,
        results_dir=str(results_dir.absolute()) if results_dir else None,
    )
    if not resume and not nodes:
        raise BadInputError([Problem("NODES", "-", "missing", "a node set or partitions")])
    return _maintain(file, described, given, resume=resume, as_json=as_json)


def _maintain(file: Path, facility: Facility, given: Request, *, resume: bool, as_json: bool) -> int:
    """Take the nodes through with nobody else at it, store the report and print it."""
    state, now = state_folder(facility.name), utc_now()
    with only_one(state, facility.name, now, ROLLOUT_LOCK):
        journal, request = begin_or_resume(
            *(state, KIND, facility.name, given),
            declared_options(facility, wave_size=facility.rollout.maintenance_wave_size),
            typed=as_typed(file),
            resume=resume,
            now=now,
        )
        with resumable(journal, f"millwright {KIND} {as_typed(file)}", utc_now), shown() as steps:
            outcome = _keep_up(file, facility, request, journal, StepTeller(steps))
    hint = f"millwright maintain {as_typed(file)} --resume goes on; run {journal.run_id} holds its drains."
    return report(outcome, facility.name, journal, hint, as_json=as_json)


def _keep_up(
    file: Path, facility: Facility, request: Request, journal: Journal, teller: StepTeller
) -> Upkept:
    terms, owner = terms_of(request), Owner(Purpose.MAINTENANCE, journal.run_id)
    gate = None
    if terms.is_checked:
        gate = make_gate(
            *(file, facility, owner, teller),
            results=terms.results,
            threshold=terms.threshold,
            admits_inconclusive=terms.admits_inconclusive,
        )
    upkeep = make_upkeep(
        *(file, facility, owner, teller),
        gate=gate,
        jobs_limit_s=terms.jobs_limit_s,
        gives_back_busy=terms.gives_back_busy,
    )
    choose = chooser(journal, lambda nodes: upkeep.service.free_nodes(nodes, owner), utc_now, teller.warn)
    waves = plan_upkeep(facility, request.limit, request, choose).waves
    return keep_up(
        waves, request.budget, journal, lambda name, nodes: upkeep.round(name, nodes, time.sleep), utc_now
    )
