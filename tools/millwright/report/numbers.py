"""How numbers are written: as many digits as their interval supports, never enough to hide a verdict.

The interval's width is shown to two significant digits and everything beside it to the same place, as
the *Guide to the expression of uncertainty in measurement* (JCGM 100:2008, 7.2.6) recommends.
"""

import math

from millwright.report.judged import Estimate

GROUP_SEPARATOR = "\u202f"
"""Narrow no-break space between thousands (ISO 80000-1)."""
MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"
MOST_DIGITS = 14
"""Significant digits beyond which a 64-bit number says nothing."""
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value)))


def _decimals_of_exact(value: float) -> int:
    """Decimals of a value without spread: what it takes, up to four significant digits."""
    if value == 0:
        return 0
    most = 3 - _magnitude(value)
    return next((d for d in range(max(most, 0)) if math.isclose(round(value, d), value, rel_tol=1e-12)), most)


def _side(value: float, limit: float) -> int:
    return 0 if math.isclose(value, limit, rel_tol=1e-9) else 1 if value > limit else -1


def decimals(estimate: Estimate, limit: float | None = None) -> int:
    """Decimals (negative: rounded to tens) at which an estimate is shown.

    Digits are added where rounding would move a value onto or across ``limit``, so that the numbers on
    the page always agree with the verdict beside them.
    """
    low = estimate.minimum if estimate.low is None else estimate.low
    high = estimate.maximum if estimate.high is None else estimate.high
    width = high - low
    found = 1 - _magnitude(width) if width > 0 else _decimals_of_exact(estimate.median)
    if limit is None:
        return found
    shown = (low, estimate.median, high)
    finest = MOST_DIGITS - max((_magnitude(value) for value in shown if value), default=0)
    agreeing = (
        places
        for places in range(found, finest)
        if all(_side(round(value, places), limit) == _side(value, limit) for value in shown)
    )
    return next(agreeing, max(found, finest))


def write_number(value: float, places: int) -> str:
    r"""A number at so many decimals, with thousands apart; in powers of ten where it is very great or small.

    >>> ascii(write_number(-1234.56, 1)), ascii(write_number(18730.0, -2))
    ("'\\u22121\\u202f234.6'", "'18\\u202f700'")
    """
    if value and not -5 <= _magnitude(value) < 9:
        exponent = _magnitude(value)
        digits = min(max(places + exponent, 0), 15)
        power = str(exponent).translate(SUPERSCRIPTS)
        return f"{value / 10.0**exponent:.{digits}f}{TIMES}10{power}".replace("-", MINUS)
    text = f"{round(value, places) + 0.0:,.{max(places, 0)}f}"
    return text.replace(",", GROUP_SEPARATOR).replace("-", MINUS)


def significant(value: float, digits: int = 4) -> int:
    """Decimals that show a value to so many significant digits.

    >>> significant(0.01234), significant(123456.0)
    (5, -2)
    """
    return digits - 1 - _magnitude(value) if value else 0


def write_exact(value: float) -> str:
    """A stated value as it was stated, to at most nine significant digits.

    >>> write_exact(9.5), write_exact(10.0)
    ('9.5', '10')
    """
    places = next((d for d in range(9) if math.isclose(round(value, d), value, rel_tol=1e-9)), 9)
    return write_number(value, places)


def write_share(share: float, *, signed: bool = False) -> str:
    """A share of one as a percentage: a tenth of a percent, or the first digit of less.

    >>> write_share(0.05), write_share(0.0312, signed=True)
    ('5', '+3.1')
    """
    percent = 100 * share
    is_whole = math.isclose(percent, round(percent), abs_tol=1e-9)
    places = 0 if is_whole or abs(percent) >= 100 else max(1, -_magnitude(percent))
    text = write_number(percent, places)
    return f"+{text}" if signed and percent > 0 else text
