"""Page one: the verdicts in words, what blocks, what to do next, and what the numbers do not cover."""

from collections.abc import Iterator

from millwright.core.verdict import Verdict
from millwright.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Heading,
    Items,
    Judged,
    Number,
    Paragraph,
    Tag,
    Tally,
    Text,
    table,
)
from millwright.report.blocks import Row as Line
from millwright.report.content import ReportContent, Step
from millwright.report.front import Front
from millwright.report.judged import Group, Row
from millwright.report.section import Section, SectionContext
from millwright.report.sections.delivery import (
    say_counts,
    show_concessions,
    show_identity,
    show_lots,
    show_margins,
)
from millwright.report.wording import moment

MOST_LISTED = 12
"""Longer lists in the summary end with a count; the scorecard holds all."""


def _outcome(content: ReportContent) -> str:
    return content.decision.outcome


def build(page: SectionContext) -> Iterator[Block]:
    """What a buyer reads first."""
    front = page.content.front
    yield from _verdict(page)
    yield from _counts(page)
    if front:
        yield from show_lots(page, front)
        yield from show_margins(page, front)
        yield show_identity(page, front)
        yield from _nodes(page, front)
        yield from show_concessions(page, front)
    yield from _blocking(page)
    yield from _next(page)
    yield from _not_covered(page)


def _verdict(page: SectionContext) -> Iterator[Block]:
    content, decision = page.content, page.content.decision
    yield Paragraph(page.word(f"decision.outcomes.{decision.outcome}"), "outcome")
    parts = [page.count("decision.sentence", decision.expected, counts=say_counts(page, decision.counts))]
    if decision.outcome == "unscored":
        parts.append(page.word("decision.unscored"))
    else:
        scored = sum(decision.scored_counts.values())
        counts = say_counts(page, decision.scored_counts, unjudged=0)
        parts.append(page.count("decision.scored", scored, counts=counts))
    if decision.exit_code is not None:
        parts.append(page.say("decision.exit_code", code=decision.exit_code))
    yield Paragraph(" ".join(parts))
    if content.kind == "virtual":
        yield Paragraph(page.word("document.virtual_note"), "note")
    yield from _evidence_state(page)


def _evidence_state(page: SectionContext) -> Iterator[Block]:
    origin, chain = page.content.provenance, page.content.chain
    state = page.word(f"provenance.signatures.{origin.signature}")
    if origin.signature == "bad":
        yield Paragraph(page.say("decision.bad_signature", detail=origin.signature_detail), "alarm")
    elif origin.signature in {"unsigned", "unknown signer"}:
        yield Paragraph(page.say("decision.no_signature", state=state), "alarm")
    if chain:
        yield Paragraph(_say_chain(page), "alarm" if chain.breaks else "note")
    left_out = page.content.left_out
    if left_out:
        checks = ", ".join(dict.fromkeys(each.check for each in left_out))
        count = sum(each.values for each in left_out)
        yield Paragraph(page.count("decision.left_out", count, checks=checks), "note")


def _say_chain(page: SectionContext) -> str:
    chain = page.content.chain
    if chain is None:
        return ""
    key = "decision.chain"
    parts = [
        page.say(f"{key}.place", number=chain.number, newest=chain.newest)
        if chain.number
        else page.word(f"{key}.unnumbered")
    ]
    if chain.breaks:
        parts.append(page.say(f"{key}.broken", breaks="; ".join(chain.breaks[:MOST_LISTED])))
    else:
        parts.append(page.word(f"{key}.whole"))
    for name, runs in (("never_stored", chain.never_stored), ("interrupted", chain.interrupted)):
        if runs:
            parts.append(page.count(f"{key}.{name}", len(runs), runs=", ".join(runs[:MOST_LISTED])))
    return " ".join(parts)


def _counts(page: SectionContext) -> Iterator[Block]:
    """The scored values by verdict; where nothing is scored, all of them."""
    decision = page.content.decision
    is_scored = decision.outcome != "unscored"
    counts = decision.scored_counts if is_scored else decision.counts
    words = page.words["verdicts"]
    shown = [Count(count, verdict, str(words[verdict]["means"])) for verdict, count in counts.items()]
    if decision.unjudged and not is_scored:
        shown.append(Count(decision.unjudged, None, page.word("verdicts.NONE.means")))
    label = page.word("front.scored_values" if is_scored else "front.informative_values")
    yield Tally("counts", label, tuple(shown))


