"""Which mutations of the code are tried: a seeded sample of places, one change each."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.commands.init import _all_work_items as all_work_items  # its public form wants a database

Position = tuple[int, int]
"""Line, counted from 1, and column, counted from 0."""

LEFT_OUT = ("core/RemoveDecorator",)
"""Without its `@dataclass` or `@property` hardly anything works: such a change is found by any test."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One small change at one place."""

    module: str
    """Path of the file within the checkout."""
    operator: str
    """As Cosmic Ray names it, for example `core/NumberReplacer`."""
    occurrence: int
    """Which of the operator's places in the file."""
    start: Position
    text: str
    """The line as it is now, without indentation."""

    @property
    def family(self) -> str:
        """The operator without what it replaces by what: `core/ReplaceComparisonOperator`."""
        return self.operator.split("_")[0]

    def rank(self, seed: int) -> str:
        """Orders mutations at random, yet the same for the same code wherever in its file it is."""
        words = (seed, self.module, self.operator, self.occurrence, self.start[1], self.text)
        return hashlib.sha256(repr(words).encode()).hexdigest()


def find_mutations(root: Path, modules: Iterable[str]) -> Iterator[Mutation]:
    """Every change that Cosmic Ray's operators can make to these modules and that a test could notice.

    Left out are annotations (`int | None` is no calculation) and arguments of decorators.
    """
    for module in modules:
        source = (root / module).read_text(encoding="utf-8")
        lines = source.splitlines()
        ignored = tuple(_spans_left_out(ast.parse(source)))
        for item in all_work_items([root / module], {}):
            (found,) = item.mutations
            start = tuple(found.start_pos)
            if found.operator_name in LEFT_OUT or any(low <= start < high for low, high in ignored):
                continue
            text = lines[start[0] - 1].strip()
            yield Mutation(module, found.operator_name, found.occurrence, start, text)


def sample(mutations: Iterable[Mutation], size: int, seed: int) -> tuple[Mutation, ...]:
    """One mutation a place and family, of as many places as asked for; the same for the same seed.

    Cosmic Ray can replace one `<` in seven ways: without this a few comparisons would be the sample.
    """
    first: dict[tuple[str, Position, str], Mutation] = {}
    for each in sorted(mutations, key=lambda mutation: mutation.rank(seed)):
        first.setdefault((each.module, each.start, each.family), each)
    chosen = list(first.values())[:size]
    return tuple(sorted(chosen, key=lambda mutation: (mutation.module, mutation.start, mutation.operator)))


def _spans_left_out(tree: ast.AST) -> Iterator[tuple[Position, Position]]:
    for node in ast.walk(tree):
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.arg | ast.AnnAssign):
            parts.append(node.annotation)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts.append(node.returns)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            parts.extend(node.decorator_list)
        for part in filter(None, parts):
            yield (
                (part.lineno, part.col_offset),
                (part.end_lineno or part.lineno, part.end_col_offset or part.col_offset),
            )
