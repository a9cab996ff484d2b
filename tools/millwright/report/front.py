"""Page one: what is delivered, by whom to whom, what the verdicts mean for each lot, and what is not said."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from millwright.capacity.assessment import Assessment
from millwright.core.verdict import WORST_FIRST, Verdict
from millwright.facility.model import CommitmentClass
from millwright.facility.topics.contract import Contract, Money
from millwright.report.judged import Group, Row
from millwright.report.rows import name_nodes

MOST_MARGINS = 3

LotOutcome = Literal["accepted", "refused", "undecided", "unscored"]


@dataclass(frozen=True, slots=True)
class Amount:
    """Money that depends on a verdict."""

    amount: float
    currency: str
    basis: str
    source: str
    kind: str
    date: str


@dataclass(frozen=True, slots=True)
class LotVerdict:
    """A part of the delivery that is accepted by itself."""

    lot: str
    """Empty for the scored values that name no lot."""
    title: str
    clause: str
    outcome: LotOutcome
    wording: str
    """The contract's own words for the outcome; empty if it has none."""
    counts: dict[Verdict, int]
    at_stake: Amount | None


@dataclass(frozen=True, slots=True)
class Concession:
    """A waiver or a deviation, as the contract's file states it."""

    kind: Literal["waiver", "deviation"]
    what: str
    lot: str
    clause: str
    reason: str
    by: str
    date: str


@dataclass(frozen=True, slots=True)
class MarginLine:
    """A scored value and its distance from what was committed."""

    group: str
    variant: str
    metric: str
    says: str
    verdict: Verdict
    deviation: float
    """Of the judged statistic from the commitment as a share of it; negative is worse."""
    margin: float | None
    """To the limit, which is the commitment less its tolerance."""


@dataclass(frozen=True, slots=True)
class NodeShare:
    """Nodes by the worst verdict of the scored values that were expected of them."""

    verdict: Verdict
    count: int
    nodes: str
    """Folded node set."""


@dataclass(frozen=True, slots=True)
class Front:
    """What page one states beside the verdicts; an empty text was not stated."""

    object: str
    reference: str
    buyer: str
    supplier: str
    measured_by: str
    witnessed_by: str
    contract_file: str
    """Where the contract is stated; empty if nowhere."""
    contract_sha256: str
    state: Literal["draft", "issued", "superseded"]
    version: str
    date: str
    superseded_by: str
    lots: tuple[LotVerdict, ...]
    nodes: tuple[NodeShare, ...]
    margins: tuple[MarginLine, ...]
    """The smallest to the commitment, smallest first."""
    at_stake: Amount | None
    concessions: tuple[Concession, ...]
    fewest_n: int | None
    """Fewest repetitions behind a scored value that was measured."""
    show_serials: bool = False


@dataclass(frozen=True, slots=True)
class StatedContract:
    """A contract and the file that states it."""

    contract: Contract
    file: str
    sha256: str


def describe_front(assessment: Assessment, groups: Sequence[Group], stated: StatedContract) -> Front:
    """Page one of a run."""
    contract = stated.contract
    scored = [(group, row) for group in groups for row in group.rows if row.scored]
    document = contract.document
    return Front(
        object=contract.object or "",
        reference=contract.reference or "",
        buyer=contract.buyer or "",
        supplier=contract.supplier or "",
        measured_by=contract.measured_by or "",
        witnessed_by=contract.witnessed_by or "",
        contract_file=stated.file,
        contract_sha256=stated.sha256,
        state=document.state,
        version=document.version or "",
        date=document.date.isoformat() if document.date else "",
        superseded_by=document.superseded_by or "",
        lots=tuple(_lots([row for _, row in scored], contract)),
        nodes=tuple(_nodes(assessment)),
        margins=_margins(scored),
        at_stake=_amount(contract.at_stake),
        concessions=tuple(_concessions(contract)),
        fewest_n=min((row.estimate.n for _, row in scored if row.estimate), default=None),
        show_serials=contract.show_serials,
    )


def judge_lot(verdicts: Iterable[Verdict | None]) -> LotOutcome:
    """What the scored values of a lot add up to."""
    found = set(verdicts)
    if not found:
        return "unscored"
    if Verdict.FAIL in found:
        return "refused"
    return "accepted" if found == {Verdict.PASS} else "undecided"


def _lots(scored: Sequence[Row], contract: Contract) -> Iterator[LotVerdict]:
    names = dict.fromkeys((*contract.lots, *(row.lot for row in scored)))
    for name in names:
        rows = [row for row in scored if row.lot == name]
        lot = contract.lots.get(name)
        outcome = judge_lot(row.verdict for row in rows)
        counts = Counter(row.verdict for row in rows)
        yield LotVerdict(
            lot=name,
            title=lot.title if lot else "",
            clause=(lot.clause or "") if lot else "",
            outcome=outcome,
            wording=_wording(contract, outcome),
            counts={verdict: counts[verdict] for verdict in Verdict},
            at_stake=_amount(lot.at_stake) if lot else None,
        )


def _wording(contract: Contract, outcome: LotOutcome) -> str:
    said: Mapping[str, str | None] = {
        "accepted": contract.wording.accepted,
        "refused": contract.wording.refused,
        "undecided": contract.wording.undecided,
    }
    return said.get(outcome) or ""


def _nodes(assessment: Assessment) -> Iterator[NodeShare]:
    found: dict[str, Verdict] = {}
    order = {verdict: place for place, verdict in enumerate(WORST_FIRST)}
    for rollup in assessment.scorecard.rollups:
        for row in rollup.rows:
            reference, verdict = row.expectation.reference, row.judgement.verdict
            if reference is None or reference.commitment_class != CommitmentClass.SCORED or verdict is None:
                continue
            for node in row.expectation.nodes:
                found[node] = min(found.get(node, verdict), verdict, key=order.__getitem__)
    for verdict in WORST_FIRST:
        nodes = [node for node, worst in found.items() if worst == verdict]
        if nodes:
            yield NodeShare(verdict, len(nodes), name_nodes(nodes))


def _margins(scored: Sequence[tuple[Group, Row]]) -> tuple[MarginLine, ...]:
    lines = [
        MarginLine(group.name, row.variant, row.metric, row.says, row.verdict, row.deviation, row.margin)
        for group, row in scored
        if row.deviation is not None and row.verdict is not None
    ]
    return tuple(sorted(lines, key=lambda line: (line.deviation, line.group, line.variant, line.metric)))[
        :MOST_MARGINS
    ]


def _concessions(contract: Contract) -> Iterator[Concession]:
    for waiver in contract.waivers:
        yield Concession(
            "waiver",
            waiver.what,
            waiver.lot or "",
            waiver.clause or "",
            waiver.reason,
            waiver.granted_by,
            waiver.date.isoformat(),
        )
    for deviation in contract.deviations:
        yield Concession(
            "deviation",
            deviation.what,
            deviation.lot or "",
            deviation.clause or "",
            deviation.reason,
            deviation.agreed_by,
            deviation.date.isoformat(),
        )


def _amount(money: Money | None) -> Amount | None:
    if money is None:
        return None
    return Amount(
        money.amount, money.currency, money.basis, money.source, money.kind.value, money.date.isoformat()
    )
