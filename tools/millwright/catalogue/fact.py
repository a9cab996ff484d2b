"""One published value with everything that is said about it."""

from typing import Self

from pydantic import model_validator

from millwright.core.claims import SourceKind, weakest_of
from millwright.core.frozen import Frozen


class Fact(Frozen):
    """One published value; its unit is in the name of the key that holds it."""

    value: float | str
    source: str
    kind: SourceKind
    rests_on: SourceKind | None = None
    """Of a derived value: how the least known of its inputs is known."""
    note: str | None = None
    at_least: bool = False
    """The source gives a lower bound ("over 1,000")."""
    others: tuple["Fact", ...] = ()
    """Claims of other sources that disagree; none is dropped."""

    @model_validator(mode="after")
    def _rests(self) -> Self:
        if self.rests_on and self.kind is not SourceKind.DERIVED:
            raise ValueError("rests_on belongs to a derived value")
        if self.rests_on is SourceKind.DERIVED:
            raise ValueError("rests_on names read, secondary or memory: what the inputs rest on in turn")
        return self

    @property
    def strength(self) -> SourceKind:
        """How well it is known: a derived value as its weakest input, from memory if none is named."""
        return weakest_of([self.rests_on or self.kind])

    @property
    def is_reference(self) -> bool:
        """Whether a measurement may be compared with it: nothing that rests on memory ever is."""
        return self.strength is not SourceKind.MEMORY and not isinstance(self.value, str)

    @property
    def number(self) -> float | None:
        """The value if it is a number."""
        return None if isinstance(self.value, str) else self.value


def derive(value: float, formula: str, *inputs: Fact) -> Fact:
    """A value that follows from others: known as the weakest of them, a lower bound if one of them is."""
    return Fact(
        value=value,
        source="derived",
        kind=SourceKind.DERIVED,
        rests_on=weakest_of(each.strength for each in inputs),
        note=formula,
        at_least=any(each.at_least for each in inputs),
    )
