"""Energy efficiency of a run of HPL as the Green500 counts it: by the power of the core phase.

Checked against the public example RWTH CLAIX-2023 (github.com/EEHPCWG/PowerMeasurementMethodology, ff1d705).
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Ratios of one run."""

    gflops_per_w: Fraction
    """Rmax over the average power of the core phase, never of the full run."""
    rmax_over_rpeak: Fraction
    core_energy_kwh: Fraction
    with_full_run_power: Fraction | None
    """What the power of the full run would give, to be told apart; None if it is not known."""


def efficiency(
    rmax_tflops: Fraction,
    rpeak_tflops: Fraction,
    core_power_w: Fraction,
    core_s: Fraction,
    full_run_power_w: Fraction | None = None,
) -> Efficiency:
    """All arguments above 0; raises :exc:`ValueError` otherwise."""
    given = (rmax_tflops, rpeak_tflops, core_power_w, core_s)
    if min(given) <= 0 or (full_run_power_w is not None and full_run_power_w <= 0):
        raise ValueError("rates, power and time are above 0")
    return Efficiency(
        gflops_per_w=rmax_tflops * 1000 / core_power_w,
        rmax_over_rpeak=rmax_tflops / rpeak_tflops,
        core_energy_kwh=core_power_w * core_s / 3_600_000,
        with_full_run_power=rmax_tflops * 1000 / full_run_power_w if full_run_power_w else None,
    )
