"""Files that describe what a figure is computed from: typed, with unit, source and date.

Numbers are read as the decimals that are written, never through a float's binary digits.
"""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from millwright.core.claims import SourceKind
from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Frozen
from millwright.core.model_problems import describe_errors
from millwright.core.yaml_text import load_yaml
from millwright.economics.power_level import Coverage, Location
from millwright.economics.tco import Convention

Number = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=30)]
"""Any finite number; digits are bounded because figures are exact: 1e999999 would take all memory."""
Amount = Annotated[Number, Field(ge=0)]
Above0 = Annotated[Number, Field(gt=0)]
Share = Annotated[Number, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Chance = Annotated[float, Field(ge=1e-6, le=1 - 1e-6)]
MOST = 10**9
"""No machine has more of anything that is counted here."""
Count = Annotated[int, Field(ge=0, le=MOST)]
Counted = Annotated[int, Field(ge=1, le=MOST)]


class Input(Frozen):
    """What every file states of itself."""

    title: Text
    source: Text
    """Where the numbers come from."""
    source_kind: SourceKind
    date: datetime.date
    """Of the source; for prices, their date."""


class TcoInput(Input):
    """``kind: tco``."""

    kind: Literal["tco"]
    currency: Literal["EUR"] = "EUR"
    discount_rate: Share
    years: Annotated[int, Field(ge=1, le=50)]
    convention: Convention
    hours_per_year: Annotated[int, Field(ge=8760, le=8784)] = 8760
    capex_eur: Annotated[dict[Name, Amount], Field(min_length=1)]
    """Payments at acceptance, by name."""
    yearly_eur: dict[Name, Amount]
    """Costs a year other than energy and water, by name: maintenance, staff, floor."""
    indexation: dict[Name, Share] = {}
    """Rise a year of a cost line; also of ``electricity``, ``water`` and ``heat_credit``."""
    it_power_kw_average: Amount
    pue: Annotated[Number, Field(ge=1)]
    tariff_eur_per_kwh: Amount
    wue_l_per_kwh_it: Amount = Decimal(0)
    water_eur_per_m3: Amount = Decimal(0)
    erf: Share = Decimal(0)
    heat_eur_per_kwh: Amount = Decimal(0)
    accelerators: Count
    availability: Share
    allocated_share: Share
    goodput: Share


class SiteEnergyInput(Input):
    """``kind: site-energy``: monthly meters of a calendar year, in MWh and m3."""

    kind: Literal["site-energy"]
    year: Annotated[int, Field(ge=2000, le=2200)]
    first_month: Annotated[int, Field(ge=1, le=12)] = 1
    e_it_mwh: tuple[Number | None, ...]
    e_dc_mwh: tuple[Number | None, ...]
    w_in_m3: tuple[Number | None, ...]
    e_reuse_mwh: tuple[Number | None, ...]
    guarantees_of_origin_mwh: Amount
    ppa_mwh: Amount
    ppa_whose_guarantees_were_sold_mwh: Amount
    on_site_mwh: Amount
    grid_kg_co2_per_kwh: Amount


class SetInput(Frozen):
    """Nodes of one kind."""

    nodes_measured: Count
    nodes_total: Counted


class PowerLevelInput(Input):
    """``kind: power-level``: how the power of a run was measured."""

    kind: Literal["power-level"]
    core_s: Above0
    sample_hz: Amount
    core_covered: bool
    reading_interval_s: Amount
    core_readings: Count
    full_run_covered: bool
    idle_measured: bool
    uncovered_s: Amount
    uncovered_each_end_s: Amount
    meter: Literal["energy", "power"]
    meters: Counted
    meter_error_percent: Amount
    identical_fractions: bool
    entire_machine: bool
    sets: tuple[SetInput, ...] = ()
    kw_measured: Amount = Decimal(0)
    nodes_per_chassis: Counted = 1
    chosen_at_random: bool = True
    subtracted: bool = False
    subsystems: dict[Name, Coverage]
    location: Location


class EfficiencyInput(Input):
    """``kind: green500``."""

    kind: Literal["green500"]
    rmax_tflops: Above0
    rpeak_tflops: Above0
    core_power_w: Above0
    core_s: Above0
    full_run_power_w: Above0 | None = None


class UnionShareInput(Input):
    """``kind: union-share``; hours are accelerator-hours of one period."""

    kind: Literal["union-share"]
    contribution_eur: Amount
    total_cost_of_ownership_eur: Above0
    ceiling: Share = Decimal("0.5")
    existing_hours: Above0
    total_access_time_hours: Above0
    used_by_union_hours: Amount
    used_by_all_hours: Amount


class ReliabilityInput(Input):
    """``kind: reliability``: interruptions observed, a planned test, and what it should separate."""

    kind: Literal["reliability"]
    observed_hours: Above0
    """Hours of operation, without planned maintenance."""
    interruptions: Count
    confidence: Chance = 0.95
    test_hours: Above0
    allowed: Count
    """Interruptions with which the test is passed."""
    curve_hours: tuple[Above0, ...] = ()
    """True mean times, in hours, for which the chance of acceptance is shown."""
    good_hours: Above0
    bad_hours: Above0
    vendors_risk: Chance = 0.1
    buyers_risk: Chance = 0.1


class OutageInput(Frozen):
    """Nodes out of service."""

    nodes: tuple[Name, ...]
    start: AwareDatetime
    end: AwareDatetime


class JobInput(Frozen):
    """A job with its accelerators by node."""

    id: Name
    nodes: dict[Name, Count]
    start: AwareDatetime
    end: AwareDatetime
    state: Name = "COMPLETED"
    lost_from: AwareDatetime | None = None


class WaterfallInput(Input):
    """``kind: waterfall``."""

    kind: Literal["waterfall"]
    start: AwareDatetime
    end: AwareDatetime
    accelerators_per_node: Counted
    nodes: tuple[Name, ...]
    installed: dict[Name, AwareDatetime] = {}
    maintenance: tuple[OutageInput, ...] = ()
    unplanned: tuple[OutageInput, ...] = ()
    drained: tuple[OutageInput, ...] = ()
    jobs: tuple[JobInput, ...] = ()


class ConversionInput(Input):
    """``kind: conversion``: values in other units."""

    kind: Literal["conversion"]
    values: dict[Name, tuple[Number, Text, Text]]
    """By name: value, its unit, the unit it is wanted in."""


FigureInput = Annotated[
    TcoInput
    | SiteEnergyInput
    | PowerLevelInput
    | EfficiencyInput
    | UnionShareInput
    | ReliabilityInput
    | WaterfallInput
    | ConversionInput,
    Field(discriminator="kind"),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(FigureInput)
SCHEMA_COMMAND = "millwright figures --example KIND"
CODES = {"extra_forbidden": "MW7590", "missing": "MW7591"}


def read_input(path: Path) -> Input:
    """Read one file; raises :exc:`BadInputError` with every problem in it."""
    data = read_mapping(path)
    try:
        found: Input = ADAPTER.validate_python(data)
    except ValidationError as error:
        schema = ADAPTER.json_schema()
        raise BadInputError(
            describe_errors(
                error, str(path), schema, codes=CODES, other="MW7592", schema_command=SCHEMA_COMMAND
            )
        ) from error
    return found


def read_mapping(path: Path) -> dict[str, object]:
    """A YAML file that is a mapping; raises :exc:`BadInputError` otherwise."""
    try:
        data = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = f"can't be read: {error}"
        raise BadInputError([Problem(str(path), "-", problem, "a YAML file", code="MW7593")]) from error
    if not isinstance(data, dict):
        raise BadInputError([Problem(str(path), "-", "not a mapping", "keys and values", code="MW7594")])
    return data
