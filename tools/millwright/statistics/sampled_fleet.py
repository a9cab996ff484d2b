"""How many nodes of a fleet are good, judged from a random sample of it.

Exact hypergeometric bound for a finite population: W. G. Cochran, *Sampling Techniques*, 3rd edition, 3.6.
With every node examined the bound is the count itself.
"""

import numpy as np


def fewest_good(fleet: int, examined: int, good: int, confidence: float) -> int:
    """The number of good nodes in the fleet of which one can be confident (one-sided lower bound).

    The smallest D with P(X >= ``good``) > 1 - confidence, X hypergeometric: ``examined`` drawn at random of
    ``fleet`` nodes of which D are good.

    >>> fewest_good(200, 200, 198, 0.95), fewest_good(1000, 299, 299, 0.95)
    (198, 992)
    """
    if not 0 <= good <= examined <= fleet or not 0 < confidence < 1:
        raise ValueError("good <= examined <= fleet must hold, and the confidence is between 0 and 1")
    if examined == fleet:
        return good
    from scipy.stats import hypergeom  # noqa: PLC0415 - two seconds that other statistics need not wait

    possible = np.arange(good, fleet - (examined - good) + 1)
    at_least = hypergeom.sf(good - 1, fleet, possible, examined)
    return int(possible[int(np.argmax(at_least > 1 - confidence))])
