"""``millwright maintain``: change nodes that are in use, wave by wave, without ending a job."""

import secrets
import time
from typing import Annotated

import typer

from millwright.cli.node_options import (
    DEFAULT_DIR,
    DEFAULT_THRESHOLD,
    AdmitInconclusive,
    JobsLimit,
    ResultsDir,
    Threshold,
)
from millwright.cli.nodes import choose_nodes
from millwright.cli.rack_progress import shown
from millwright.cli.upkeep_surroundings import StepTeller, make_gate, make_upkeep, report, utc_now
from millwright.errors import BadInputError, Problem
from millwright.facility import Facility, load_facility
from millwright.facility.places import facility_file, state_folder
from millwright.fleet.drain import Owner, Purpose
from millwright.fleet.journal import Journal, open_journal, require_unfinished
from millwright.fleet.maintenance import Upkept, keep_up
from millwright.fleet.request import Request, plan_upkeep, read_request, request_from
from millwright.fleet.upkeep import Upkeep
from millwright.readers.facility_lock import ROLLOUT_LOCK, only_one
from millwright.results.run_info import make_run_id

KIND = "maintain"


def command(  # noqa: PLR0913 - the options of a command line
    facility: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
    nodes: Annotated[str, typer.Argument(help="Nodes as a node set or partitions: rack-c[1-2] or cpu.")] = "",
    *,
    jobs_limit_min: JobsLimit = 60,
    give_back_busy: Annotated[
        bool, typer.Option("--give-back-busy", help="A node whose jobs run longer goes back unchanged.")
    ] = False,
    no_checks: Annotated[
        bool, typer.Option("--no-checks", help="Give nodes back right after they were changed.")
    ] = False,
    admit_inconclusive: AdmitInconclusive = False,
    threshold: Threshold = DEFAULT_THRESHOLD,
    canary: Annotated[int | None, typer.Option(help="Nodes of each partition that go first. [1]")] = None,
    wave_size: Annotated[int | None, typer.Option(help="Most nodes out of service at once. [16]")] = None,
    group_by: Annotated[
        str | None, typer.Option("--by", help="What stays together: rack, switch or size. [rack]")
    ] = None,
    max_failed_wave: Annotated[
        str | None, typer.Option(help="Nodes of a wave that may fail, 3 or 10%. [10%]")
    ] = None,
    max_failed: Annotated[
        str | None, typer.Option(help="Nodes that may fail in total, 3 or 5%. [5%]")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last run, as its journal left it.")
    ] = False,
    results_dir: ResultsDir = DEFAULT_DIR,
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
    state, now = state_folder(described.name), utc_now()
    given = request_from(
        limit=choose_nodes(described, nodes) if nodes else (),
        canary=canary,
        wave_size=wave_size,
        group_by=group_by,
        max_failed_wave=max_failed_wave,
        max_failed=max_failed,
    )
    if not resume and not nodes:
        raise BadInputError([Problem("NODES", "-", "missing", "a node set or partitions")])
    with only_one(state, described.name, now, ROLLOUT_LOCK):
        if resume:
            journal = require_unfinished(state, KIND, described.name)
            request = read_request(journal, given)
            journal.note(now, "resume")
        else:
            journal, request = open_journal(state, KIND, make_run_id(now, secrets.token_hex(4))), given
            journal.note(now, "begin", facility=described.name, request=given.as_data())
        with shown() as steps:
            teller = StepTeller(steps)
            owner = Owner(Purpose.MAINTENANCE, journal.run_id)
            gate = None
            if not no_checks:
                gate = make_gate(
                    *(file, described, owner, teller),
                    results=results_dir,
                    threshold=threshold,
                    admits_inconclusive=admit_inconclusive,
                )
            upkeep = make_upkeep(
                *(file, described, owner, teller),
                gate=gate,
                jobs_limit_s=jobs_limit_min * 60.0,
                gives_back_busy=give_back_busy,
            )
            outcome = _keep_up(described, request, journal, upkeep)
    hint = f"millwright maintain {described.name} --resume goes on; run {journal.run_id} holds its drains."
    return report(outcome, described.name, journal, hint, as_json=as_json)


def _keep_up(facility: Facility, request: Request, journal: Journal, upkeep: Upkeep) -> Upkept:
    waves = plan_upkeep(facility, request.limit, request)
    return keep_up(
        waves, request.budget, journal, lambda name, nodes: upkeep.round(name, nodes, time.sleep), utc_now
    )
