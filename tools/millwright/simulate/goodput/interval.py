"""How much work to do between two checkpoints. All times in seconds."""

import math

from scipy.special import lambertw


def young_s(checkpoint_s: float, mtti_s: float) -> float:
    """First order, good only while a checkpoint is short against the time to an interruption (Young 1974)."""
    return math.sqrt(2 * checkpoint_s * mtti_s)


def daly_s(checkpoint_s: float, mtti_s: float) -> float:
    """Daly's higher order (2006, FGCS 22(3) 303); from two interruptions' time on it is that time itself."""
    if checkpoint_s >= 2 * mtti_s:
        return mtti_s
    ratio = checkpoint_s / (2 * mtti_s)
    return young_s(checkpoint_s, mtti_s) * (1 + math.sqrt(ratio) / 3 + ratio / 9) - checkpoint_s


def exact_s(checkpoint_s: float, mtti_s: float) -> float:
    """The optimum for exponential failures, τ = M (1 + W₀(-exp(-C/M - 1)))."""
    return mtti_s * (1 + float(lambertw(-math.exp(-checkpoint_s / mtti_s - 1)).real))
