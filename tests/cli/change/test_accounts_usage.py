"""How the usage is printed."""

import pytest

from millwright.app.change.accounts_usage import (
    AccessHours,
    HourKind,
    UnionHours,
    UnknownUse,
    UsageReport,
)
from millwright.cli.change.accounts_usage import print_usage

METER = HourKind(unit="core-hour", hardware="plain", units_per_node_hour=8)


def usage(unit, converted):
    row = AccessHours(
        antenna="coast",
        access_mode="playground",
        meter=METER,
        accounts=1,
        granted=100.0,
        used=25.0,
        left=None,
        small_used=5.0,
        used_in_reference=converted,
        small_share=0.2,
    )
    return UsageReport(
        facility="rack",
        exit_code=0,
        begin="2026-01-01T00:00:00Z",
        end="2026-11-24T12:00:00Z",
        accounts=(),
        access=(row,),
        union=(),
        reference_unit=unit,
        not_added="",
        unknown=(),
    )


@pytest.mark.parametrize(("unit", "is_shown"), [("GPU-hour", True), ("", False)])
def test_converted_hours_are_a_column_if_there_is_a_unit(capsys, unit, is_shown):
    print_usage(usage(unit, 1.25 if unit else None))
    printed = capsys.readouterr().out
    assert "2026-01-01T00:00:00Z to 2026-11-24T12:00:00Z" in printed
    assert ("GPU-hour" in printed, "1.25" in printed) == (is_shown, is_shown)
    assert "20%" in printed
    assert "core-hour on plain" in printed


def test_the_unions_part_and_what_does_not_count_follow(capsys):
    part = UnionHours(
        unit="core-hour on plain",
        used=50.0,
        used_by_all=100.0,
        existing=200.0,
        declared=0.4,
        ceiling=0.5,
        of_used=0.5,
        of_existing=0.25,
        is_above_ceiling=False,
    )
    unknown = UnknownUse(
        account="tide",
        user="ada",
        access_mode="playground",
        partition="gone",
        allocated="cpu=1",
        allocations=1,
        seconds=7,
    )
    changes = {"union": (part,), "unknown": (unknown,), "not_added": "no speed factor"}
    print_usage(usage("", None).model_copy(update=changes))
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "Union, core-hour on plain: 25.00% of the machine's time (50% of what was used);"
        " declared 40%, ceiling 50%",
        "not added up: no speed factor",
        "not counted: 7 s on partition 'gone', account tide: not in the facility",
    ]
