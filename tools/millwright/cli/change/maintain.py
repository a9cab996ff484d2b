"""``millwright maintain``: change nodes that are in use, wave by wave, without ending a job."""

from typing import Annotated

import typer

from millwright.app.change.maintain import maintain_nodes
from millwright.cli.change.node_report import print_nodes
from millwright.cli.options import (
    WAVES,
    AdmitInconclusive,
    AsJson,
    Canary,
    FacilityName,
    GroupBy,
    JobsLimit,
    MaxFailed,
    MaxFailedWave,
    Nodes,
    OptionalResultsDir,
    Resume,
    Threshold,
)
from millwright.cli.output import context


def command(  # noqa: PLR0913 - the options of a command line
    facility: FacilityName,
    nodes: Nodes = "",
    *,
    jobs_limit_min: JobsLimit = None,
    give_back_busy: Annotated[
        bool, typer.Option("--give-back-busy", help="A node whose jobs run longer goes back unchanged.")
    ] = False,
    no_checks: Annotated[
        bool, typer.Option("--no-checks", help="Give nodes back right after they were changed.")
    ] = False,
    admit_inconclusive: AdmitInconclusive = False,
    threshold: Threshold = None,
    canary: Canary = None,
    wave_size: Annotated[
        int | None, typer.Option(help="Most nodes out of service at once. [16]", rich_help_panel=WAVES)
    ] = None,
    group_by: GroupBy = None,
    max_failed_wave: MaxFailedWave = None,
    max_failed: MaxFailed = None,
    resume: Resume = False,
    results_dir: OptionalResultsDir = None,
    as_json: AsJson = False,
) -> int:
    """Drain nodes wave by wave, wait for their jobs, converge, check, compare with peers, and give back.

    No job is ended or requeued. What an admin drained stays drained. A node that fails its checks is
    quarantined; one that could not be judged stays drained. A class of fewer than six nodes is too small
    for a comparison and needs --admit-inconclusive or --no-checks. Exits with 1 if a node failed, 3 if
    one is not in service for another reason.

    Example: millwright maintain rack cpu --admit-inconclusive --jobs-limit-min 600
    """
    options: dict[str, object] = {
        "jobs_limit_min": jobs_limit_min,
        "give_back_busy": give_back_busy or None,
        "no_checks": no_checks or None,
        "admit_inconclusive": admit_inconclusive or None,
        "threshold": threshold,
        "canary": canary,
        "wave_size": wave_size,
        "group_by": group_by,
        "max_failed_wave": max_failed_wave,
        "max_failed": max_failed,
        "results_dir": str(results_dir.absolute()) if results_dir else None,
    }
    with context() as here:
        report = maintain_nodes(here, facility, nodes, options, resume=resume)
    return print_nodes(report, as_json=as_json)
