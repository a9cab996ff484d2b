"""A year of meters: PUE, WUE, ERF, REF and CUE.

Delegated Regulation (EU) 2024/1364, Annex II and III: PUE = EDC / EIT, WUE = WIN / EIT in m3/MWh, ERF =
EREUSE / EDC, REF = ERES-TOT / EDC with ERES-TOT = GOO + PPA + OS; a PPA whose guarantees of origin are
not owned and retired by the data centre is subtracted. Ratios are of sums over the period, never means of
months. CUE (ISO/IEC 30134-8) = CO2 of the energy used / EIT and is not part of the regulation.
"""

import calendar
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from millwright.core.errors import BadInputError, Problem


@dataclass(frozen=True, slots=True)
class Months:
    """Monthly sums of meters in order; None if a month is missing."""

    e_it: Sequence[Fraction | None]
    """Energy of the IT equipment, MWh."""
    e_dc: Sequence[Fraction | None]
    """Energy of the data centre with the share of its backup generators, MWh."""
    w_in: Sequence[Fraction | None]
    """Water, m3."""
    e_reuse: Sequence[Fraction | None]
    """Energy that is reused outside, MWh."""


@dataclass(frozen=True, slots=True)
class Renewables:
    """Renewable energy of the period, MWh."""

    guarantees_of_origin: Fraction
    ppa: Fraction
    """Power purchase agreements."""
    ppa_without_guarantees: Fraction
    """Of those, what has guarantees of origin that were sold or not retired."""
    on_site: Fraction


@dataclass(frozen=True, slots=True)
class SiteEnergy:
    """The figures of a period."""

    first_day: datetime.date
    last_day: datetime.date
    months: int
    e_it_mwh: Fraction
    e_dc_mwh: Fraction
    w_in_m3: Fraction
    pue: Fraction
    wue_m3_per_mwh: Fraction
    erf: Fraction
    e_res_tot_mwh: Fraction
    ref: Fraction
    cue_kg_per_kwh: Fraction
    """With the average emission factor of the grid."""
    mean_of_monthly_pue: Fraction
    """Shown to be told apart from the PUE of the period, which it is not."""


def site_energy(
    year: int, first_month: int, months: Months, renewables: Renewables, grid_kg_per_kwh: Fraction
) -> SiteEnergy:
    """The figures of the months from ``first_month`` (1 to 12) on.

    Raises :exc:`BadInputError` for missing months, negative meters, and IT energy above that of the site.
    """
    problems = [*_find_in_months(first_month, months), *_find_in_renewables(renewables)]
    if problems:
        raise BadInputError(problems)
    e_it, e_dc, w_in, reuse = (
        _total(each) for each in (months.e_it, months.e_dc, months.w_in, months.e_reuse)
    )
    count = len(months.e_it)
    last_month = first_month + count - 1
    r = renewables
    renewable = r.guarantees_of_origin + r.ppa - r.ppa_without_guarantees + r.on_site
    ratios = [Fraction(dc or 0) / it for dc, it in zip(months.e_dc, months.e_it, strict=True) if it]
    return SiteEnergy(
        first_day=datetime.date(year, first_month, 1),
        last_day=datetime.date(year, last_month, calendar.monthrange(year, last_month)[1]),
        months=count,
        e_it_mwh=e_it,
        e_dc_mwh=e_dc,
        w_in_m3=w_in,
        pue=e_dc / e_it,
        wue_m3_per_mwh=w_in / e_it,
        erf=reuse / e_dc,
        e_res_tot_mwh=renewable,
        ref=renewable / e_dc,
        cue_kg_per_kwh=grid_kg_per_kwh * e_dc / e_it,
        mean_of_monthly_pue=sum(ratios, Fraction(0)) / len(ratios),
    )


def _total(values: Sequence[Fraction | None]) -> Fraction:
    return sum((value for value in values if value is not None), Fraction(0))


def _find_in_months(first_month: int, months: Months) -> list[Problem]:
    series = {"E_IT": months.e_it, "E_DC": months.e_dc, "W_IN": months.w_in, "E_REUSE": months.e_reuse}
    count = len(months.e_it)
    problems = []
    if not 1 <= count <= 13 - first_month:
        expected = f"1 to {13 - first_month} months of one calendar year"
        problems.append(Problem("months", "E_IT", f"{count} months", expected, code="MW7570"))
    for name, values in series.items():
        if len(values) != count:
            text = f"{len(values)} months"
            problems.append(Problem("months", name, text, f"{count} as of E_IT", code="MW7571"))
        for number, value in enumerate(values):
            key = f"{name}.{first_month + number}"
            if value is None:
                problems.append(Problem("months", key, "is missing", "a meter's value", code="MW7572"))
            elif value < 0:
                problems.append(Problem("months", key, f"is {float(value):g}", "0 or more", code="MW7573"))
    if not problems and not _total(months.e_it):
        problems.append(Problem("months", "E_IT", "no energy", "more than 0", code="MW7574"))
    problems += [
        Problem("months", f"E_IT.{first_month + n}", "is above E_DC", "at most E_DC", code="MW7575")
        for n, (it, dc) in enumerate(zip(months.e_it, months.e_dc, strict=False))
        if it is not None and dc is not None and it > dc
    ]
    return problems


def _find_in_renewables(renewables: Renewables) -> list[Problem]:
    if 0 <= renewables.ppa_without_guarantees <= renewables.ppa:
        return []
    expected = "0 to the energy of the PPA"
    return [
        Problem(
            "renewables",
            "ppa_whose_guarantees_were_sold",
            f"is {float(renewables.ppa_without_guarantees):g}",
            expected,
            code="MW7576",
        )
    ]
