"""What is asked of slurmdbd, and what a run stores where it does not answer."""

import datetime

from millwright.adapters.slurm import usage as slurm_usage
from millwright.core.errors import NotTestableError
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility

NOW = datetime.datetime(2026, 11, 24, 12, 30, tzinfo=datetime.UTC)


def shipped(name):
    return load_facility(shipped_facilities()[name])


def test_the_usual_period_goes_back_to_the_first_day_of_the_oldest_open_grant():
    begin, end = slurm_usage.usage_period(shipped("rack"), NOW)
    assert (begin.isoformat(), end) == ("2026-01-01T00:00:00+00:00", NOW)


def test_without_a_grant_it_is_the_year():
    begin, _ = slurm_usage.usage_period(shipped("workstation"), NOW)
    assert begin.isoformat() == "2026-01-01T00:00:00+00:00"


def test_times_are_utc_and_every_run_of_a_job_is_asked_for():
    east = datetime.timezone(datetime.timedelta(hours=2))
    command = slurm_usage.sacct_command(datetime.datetime(2026, 11, 1, 1, tzinfo=east), NOW)
    assert command[:2] == ("env", "TZ=UTC")
    assert {"--duplicates", "--truncate", "--starttime=2026-10-31T23:00:00"} <= set(command)


def test_a_run_stores_why_there_is_no_usage(monkeypatch):
    def fail(*_):
        raise NotTestableError("the controller rack-ctl did not answer", code="MW9001")

    monkeypatch.setattr(slurm_usage, "ask_usage", fail)
    found = slurm_usage.usage_or_reason(shipped("rack"), NOW)
    assert (found.rows, found.problem) == ((), "the controller rack-ctl did not answer")


def test_a_facility_without_slurm_stores_nothing():
    assert slurm_usage.usage_or_reason(shipped("workstation"), NOW) is None
