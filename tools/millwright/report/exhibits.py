"""Evidence files by the numbers that the report gives them."""

from collections.abc import Mapping, Sequence

SPAN = "\N{EN DASH}"


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def exhibit_labels(paths: Sequence[str], numbers: Mapping[str, int]) -> list[tuple[str, str]]:
    r"""Label and anchor of each cited file; a path without a number is cited as it is, without an anchor.

    >>> ascii(exhibit_labels(["a", "b", "x"], {"a": 1, "b": 2}))
    "[('E1\\u2013E2', 'e1'), ('x', '')]"
    """
    known = [numbers[path] for path in paths if path in numbers]
    cited = [(f"E{a}" if a == b else f"E{a}{SPAN}E{b}", f"e{a}") for a, b in _runs(known)]
    return cited + [(path, "") for path in paths if path not in numbers]
