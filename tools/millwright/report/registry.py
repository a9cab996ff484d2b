"""Which sections a report has, in order."""

from collections.abc import Iterator, Sequence
from typing import Final

from millwright.report.blocks import Built
from millwright.report.content import ReportContent
from millwright.report.labels import Words
from millwright.report.section import Section, SectionContext, build_section
from millwright.report.sections import (
    capacity,
    comparison,
    decision,
    figures,
    machine,
    missing,
    provenance,
    scorecard,
)

BLOCK_SECTIONS: Final = (
    decision.SECTION,
    scorecard.SECTION,
    machine.SECTION,
    comparison.SECTION,
    capacity.SECTION,
    figures.SECTION,
    missing.SECTION,
    provenance.SECTION,
    provenance.SIGNATURES,
)
"""Sections that every format renders."""
ORDER: Final = (
    "decision",
    "scorecard",
    "distributions",
    "comparison",
    "machine",
    "capacity",
    "access",
    "figures",
    "foreign",
    "missing",
    "imported",
    "provenance",
    "signatures",
)
"""All sections; those without blocks are templates of the page alone."""
OPTIONAL: Final = frozenset({"foreign", "imported"})
"""Templates that are left out if there is nothing in them."""
LAST: Final = "provenance"
"""Sections of a site that name no place come before it."""


def order_sections(content: ReportContent, sections: Sequence[Section]) -> tuple[str, ...]:
    """Names of the sections that a content has, in order; ``sections`` may hold those of a site."""
    order = list(ORDER)
    for section in sections:
        if section.name not in order:
            place = order.index(section.after) + 1 if section.after in order else order.index(LAST)
            order.insert(place, section.name)
    known = {section.name: section for section in sections}
    return tuple(name for name in order if _is_shown(name, content, known.get(name)))


def _is_shown(name: str, content: ReportContent, section: Section | None) -> bool:
    if section:
        return section.applies(content)
    return name not in OPTIONAL or bool(getattr(content, name))


def build_sections(content: ReportContent, words: Words, sections: Sequence[Section]) -> Iterator[Built]:
    """The blocks of every section that applies, in order."""
    context = SectionContext.of(content, words)
    known = {section.name: section for section in sections}
    yield from (
        build_section(known[name], context) for name in order_sections(content, sections) if name in known
    )
