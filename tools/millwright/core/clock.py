"""The time of day: the one place that asks the operating system for it."""

import datetime


def utc_now() -> datetime.datetime:
    """The present time in UTC, with its time zone."""
    return datetime.datetime.now(datetime.UTC)
