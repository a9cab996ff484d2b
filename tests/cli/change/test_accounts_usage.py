"""How the usage is printed."""

import csv
import datetime
import io
import json

import pytest

from millwright.capacity.account_usage import AccountUsage
from millwright.capacity.usage import AccessUsage, Usage
from millwright.cli.change.accounts_usage import chosen_period, print_usage, usage_csv, usage_data
from millwright.core.errors import BadInputError
from millwright.facility.meters import Meter

NOW = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)
USUAL = (datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), NOW)
METER = Meter("core-hour", "plain", 8)
ROW = AccountUsage("coast", ("coast",), "playground", "union", "sme", "BE", METER, 100.0, 25.0, 75.0)


def usage(*rows):
    return Usage("2026-01-01T00:00:00Z", "2026-11-24T12:00:00Z", rows, (), (), "", "", (), "")


def test_named_days_are_whole_and_end_no_later_than_now():
    day = datetime.datetime(2026, 11, 23)
    assert chosen_period(USUAL, None, None) == USUAL
    assert chosen_period(USUAL, day, day) == (day.replace(tzinfo=datetime.UTC), NOW.replace(hour=0))
    assert chosen_period(USUAL, day, datetime.datetime(2027, 1, 1))[1] == NOW


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadInputError, match="is not before"):
        chosen_period(USUAL, datetime.datetime(2026, 12, 1), None)


def test_csv_holds_every_account_and_runs_nothing_in_a_spreadsheet():
    hostile = AccountUsage("=cmd()", (), "@mode", "", "", "", METER, None, 1.0, None)
    rows = list(csv.DictReader(io.StringIO(usage_csv(usage(ROW, hostile)))))
    assert (rows[0]["account"], rows[0]["left"], rows[0]["unit"]) == ("coast", "75.0", "core-hour")
    assert (rows[1]["account"], rows[1]["access_mode"], rows[1]["granted"]) == ("'=cmd()", "'@mode", "")


def test_json_is_json(capsys):
    assert json.loads(json.dumps(usage_data(usage(ROW))))["accounts"][0]["meter"]["hardware"] == "plain"
    print_usage(usage(ROW))
    assert "2026-01-01T00:00:00Z to 2026-11-24T12:00:00Z" in capsys.readouterr().out


@pytest.mark.parametrize(("unit", "is_shown"), [("GPU-hour", True), ("", False)])
def test_converted_hours_stand_beside_the_own_ones_where_there_is_a_unit(capsys, unit, is_shown):
    row = AccessUsage("coast", "playground", METER, 1, 100.0, 25.0, 75.0, 5.0, 1.25 if unit else None)
    begin, end = "2026-01-01T00:00:00Z", "2026-11-24T12:00:00Z"
    print_usage(Usage(begin, end, (), (row,), (), unit, "", (), ""))
    printed = capsys.readouterr().out
    assert ("GPU-hour" in printed, "1.25" in printed) == (is_shown, is_shown)
    assert "20%" in printed
