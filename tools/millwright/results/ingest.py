"""Which cases count, and the samples of those that do.

A case counts only if ReFrame passed it or refused nothing but its performance (the verdict on that is
ours), its job exited with 0 in a good state, and its output is complete and free of faults.
A fault spoils the place that it concerns: one node, device or metric if these are measured independently
of each other, else the whole case. Everything that does not count is listed with its reasons.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from millwright.checks.registry import Registry
from millwright.results.attribution import attribute, find_silent
from millwright.results.binding import find_unbound, nodes_of
from millwright.results.evidence import Counted, Ingested, LaunchSiteReport, Origin, RawOutput, Rejected
from millwright.results.foreign import (
    find_name_faults,
    prefixed,
    read_values,
    remarks_on,
    suite_of_seat,
    to_measured,
    units_of,
)
from millwright.results.measured import Flags, Measured
from millwright.results.numbering import number_on
from millwright.results.parsers.probe import Fault, ProbeOutput, parse_probe
from millwright.results.parsers.reframe import FAILED, PASSED, Case
from millwright.results.plausible import find_implausible
from millwright.results.run_info import Bound
from millwright.results.samples import Job, Samples, Variant, join

GOOD_STATES = frozenset({"COMPLETED", "SUCCESS"})
"""Final states of a job that ended well by itself: Slurm's, and ReFrame's for its local scheduler."""
EXPLAINED_STATES = GOOD_STATES | {"FAILED", "FAILURE", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}
"""States that the failure of single nodes explains."""

MAX_REASONS = 20
MAX_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class _Outcome:
    origin: Origin
    measured: Measured | None
    """What counts."""
    rejected: tuple[Rejected, ...]
    remarks: str = ""


def ingest(
    reports: Sequence[LaunchSiteReport],
    *,
    facility: str,
    registry: Registry,
    emulated: frozenset[str] = frozenset(),
    bounds: Sequence[Bound] | None = None,
) -> Ingested:
    """Sort the cases of every launch site into counted and rejected, and collect the samples of the counted.

    `registry` declares the checks and their metrics; `emulated` names the partitions whose user programs
    run under emulation. Values above one of `bounds`, and negative ones of a metric that has none, do not
    count, unless `bounds` is None (a run from before that). Fixtures that passed carry no samples and are
    left out. If several cases measured one series (retries, reruns, repeats), all their samples stay, and
    repetitions are numbered on from case to case.
    """
    counted: list[Counted] = []
    rejected: list[Rejected] = []
    variants: dict[Variant, list[tuple[Job, Measured]]] = defaultdict(list)
    units: dict[tuple[Variant, str], str] = {}
    for site in reports:
        for case in filter(_matters, site.report.cases):
            suite = suite_of_seat(site.seat)
            if suite:
                outcome = _judge_foreign(site, case, suite, facility, units)
            else:
                outcome = _judge(site, case, facility, registry, _of_case(case, bounds))
            rejected.extend(outcome.rejected)
            if outcome.measured is not None:
                origin, metrics = outcome.origin, tuple(sorted(_metrics(outcome.measured)))
                counted.append(Counted(origin, metrics, outcome.remarks))
                if metrics:
                    job = Job(origin.job_id, origin.case)
                    variants[_variant_of(origin)].append((job, outcome.measured))
    return Ingested(
        samples=_join(variants, facility, emulated),
        counted=tuple(sorted(counted)),
        rejected=tuple(sorted(rejected)),
    )


def _join(
    variants: dict[Variant, list[tuple[Job, Measured]]], facility: str, emulated: frozenset[str]
) -> Samples:
    parts: list[Samples] = []
    for variant in sorted(variants):
        cases = variants.pop(variant)
        parts.append(number_on(variant, cases, facility, emulated=variant.partition in emulated))
    return join(parts, facility)


def find_faults(case: Case, facility: str, registry: Registry) -> Iterator[str]:
    """Why a case does not count, as far as ReFrame's report tells."""
    yield from _find_unknown(case, registry)
    yield from _find_case_faults(case, facility)
    yield from _find_job_faults(case)


def _find_unknown(case: Case, registry: Registry) -> Iterator[str]:
    if case.check not in registry:
        yield f"{case.check!r} is no check whose metrics are known"


def _find_case_faults(case: Case, facility: str) -> Iterator[str]:
    if case.system != facility:
        yield f"ran on system {case.system!r}, expected {facility!r}"
    if case.result == FAILED and case.fail_phase != "performance":
        yield f"failed in {case.fail_phase}: {case.fail_reason or 'no reason given'}"
    elif case.result not in {PASSED, FAILED}:
        yield f"ended as {case.result}: {case.fail_reason or 'no reason given'}"
    if case.job_id is None and case.result == PASSED:
        yield "no job ran"


def _find_job_faults(case: Case) -> Iterator[str]:
    """What is unknown counts as bad: Slurm gives a job that ran into its time limit the exit code 0."""
    if case.job_id is None:
        return
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


def _of_case(case: Case, bounds: Sequence[Bound] | None) -> tuple[Bound, ...] | None:
    if bounds is None:
        return None
    return tuple(one for one in bounds if (one.partition, one.check) == (case.partition, case.check))


