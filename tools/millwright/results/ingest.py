"""Which cases count, and the samples of those that do.

A case counts only if ReFrame passed it or refused nothing but its performance (the verdict on that is
ours), its job exited with 0 in a good state, and its output is complete and free of problems.
Everything else is rejected with its reasons; nothing is dropped in silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from millwright.checks.registry import Registry
from millwright.results.evidence import Counted, Ingested, LaunchSiteReport, Origin, RawOutput, Rejected
from millwright.results.parsers.probe import ProbeSample, parse_probe
from millwright.results.parsers.reframe import FAILED, PASSED, Case
from millwright.results.sample import Sample

GOOD_STATES = frozenset({"COMPLETED", "SUCCESS"})
"""Final states of a job that ended well by itself: Slurm's, and ReFrame's for its local scheduler."""

MAX_REASONS = 20
MAX_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class _Outcome:
    origin: Origin
    measured: tuple[ProbeSample, ...]
    reasons: tuple[str, ...]


def ingest(
    reports: Sequence[LaunchSiteReport],
    *,
    facility: str,
    registry: Registry,
    emulated: frozenset[str] = frozenset(),
) -> Ingested:
    """Sort the cases of every launch site into counted and rejected, and collect the samples of the counted.

    `registry` declares the checks and their metrics; `emulated` names the partitions whose user programs
    run under emulation. Fixtures that passed
    carry no samples and are left out. Where several cases measured one series (retries, reruns,
    repeats), all their samples stay, and repetitions are numbered on from case to case.
    """
    outcomes = [
        _judge(site, case, facility, registry)
        for site in reports
        for case in site.report.cases
        if _matters(case)
    ]
    counted = [outcome for outcome in outcomes if not outcome.reasons]
    return Ingested(
        samples=tuple(sorted(_number_on(counted, facility, emulated))),
        counted=tuple(sorted(Counted(o.origin, _metrics(o.measured)) for o in counted)),
        rejected=tuple(sorted(Rejected(o.origin, o.reasons) for o in outcomes if o.reasons)),
    )


def find_faults(case: Case, facility: str, registry: Registry) -> Iterator[str]:
    """Why a case does not count, as far as ReFrame's report tells."""
    if case.system != facility:
        yield f"ran on system {case.system!r}, expected {facility!r}"
    if case.check not in registry:
        yield f"{case.check!r} is no check whose metrics are known"
    if case.result == FAILED and case.fail_phase != "performance":
        yield f"failed in {case.fail_phase}: {case.fail_reason or 'no reason given'}"
    elif case.result not in {PASSED, FAILED}:
        yield f"ended as {case.result}: {case.fail_reason or 'no reason given'}"
    if case.job_id is not None:
        yield from _find_job_faults(case)
    elif case.result == PASSED:
        yield "no job ran"


def _find_job_faults(case: Case) -> Iterator[str]:
    """What is unknown counts as bad: Slurm gives a job that ran into its time limit the exit code 0."""
    if case.exit_code is None:
        yield "the exit code of its job is not known"
    elif case.exit_code != 0:
        yield f"its job exited with {case.exit_code}"
    if case.job_state is None:
        yield "the final state of its job is not known"
    elif not GOOD_STATES.issuperset(case.job_state.split(",")):
        yield f"its job ended as {case.job_state}"


def _matters(case: Case) -> bool:
    return not (case.fixture and case.result == PASSED)


def _judge(site: LaunchSiteReport, case: Case, facility: str, registry: Registry) -> _Outcome:
    folder = site.report.session.folder_of(case)
    raw = site.raw.get(folder, RawOutput()) if folder else RawOutput()
    origin = Origin(
        seat=site.seat,
        partition=case.partition,
        check=case.check,
        parameters=case.parameters,
        environment=case.environ,
        case=case.name,
        run_index=case.run_index,
        job_id=case.job_id or "",
        nodes=case.nodes,
        nodes_left_out=tuple(sorted(case.nodes_left_out.items())),
        files=raw.files,
    )
    faults = tuple(find_faults(case, facility, registry))
    if faults:
        return _Outcome(origin, (), _limit(faults))
    if raw.stdout is None:
        return _Outcome(origin, (), ("output of its job is missing",))
    output = parse_probe(raw.stdout, registry.metrics_of(case.check))
    return _Outcome(origin, output.samples, _limit(output.problems))


def _limit(reasons: Sequence[str]) -> tuple[str, ...]:
    shown = [reason[:MAX_REASON_LENGTH] for reason in reasons[:MAX_REASONS]]
    more = len(reasons) - len(shown)
    return (*shown, f"and {more} more") if more else tuple(shown)


def _metrics(measured: Iterable[ProbeSample]) -> tuple[str, ...]:
    return tuple(sorted({sample.metric for sample in measured}))


def _number_on(outcomes: Iterable[_Outcome], facility: str, emulated: frozenset[str]) -> Iterator[Sample]:
    """Make samples; a series that a second case measured goes on after the first case's last repetition."""
    following: dict[tuple[str, ...], int] = {}
    for outcome in outcomes:
        origin = outcome.origin
        place, variant = origin.partition, (origin.check, origin.parameters, origin.environment)
        starts = dict(following)
        for measured in outcome.measured:
            series = (place, *variant, measured.metric, measured.node, measured.device)
            rep = starts.get(series, 0) + measured.rep
            following[series] = max(following.get(series, 0), rep + 1)
            yield Sample(
                facility=facility,
                partition=place,
                check=origin.check,
                parameters=origin.parameters,
                environment=origin.environment,
                metric=measured.metric,
                node=measured.node,
                device=measured.device,
                rep=rep,
                value=measured.value,
                unit=measured.unit,
                emulated=place in emulated,
            )
