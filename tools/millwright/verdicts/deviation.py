"""How far a measured value is from what was committed, and from the limit that the tolerance leaves.

Two numbers: 6.0 of 6.6 PFLOP/s deviates by -9.1 % and, with 10 % tolerance, keeps a margin of +1.0 %.
"""

from millwright.checks.declaration import Better


def deviation(measured: float, committed: float, better: Better) -> float | None:
    """Measured against committed as a share of the committed value; negative is worse, None of 0.

    ``measured / committed - 1`` if higher is better, ``1 - measured / committed`` if lower is.

    >>> round(deviation(6.0, 6.6, Better.HIGHER), 4), round(deviation(11.0, 10.0, Better.LOWER), 4)
    (-0.0909, -0.1)
    """
    if committed == 0:
        return None
    share = measured / committed - 1
    return share if better is Better.HIGHER else -share
