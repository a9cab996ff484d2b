"""The contract side of page one: parties, lots, margins to the commitment, waivers and deviations."""

from collections.abc import Iterator

from millwright.core.verdict import Verdict
from millwright.report.blocks import (
    DASH,
    Absent,
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Heading,
    Judged,
    Moment,
    Number,
    Paragraph,
    Share,
    Text,
    table,
)
from millwright.report.blocks import Row as Line
from millwright.report.front import Amount, Front, LotVerdict
from millwright.report.section import SectionContext


def say_counts(page: SectionContext, counts: dict[Verdict, int], unjudged: int | None = None) -> str:
    """Verdicts that occur with their number: ``17 PASS, 1 INCONCLUSIVE``."""
    parts = [f"{count} {page.word(f'verdicts.{verdict}.name')}" for verdict, count in counts.items() if count]
    left = page.content.decision.unjudged if unjudged is None else unjudged
    if left:
        parts.append(page.count("decision.unjudged", left))
    return ", ".join(parts) or "0"


def show_identity(page: SectionContext, front: Front) -> Facts:
    """Object, parties, dates, versions, status and the state of the evidence."""
    content, origin = page.content, page.content.provenance
    stated, word = page.stated, page.word
    status = page.word(f"front.states.{front.state}")
    if front.superseded_by:
        status = page.say("front.superseded_by", document=front.superseded_by)
    dated = tuple(
        filter(None, (front.version and page.say("front.version", version=front.version), front.date))
    )
    versions = " · ".join(f"{name} {version}" for name, version in origin.versions.items())
    made_by = page.say("front.made_by", version=origin.rendered_by)
    items = (
        Fact(word("front.object"), stated(front.object)),
        Fact(word("front.reference"), stated(front.reference)),
        Fact(word("front.buyer"), stated(front.buyer)),
        Fact(word("front.supplier"), stated(front.supplier)),
        Fact(word("front.measured_by"), stated(front.measured_by)),
        Fact(word("front.witnessed_by"), stated(front.witnessed_by)),
        Fact(word("front.tested_from"), Cell(Moment(origin.started))),
        Fact(word("front.tested_to"), Cell(Moment(origin.finished))),
        Fact(word("front.status"), Cell(Text(status), dated)),
        Fact(
            word("front.rules"),
            Cell(
                Text(page.say("front.rules_are", file=origin.facility_file)),
                (page.say("front.sum", sum=origin.facility_sha256),),
            ),
        ),
        Fact(
            word("front.software"),
            Cell(Text(versions), (made_by,)),
        ),
        Fact(
            word("front.evidence"),
            Cell(
                Text(word(f"provenance.signatures.{origin.signature}")),
                (page.say("front.manifest", sum=origin.manifest_sha256),),
                "provenance",
            ),
        ),
        Fact(word("front.at_stake"), _money(page, front.at_stake)),
        Fact(
            word("front.contract_file"),
            Cell(Text(front.contract_file), (page.say("front.sum", sum=front.contract_sha256),))
            if front.contract_file
            else stated(""),
        ),
        Fact(word("document.run"), Cell(Text(content.run_id, is_code=True))),
    )
    return Facts("identity", items)


def _money(page: SectionContext, amount: Amount | None) -> Cell:
    if amount is None:
        return page.stated("")
    source = page.say("front.money_source", source=amount.source, kind=amount.kind, date=amount.date)
    return Cell(Number(amount.amount, unit=amount.currency), (amount.basis, source))


def show_lots(page: SectionContext, front: Front) -> Iterator[Block]:
    """The verdict on each lot, in the words of the contract if it has any."""
    if not front.lots:
        return
    yield Heading(page.word("front.lots"))
    yield table(
        "lots",
        page.word("front.lots_caption"),
        (
            Column(page.word("front.lot"), width=24),
            Column(page.word("front.clause"), width=14, is_brief=True),
            Column(page.word("front.lot_verdict"), width=30),
            Column(page.word("front.lot_counts"), width=16),
            Column(page.word("front.at_stake"), width=16, is_brief=True),
        ),
        (_lot_line(page, each) for each in front.lots),
    )


def _lot_line(page: SectionContext, lot: LotVerdict) -> Line:
    name = lot.lot or page.word("front.no_lot")
    said = page.word(f"front.outcomes.{lot.outcome}")
    if page.content.kind == "virtual" and lot.outcome == "accepted":
        said = page.word("front.outcomes.virtual")
    wording = (lot.wording,) if lot.wording and page.content.kind != "virtual" else ()
    return Line(
        (
            Cell(Text(name), (lot.title,) if lot.title else ()),
            page.stated(lot.clause),
            Cell(Text(said), wording, is_strong=True),
            Cell(Text(say_counts(page, lot.counts, unjudged=0))),
            _money(page, lot.at_stake),
        )
    )


def show_margins(page: SectionContext, front: Front) -> Iterator[Block]:
    """The scored values that are nearest to their commitment, or furthest below it."""
    if not front.margins:
        return
    rows = {(g.name, r.variant, r.metric): page.anchor(g, r) for g in page.content.groups for r in g.rows}
    yield Heading(page.word("front.margins"))
    yield table(
        "margins",
        page.word("front.margins_caption"),
        (
            Column(page.word("scorecard.metric"), width=40),
            Column(page.word("front.place"), width=15, is_brief=True),
            Column(page.word("scorecard.verdict"), width=17, is_brief=True),
            Column(page.word("front.to_commitment"), "number", width=14),
            Column(page.word("front.to_limit"), "number", width=14),
        ),
        (
            Line(
                (
                    Cell(
                        Text(each.says),
                        (f"{each.variant} {each.metric}",),
                        rows.get((each.group, each.variant, each.metric), ""),
                    ),
                    Cell(Text(each.group)),
                    Cell(Judged(each.verdict)),
                    Cell(Share(each.deviation, signed=True), is_strong=True),
                    Cell(Absent(DASH) if each.margin is None else Share(each.margin, signed=True)),
                )
            )
            for each in front.margins
        ),
    )


def show_concessions(page: SectionContext, front: Front) -> Iterator[Block]:
    """Waivers and deviations; that there are none is stated too."""
    yield Heading(page.word("front.concessions"))
    if not front.concessions:
        yield Paragraph(page.word("front.concessions_none"))
        return
    yield Paragraph(page.word("front.concessions_intro"), "intro")
    yield table(
        "concessions",
        page.word("front.concessions_caption"),
        (
            Column(page.word("front.kind"), width=12, is_brief=True),
            Column(page.word("front.what"), width=26),
            Column(page.word("front.clause"), width=14, is_brief=True),
            Column(page.word("capacity.reason"), width=26),
            Column(page.word("front.by"), width=22),
        ),
        (
            Line(
                (
                    Cell(Text(page.word(f"front.kinds.{each.kind}"))),
                    Cell(Text(each.what), (each.lot,) if each.lot else ()),
                    page.stated(each.clause),
                    Cell(Text(each.reason)),
                    Cell(Text(each.by), (each.date,)),
                )
            )
            for each in front.concessions
        ),
    )
