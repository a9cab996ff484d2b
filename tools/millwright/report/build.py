"""An assessment of a run to the content of its report; pure, so that equal runs make equal reports."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from millwright.capacity.assessment import Assessment
from millwright.capacity.supply import Supply
from millwright.facility.topics.contract import Contract
from millwright.report.access import describe_access
from millwright.report.comparison import Comparison, compare_runs
from millwright.report.content import (
    SCHEMA,
    CapacityRow,
    ChainNote,
    EvidenceFile,
    Exclusion,
    LeftOut,
    Missing,
    Provenance,
    Rejected,
    ReportContent,
    Session,
    Unavailable,
)
from millwright.report.decision import decide
from millwright.report.figure_sets import FigureSet
from millwright.report.foreign import list_suites
from millwright.report.front import StatedContract, describe_front
from millwright.report.imported import Imported
from millwright.report.judged import Group
from millwright.report.machine import describe_machines
from millwright.report.rows import list_groups, name_nodes
from millwright.results.facts import CaseFacts


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report states beside the run itself."""

    contract: StatedContract | None = None
    """Of a file of its own; None for what the facility states."""
    cases: tuple[CaseFacts, ...] = ()
    """Facts that jobs collected of their nodes."""
    imported: tuple[Imported, ...] = ()
    """What others measured."""
    figures: tuple[FigureSet, ...] = ()
    """Computed from described inputs, or simulated."""
    others: tuple[Assessment, ...] = ()
    """Runs that this one is compared with."""


def build_content(
    assessment: Assessment, *, run_folder: str, version: str, beside: Beside = Beside()
) -> ReportContent:
    """Everything that the report of a run says.

    ``run_folder`` is how a reader finds the run, for example ``results/rack/20261123T170211Z-4f1c2a9b``;
    ``version`` is that of the Millwright that makes the report.
    """
    groups = list_groups(assessment)
    stated = beside.contract or _contract_of(assessment)
    rejected = tuple(_rejected(assessment))
    cited = [path for group in groups for row in group.rows for path in row.evidence]
    cited += [path for item in rejected for path in item.evidence]
    foreign = tuple(list_suites(assessment.run, assessment.scorecard.foreign))
    cited += [path for suite in foreign for check in suite.checks for path in check.evidence]
    access = describe_access(assessment.usage) if assessment.usage else None
    cited += access.evidence if access else ()
    return ReportContent(
        schema=SCHEMA,
        facility=assessment.facility.name,
        title=assessment.facility.title,
        kind=assessment.facility.kind,
        run_id=assessment.run.info.run_id,
        generated=assessment.run.info.finished,
        decision=decide(groups),
        groups=groups,
        capacity=tuple(_capacity(assessment, supply, groups) for supply in assessment.capacity.supplies),
        access=access,
        excluded=tuple(_excluded(assessment)),
        missing=tuple(_missing(assessment)),
        rejected=rejected,
        unavailable=tuple(_unavailable(assessment)),
        provenance=_provenance(assessment, run_folder, version, cited),
        chain=_chain(assessment),
        left_out=tuple(_left_out(assessment)),
        imported=beside.imported,
        foreign=foreign,
        front=describe_front(assessment, groups, stated),
        figures=beside.figures,
        comparisons=tuple(_compared(groups, other) for other in beside.others),
        machines=describe_machines(
            assessment.facility, beside.cases, show_serials=stated.contract.show_serials
        ),
    )


def _compared(groups: tuple[Group, ...], other: Assessment) -> Comparison:
    info = other.run.info
    return compare_runs(
        groups,
        list_groups(other),
        run_id=info.run_id,
        finished=info.finished,
        manifest_sha256=other.run.manifest_sum,
    )


def _contract_of(assessment: Assessment) -> StatedContract:
    """What the facility file that is stored with the run states."""
    contract, run = assessment.facility.contract, assessment.run
    if contract is None:
        return StatedContract(Contract(), "", "")
    name = run.facility_file.name
    return StatedContract(contract, name, run.sums.get(name, ""))


def _chain(assessment: Assessment) -> ChainNote | None:
    chain = assessment.chain
    if chain is None:
        return None
    return ChainNote(
        number=assessment.run.info.number,
        newest=chain.head.number if chain.head else None,
        never_stored=tuple(
            f"{link.run_id} (refused)" if link.refusal else link.run_id
            for link in chain.links
            if link.state in {"begun only", "refused"}
        ),
        interrupted=tuple(link.run_id for link in chain.links if link.state == "interrupted"),
        breaks=tuple(found.text for found in chain.findings),
    )


def _left_out(assessment: Assessment) -> Iterator[LeftOut]:
    counts = Counter((each.partition, each.check) for each in assessment.scorecard.left_out)
    yield from (LeftOut(group, check, values) for (group, check), values in counts.items())


