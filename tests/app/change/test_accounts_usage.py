"""``millwright accounts usage``: the document and its exit code; slurmdbd is a stand-in."""

import datetime

import pytest

from millwright.app.change import accounts_usage
from millwright.app.context import Context
from millwright.capacity.account_usage import AccountUsage
from millwright.capacity.union_usage import UnionUsage
from millwright.capacity.usage import AccessUsage, Usage
from millwright.facility.meters import Meter
from millwright.results.accounting import AccountingEvidence, UsageRow

METER = Meter("core-hour", "plain", 8)
NOW = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)


def usage(of_union):
    return Usage(
        "2026-01-01T00:00:00Z",
        "2026-11-24T12:00:00Z",
        (AccountUsage("coast", ("coast",), "playground", "union", "sme", "BE", METER, 100.0, 25.0, 75.0),),
        (AccessUsage("coast", "playground", METER, 1, 100.0, 25.0, 75.0, 5.0, None),),
        (UnionUsage("core-hour on plain", of_union, 100.0, 200.0, 0.4, 0.5),),
        "",
        "",
        (UsageRow("tide", "ada", "playground", "gone", "cpu=1", 1, 3600),),
        "",
    )


@pytest.mark.parametrize(("of_union", "code"), [(90.0, 0), (101.0, 1)])
def test_more_than_the_ceiling_is_a_failure(of_union, code):
    report = accounts_usage.usage_report(usage(of_union), "rack")
    assert (report.exit_code, report.union[0].is_above_ceiling) == (code, bool(code))
    assert report.union[0].of_existing == of_union / 200


def test_every_part_of_a_usage_is_in_the_document():
    report = accounts_usage.usage_report(usage(10.0), "rack")
    assert str(report.accounts[0].meter) == "core-hour on plain"
    assert (report.access[0].small_share, report.access[0].left) == (0.2, 75.0)
    assert (report.unknown[0].partition, report.unknown[0].seconds) == ("gone", 3600)
    assert accounts_usage.UsageReport.model_validate_json(report.model_dump_json()) == report


def test_named_days_are_asked_for(monkeypatch):
    asked = []

    def ask_usage(_facility, begin, end):
        asked.append((begin, end))
        return AccountingEvidence(f"{begin:%FT%TZ}", f"{end:%FT%TZ}")

    monkeypatch.setattr(accounts_usage, "ask_usage", ask_usage)
    day = datetime.datetime(2026, 11, 1)
    report, table = accounts_usage.accounts_usage(Context(now=lambda: NOW), "rack", day, day)
    assert (report.begin, report.end) == ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
    assert [row.account for row in report.accounts if row.used] == []
    assert table.startswith("begin,end,account,antenna,")
    assert len(asked) == 1
