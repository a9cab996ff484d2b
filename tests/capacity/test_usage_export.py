"""Usage as CSV, and the period that a user names."""

import csv
import datetime
import io

import pytest

from millwright.capacity.account_usage import AccountUsage
from millwright.capacity.usage import Usage
from millwright.capacity.usage_export import chosen_period, usage_csv
from millwright.core.errors import BadInputError
from millwright.facility.meters import Meter

NOW = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)
USUAL = (datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), NOW)
METER = Meter("core-hour", "plain", 8)
ROW = AccountUsage("coast", ("coast",), "playground", "union", "sme", "BE", METER, 100.0, 25.0, 75.0)


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
    usage = Usage("2026-01-01T00:00:00Z", "2026-11-24T12:00:00Z", (ROW, hostile), (), (), "", "", (), "")
    rows = list(csv.DictReader(io.StringIO(usage_csv(usage))))
    assert (rows[0]["account"], rows[0]["left"], rows[0]["unit"]) == ("coast", "75.0", "core-hour")
    assert (rows[1]["account"], rows[1]["access_mode"], rows[1]["granted"]) == ("'=cmd()", "'@mode", "")
