"""What a mistyped word may have meant."""

import difflib
from collections.abc import Iterable

LEAST_LIKENESS = 0.6
"""Share of letters in common, 0 to 1, from which a word counts as mistyped rather than as another one."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message: the known word that is most like the one given, or nothing.

    >>> did_you_mean("rak", ["rack", "workstation"])
    '; did you mean rack?'
    >>> did_you_mean("cluster9", ["rack", "workstation"])
    ''
    """
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=LEAST_LIKENESS)
    return f"; did you mean {by_folded[found[0]]}?" if found else ""