def _capacity(assessment: Assessment, supply: Supply, groups: tuple[Group, ...]) -> CapacityRow:
    evidence = [
        row.evidence
        for group in groups
        for row in group.rows
        if (group.name, row.variant, row.metric) == (supply.partition, supply.variant, supply.metric)
    ]
    peak = supply.peak
    source = assessment.catalogue.sources.get(peak.source, peak.source) if peak else ""
    return CapacityRow(
        group=supply.partition,
        quantity=supply.quantity,
        unit=supply.unit,
        check=supply.variant,
        metric=supply.metric,
        total=supply.total,
        low=supply.low,
        high=supply.high,
        nodes_measured=supply.nodes_measured,
        nodes_existing=supply.nodes_existing,
        devices_measured=supply.devices_measured,
        peak=peak.value if peak else None,
        peak_share=supply.peak_share,
        peak_source=f"{peak.part} {peak.figure}: {source} ({peak.kind.value})" if peak else supply.no_peak,
        evidence=tuple(path for paths in evidence for path in paths),
    )


def _excluded(assessment: Assessment) -> Iterator[Exclusion]:
    found: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {}
    for item in assessment.capacity.exclusions:
        found.setdefault((item.partition, f"{item.check} {item.metric}"), []).append(
            (item.nodes, item.reason)
        )
    for series in assessment.scorecard.unexpected:
        reason = "measured, but nothing in the facility file expects it"
        found.setdefault((series.partition, f"{series.variant} {series.metric}"), []).append(
            ((series.node,), reason)
        )
    for (group, what), items in found.items():
        yield from (Exclusion(group, what, nodes, reason) for nodes, reason in merge_reasons(items))


def _missing(assessment: Assessment) -> Iterator[Missing]:
    """Each reason once for a metric, with all nodes that it holds for."""
    for rollup in assessment.scorecard.rollups:
        absent = [
            ((row.expectation.place,), row.judgement.reason) for row in rollup.rows if not row.is_measured
        ]
        for nodes, reason in merge_reasons(absent):
            yield Missing(rollup.partition, rollup.variant, rollup.metric, nodes, reason)


def _rejected(assessment: Assessment) -> Iterator[Rejected]:
    for item in assessment.run.rejected:
        origin = item.origin
        job = f"job {origin.job_id}" if origin.job_id else "no job"
        yield Rejected(
            group=origin.partition,
            check=origin.check,
            case=f"{origin.case} ({job})",
            node=name_nodes(origin.nodes),
            reason="; ".join(item.reasons),
            evidence=origin.files,
        )


def _unavailable(assessment: Assessment) -> Iterator[Unavailable]:
    info = assessment.run.info
    yield from (Unavailable(node, reason) for node, reason in sorted(info.unavailable_nodes.items()))
    yield from (Unavailable(seat, reason) for seat, reason in sorted(info.failed_sessions.items()))


def _evidence(cited: Iterable[str], sums: Mapping[str, str]) -> tuple[EvidenceFile, ...]:
    """Cited files in the order of the run folder, so that neighbours are cited together."""
    return tuple(EvidenceFile(path, sums.get(path, "")) for path in sorted(set(cited)))


def _provenance(assessment: Assessment, run_folder: str, version: str, cited: Iterable[str]) -> Provenance:
    run, info = assessment.run, assessment.run.info
    versions = {"millwright": info.millwright_version}
    if info.git_commit:
        versions["git commit"] = info.git_commit
    return Provenance(
        started=info.started,
        finished=info.finished,
        sessions=tuple(
            Session(s.seat, s.uuid, s.hostname, s.reframe_version, s.started, s.finished, s.cases)
            for s in info.sessions
        ),
        versions=versions | dict(sorted(info.tool_versions.items())),
        host=dict(sorted(info.host.items())),
        manifest_sha256=run.manifest_sum,
        signature=assessment.signature.state,
        signature_detail=assessment.signature.detail,
        facility_file=run.facility_file.name,
        facility_sha256=run.sums.get(run.facility_file.name, ""),
        catalogue_sha256=assessment.catalogue_sum,
        run_folder=run_folder,
        rendered_by=version,
        evidence=_evidence(cited, run.sums),
    )


ANY_NODE = "this node"


def merge_reasons(found: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[tuple[str, str]]:
    """Nodes, folded, and the reason of each group whose reasons differ in nothing but the node's own name.

    >>> list(merge_reasons([(("n1",), "n1 is drained"), (("n2",), "n2 is drained"), (("n3",), "not run")]))
    [('n[1-2]', 'this node is drained'), ('n3', 'not run')]
    """
    groups: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for nodes, reason in found:
        groups.setdefault(_without_name(nodes, reason), []).append((nodes, reason))
    for general, items in groups.items():
        reasons = {reason for _, reason in items}
        yield (
            name_nodes(node for nodes, _ in items for node in nodes),
            reasons.pop() if len(reasons) == 1 else general,
        )


def _without_name(nodes: tuple[str, ...], reason: str) -> str:
    if len(nodes) != 1 or not nodes[0]:
        return reason
    return re.sub(rf"(?<![\w-]){re.escape(nodes[0])}(?![\w-])", ANY_NODE, reason)