def _nodes(page: SectionContext, front: Front) -> Iterator[Block]:
    if front.nodes:
        yield Heading(page.word("front.nodes"))
        yield Paragraph(page.word("front.nodes_intro"), "intro")
        yield table(
            "nodes",
            page.word("front.nodes_caption"),
            (
                Column(page.word("scorecard.verdict"), width=20),
                Column(page.word("scorecard.nodes"), "number", width=10),
                Column(page.word("distributions.place"), width=70),
            ),
            (
                Line((Cell(Judged(each.verdict)), Cell(Number(each.count)), Cell(Text(each.nodes))))
                for each in front.nodes
            ),
        )
    swaps = page.content.decision.swaps
    if swaps:
        yield Heading(page.word("decision.swaps"))
        yield Items(tuple(Cell(Text(swap)) for swap in swaps[:MOST_LISTED]))
        if len(swaps) > MOST_LISTED:
            yield Paragraph(page.count("decision.more", len(swaps) - MOST_LISTED))


def _blocking(page: SectionContext) -> Iterator[Block]:
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED)
    rows = [(g, r) for g in page.content.groups for r in g.rows if r.scored and r.verdict in order]
    rows.sort(key=lambda pair: order.index(pair[1].verdict or Verdict.FAIL))
    yield Heading(page.word("decision.blocking"))
    if not rows:
        is_unscored = page.content.decision.outcome == "unscored"
        yield Paragraph(page.word("decision.unscored" if is_unscored else "decision.blocking_none"))
        return
    yield table(
        "blocking",
        page.word("decision.blocking"),
        (
            Column(page.word("scorecard.verdict"), width=20, is_brief=True),
            Column(page.word("scorecard.metric"), width=60),
            Column(page.word("front.place"), width=20, is_brief=True),
        ),
        (_blocking_line(page, group, row) for group, row in rows[:MOST_LISTED]),
    )
    if len(rows) > MOST_LISTED:
        yield Paragraph(page.count("decision.more", len(rows) - MOST_LISTED))


def _blocking_line(page: SectionContext, group: Group, row: Row) -> Line:
    tags = (page.emulated(),) if row.emulated else ()
    return Line(
        (
            Cell(Judged(row.verdict)),
            Cell(Text(row.says), anchor=page.anchor(group, row), tags=tags),
            Cell(Text(group.name)),
        )
    )


def _next(page: SectionContext) -> Iterator[Block]:
    decision = page.content.decision
    yield Heading(page.word("decision.next"))
    if not decision.steps:
        yield Paragraph(page.word(_no_step(page.content)))
        return
    informative = (Tag(page.word("document.informative")),)
    yield Items(
        tuple(
            Cell(Text(say_step(page, step)), tags=() if step.scored else informative)
            for step in decision.steps[:MOST_LISTED]
        ),
        is_ordered=True,
    )
    if len(decision.steps) > MOST_LISTED:
        yield Paragraph(page.count("decision.more", len(decision.steps) - MOST_LISTED))


def _no_step(content: ReportContent) -> str:
    if content.decision.outcome == "unscored":
        return "decision.next_none_unscored"
    if content.kind == "virtual":
        return "decision.next_none_virtual"
    return "decision.next_none" if content.provenance.signature == "good" else "decision.next_none_unsigned"


def say_step(page: SectionContext, step: Step) -> str:
    """What to do next, as a sentence."""
    key = f"decision.steps.{step.kind}"
    says = {(g.name, r.variant, r.metric): r.says for g in page.content.groups for r in g.rows}
    metrics = ", ".join(says.get((step.group, step.check, metric), metric) for metric in step.metrics)
    values = {"metrics": metrics, "group": step.group, "check": step.check, "detail": step.detail}
    if step.kind == "repeat":
        return page.count(key, step.more_repetitions or 0, **values)
    return page.say(key, **values)


def _not_covered(page: SectionContext) -> Iterator[Block]:
    front = page.content.front
    yield Heading(page.word("front.not_covered"))
    origin = page.content.provenance
    lines = [page.say("front.limits.period", begin=moment(origin.started), end=moment(origin.finished))]
    if front and front.fewest_n is not None:
        lines.append(page.say("front.limits.repetitions", n=front.fewest_n))
    lines += [page.word("front.limits.independence"), page.word("front.limits.configuration")]
    absent = page.content.decision.counts.get(Verdict.NOT_MEASURED, 0)
    if absent:
        lines.append(page.count("front.limits.not_measured", absent))
    if any(row.emulated for group in page.content.groups for row in group.rows):
        lines.append(page.word("capacity.emulated_rule"))
    yield Items(tuple(Cell(Text(line)) for line in lines))


SECTION = Section("decision", build, tone=_outcome)
