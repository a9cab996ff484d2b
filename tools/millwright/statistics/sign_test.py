"""Evidence that a median misses a limit, and its correction for many tests.

Sign test: of ``n`` repetitions, the number that misses the median is binomial with p = 1/2, whatever the
distribution (W. J. Conover, *Practical Nonparametric Statistics*, 3rd edition, 3.4). Many tests: S. Holm, *A
simple sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6 (1979), 65-70.
Acceptance only if every test passes needs no correction: R. L. Berger, *Multiparameter hypothesis testing and
acceptance sampling*, Technometrics 24 (1982), 295-300 (intersection-union test).
"""

import math
from collections.abc import Hashable, Mapping
from functools import cache
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

FAIL_LEVEL = 0.05
"""Vendor's risk: the chance that any of a family's values FAILs although all medians meet their limits."""
PASS_LEVEL = 0.025
"""Buyer's risk: the chance that a value PASSes although its median misses the limit."""


@cache
def tail(n: int, at_least: int) -> float:
    """P(X >= ``at_least``) for X binomial with ``n`` and p = 1/2, summed in whole numbers.

    >>> tail(15, 14)
    0.00048828125
    """
    if n < 1 or not 0 <= at_least <= n:
        raise ValueError(f"{at_least} of {n} repetitions is not a count")
    found: float = sum(math.comb(n, k) for k in range(at_least, n + 1)) / 2**n
    return found


def p_fail(n: int, misses: int) -> float:
    """How likely at least ``misses`` of ``n`` repetitions miss a limit that the median meets."""
    return tail(n, misses)


def p_pass(n: int, misses: int) -> float:
    """How likely at most ``misses`` of ``n`` repetitions miss a limit that the median misses."""
    return tail(n, n - misses)


def holm(p_values: Mapping[K, float]) -> dict[K, float]:
    """Each p-value of a family, adjusted by Holm's step-down procedure; in the order given.

    Raises :exc:`ValueError` for a value outside 0 to 1.

    >>> holm({"a": 0.01, "b": 0.5, "c": 0.02})
    {'a': 0.03, 'b': 0.5, 'c': 0.04}
    """
    wrong = sorted(str(name) for name, p in p_values.items() if not 0 <= p <= 1)
    if wrong:
        raise ValueError(f"not a probability: {', '.join(wrong)}")
    adjusted: dict[K, float] = {}
    largest = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda each: p_values[each])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


def fewest_repetitions(tests: int, level: float = FAIL_LEVEL) -> int:
    """Repetitions below which none of ``tests`` values can FAIL after Holm: 2 ** -n must reach level / tests.

    >>> fewest_repetitions(1), fewest_repetitions(51), fewest_repetitions(52)
    (5, 10, 11)
    """
    if tests < 1 or not 0 < level < 1:
        raise ValueError("a family has at least one test, and its level is between 0 and 1")
    n = 1
    while tests * 2.0**-n > level:
        n += 1
    return n
