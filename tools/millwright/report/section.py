"""Sections as plug-ins: a name, when it applies, and what it yields.

A site adds one without a change of the package: a folder with ``<name>.py``, which defines ``SECTION``, and
``<name>.<language>.yaml`` with its labels; ``millwright report --sections FOLDER`` names the folder.
"""

import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.report.blocks import Absent, Block, Built, Cell, Exhibits, Number, Tag, Text
from millwright.report.content import ReportContent
from millwright.report.exhibits import exhibit_labels
from millwright.report.judged import Estimate, Group, Row
from millwright.report.labels import Words, label, label_count, load_file, look_up
from millwright.report.numbers import decimals
from millwright.report.wording import word_number

Anchor = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class SectionContext:
    """What a section may read: the content, and the words of one language."""

    content: ReportContent
    words: Words
    numbers: Mapping[str, int]
    """Number of each evidence file by its path."""
    anchors: Mapping[Anchor, str]
    """Id of each row of the scorecard."""

    @classmethod
    def of(cls, content: ReportContent, words: Words) -> "SectionContext":
        """The context of a content in a language."""
        files = enumerate(content.provenance.evidence, start=1)
        return cls(content, words, {file.path: number for number, file in files}, row_anchors(content))

    def say(self, key: str, **values: object) -> str:
        """The label at a key with its names filled."""
        return label(self.words, key, **values)

    def count(self, key: str, count: int, **values: object) -> str:
        """The form of a label for a count."""
        return label_count(self.words, key, count, **values)

    def word(self, key: str) -> str:
        """The label at a key as it is."""
        return str(look_up(self.words, key))

    def number(self, number: Number) -> str:
        """A number as it is printed within a sentence."""
        return word_number(number)

    def unit(self, unit: str) -> str:
        """A unit as it is printed."""
        return str(self.words["units"].get(unit, unit))

    def stated(self, text: str, *, is_code: bool = False) -> Cell:
        """A text that somebody had to state, or that it was not."""
        return Cell(Text(text, is_code) if text else Absent(self.word("document.not_stated")))

    def exhibits(self, paths: Sequence[str]) -> Exhibits:
        """Evidence by its numbers."""
        return Exhibits(tuple(exhibit_labels(paths, self.numbers)))

    def anchor(self, group: Group, row: Row) -> str:
        """The id of a row's line in the scorecard."""
        return self.anchors[group.kind, group.name, row.variant, row.metric]

    def emulated(self) -> Tag:
        """The mark of what ran under emulation."""
        return Tag(self.word("document.emulated"), "emulated", self.word("document.emulated_help"))

    def measured(self, row: Row, estimate: Estimate, value: float) -> Number:
        """A measured value with the digits that its interval supports."""
        return Number(value, decimals(estimate, row.reference.limit if row.reference else None))


def row_anchors(content: ReportContent) -> dict[Anchor, str]:
    """An id for each row of the scorecard by kind and name of its group, variant and metric."""
    return {
        (group.kind, group.name, row.variant, row.metric): f"row-{at}-{number}"
        for at, group in enumerate(content.groups, start=1)
        for number, row in enumerate(group.rows, start=1)
    }


def always(content: ReportContent) -> bool:
    """For a section that no report lacks."""
    del content
    return True


def no_tags(context: SectionContext) -> tuple[Tag, ...]:
    """For a section whose title stands by itself."""
    del context
    return ()


def plain_tone(content: ReportContent) -> str:
    """For a section that looks like the others."""
    del content
    return ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report with a title of its own, from labels at ``<name>.title``."""

    name: str
    build: Callable[[SectionContext], Iterable[Block]]
    applies: Callable[[ReportContent], bool] = always
    after: str = ""
    """Of a site's section: the section that it follows; before the provenance where none is named."""
    tone: Callable[[ReportContent], str] = plain_tone
    tags: Callable[[SectionContext], tuple[Tag, ...]] = no_tags


def build_section(section: Section, context: SectionContext) -> Built:
    """The blocks of one section."""
    return Built(
        section.name,
        context.word(f"{section.name}.title"),
        tuple(section.build(context)),
        section.tone(context.content),
        section.tags(context),
    )


def load_site_sections(
    folder: Path, language: str, known: Iterable[str]
) -> tuple[tuple[Section, Words], ...]:
    """Every section of a folder, in the order of its file names, each with its labels.

    This runs the folder's Python, as naming it asks for. Raises :exc:`BadInputError` with every problem.
    """
    problems: list[Problem] = []
    found: list[tuple[Section, Words]] = []
    taken = set(known)
    if not folder.is_dir():
        problems.append(Problem(str(folder), "-", "no such folder", "a folder of sections", code="MW7038"))
    for path in sorted(folder.glob("*.py")):
        try:
            section = _load(path)
            found.append((section, {section.name: _labels(path, language)}))
        except BadInputError as error:
            problems.extend(error.problems)
            continue
        if section.name in taken:
            problem = f"the name {section.name!r} is taken"
            problems.append(Problem(str(path), "SECTION.name", problem, "another name", code="MW7039"))
        taken.add(section.name)
    if problems:
        raise BadInputError(problems)
    return tuple(found)


def _load(path: Path) -> Section:
    spec = importlib.util.spec_from_file_location(f"millwright_site_section_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise _refusal(path, "no Python module")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the site's own code raises
        raise _refusal(path, f"{type(error).__name__}: {error}") from error
    section = getattr(module, "SECTION", None)
    if not isinstance(section, Section):
        raise _refusal(path, "it defines no SECTION")
    return section


def _refusal(path: Path, reason: str) -> BadInputError:
    problem, expected = f"can't be loaded: {reason}", "SECTION = Section(name, build)"
    return BadInputError([Problem(str(path), "SECTION", problem, expected, code="MW7040")])


def _labels(path: Path, language: str) -> Words:
    for name in (language, "en"):
        file = path.with_name(f"{path.stem}.{name}.yaml")
        if file.is_file():
            return load_file(file)
    expected = f"{path.stem}.{language}.yaml or {path.stem}.en.yaml beside it, with title"
    raise BadInputError([Problem(str(path), "-", "no labels", expected, code="MW6081")])