def _judge(
    site: LaunchSiteReport,
    case: Case,
    facility: str,
    registry: Registry,
    bounds: Sequence[Bound] | None,
) -> _Outcome:
    folder = site.report.session.folder_of(case)
    raw = site.raw.get(folder, RawOutput()) if folder else RawOutput()
    origin = _origin(site, case, raw)
    declaration = registry.get(case.check)
    is_independent = declaration is not None and declaration.independent
    can_be_explained = is_independent and _has_explicable_end(case)
    faults = (*_find_unknown(case, registry), *_find_case_faults(case, facility))
    job_faults = tuple(_find_job_faults(case))
    if faults or (job_faults and not can_be_explained):
        return _refuse(origin, (*faults, *job_faults))
    if raw.stdout is None:
        return _refuse(origin, (raw.unread or "output of its job is missing",))
    output = parse_probe(raw.stdout, registry.metrics_of(case.check))
    faults_of_output = attribute(output, nodes_of(case)) if is_independent else output.faults
    found = (*faults_of_output, *find_unbound(output.samples, case, site.report.session))
    if bounds is not None:
        found = (*found, *find_implausible(output.samples, registry.metrics_of(case.check), bounds))
    if job_faults:
        ended = tuple(_explain_end(output, case, job_faults))
        if not ended and not found:
            return _refuse(origin, job_faults)
        found = (*found, *ended)
    if any(not fault.node for fault in found) or (found and not is_independent):
        return _refuse(origin, tuple(fault.text for fault in found))
    return _sort_out(origin, output.samples, found)


def _judge_foreign(
    site: LaunchSiteReport, case: Case, suite: str, facility: str, units: dict[tuple[Variant, str], str]
) -> _Outcome:
    """A case of somebody else's check: all of its values count, or none.

    `units` holds those of the cases before: a metric that changes its unit is two metrics under one name.
    """
    folder = site.report.session.folder_of(case)
    named = prefixed(case, suite)
    origin = _origin(site, named, site.raw.get(folder, RawOutput()) if folder else RawOutput())
    values, value_faults = read_values(case)
    faults = [*_find_case_faults(named, facility), *_find_job_faults(named)]
    if named.job_id is not None:
        faults.extend(find_name_faults(named, case))
    variant = _variant_of(origin)
    for metric, unit in units_of(values).items():
        before = units.setdefault((variant, metric), unit)
        if before != unit:
            faults.append(f"{metric} is in {unit!r}, in an earlier case it was in {before!r}")
    if faults or value_faults:
        return _refuse(origin, (*faults, *value_faults))
    return _Outcome(origin, to_measured(values, named), (), remarks_on(named, values))


def _variant_of(origin: Origin) -> Variant:
    return Variant(origin.partition, origin.check, origin.parameters, origin.environment)


def _has_explicable_end(case: Case) -> bool:
    states = (case.job_state or "unknown").split(",")
    return case.exit_code is not None and EXPLAINED_STATES.issuperset(states)


def _explain_end(output: ProbeOutput, case: Case, job_faults: Sequence[str]) -> Iterator[Fault]:
    """The end of a job, as a reason for each node that never said how it ended."""
    end = " and ".join(job_faults)
    for node in find_silent(output, nodes_of(case)):
        yield Fault(f"{node} printed nothing, and {end}", node)
    for node in sorted(output.unfinished - output.failed):
        yield Fault(end, node)


def _origin(site: LaunchSiteReport, case: Case, raw: RawOutput) -> Origin:
    return Origin(
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


def _refuse(origin: Origin, reasons: Sequence[str]) -> _Outcome:
    return _Outcome(origin, None, (Rejected(origin, _limit(reasons)),))


def _sort_out(origin: Origin, measured: Measured, faults: Iterable[Fault]) -> _Outcome:
    """Refuse the places that a fault concerns and keep the others."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.place, []).append(fault.text)
    keep = np.ones(len(measured.metric), dtype=bool)
    node_codes = _codes(measured.nodes)
    spoiled = {
        node_codes[node] for node, device, metric in reasons if not (device or metric) and node in node_codes
    }
    keep &= ~np.isin(measured.node, np.fromiter(spoiled, dtype=np.int32, count=len(spoiled)))
    _spoil(keep, measured, (place for place in reasons if place[0] in node_codes and any(place[1:])))
    left = measured.select(keep)
    rejected = tuple(
        Rejected(replace(origin, nodes=(node,), nodes_left_out=()), _limit(texts), node, device, metric)
        for (node, device, metric), texts in reasons.items()
    )
    return _Outcome(origin, left if len(left) else None, rejected)


def _spoil(keep: Flags, measured: Measured, places: Iterable[tuple[str, str, str]]) -> None:
    """Unmark the series of single devices or metrics of nodes; they are sorted by metric, node and device."""
    nodes, devices, metrics = map(_codes, (measured.nodes, measured.devices, measured.metrics))
    key = (measured.metric.astype(np.int64) * len(nodes) + measured.node) * len(devices) + measured.device
    for node, device, metric in places:
        for code in [metrics[metric]] if metric in metrics else [] if metric else metrics.values():
            first = (code * len(nodes) + nodes[node]) * len(devices)
            codes = range(len(devices)) if not device else [devices[device]] if device in devices else []
            if codes:
                begin, end = np.searchsorted(key, (first + codes[0], first + codes[-1] + 1))
                keep[begin:end] = False


def _codes(names: Sequence[str]) -> dict[str, int]:
    return {name: code for code, name in enumerate(names)}


def _limit(reasons: Sequence[str]) -> tuple[str, ...]:
    shown = [reason[:MAX_REASON_LENGTH] for reason in reasons[:MAX_REASONS]]
    more = len(reasons) - len(shown)
    return (*shown, f"and {more} more") if more else tuple(shown)


def _metrics(measured: Measured) -> set[str]:
    return {measured.metrics[code] for code in np.unique(measured.metric)}
