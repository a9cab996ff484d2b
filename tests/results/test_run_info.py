import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.results.run_info import RUN_ID, make_run_id

MOMENTS = st.datetimes(
    datetime.datetime(1970, 1, 1), datetime.datetime(9999, 12, 31), timezones=st.just(datetime.UTC)
)


@given(MOMENTS, MOMENTS)
def test_run_ids_sort_by_time(first, second):
    ids = [make_run_id(moment.replace(microsecond=0), "0" * 8) for moment in (first, second)]
    assert (ids[0] < ids[1]) == (first.replace(microsecond=0) < second.replace(microsecond=0))
    assert all(RUN_ID.fullmatch(run_id) for run_id in ids)


def test_a_local_time_is_named_in_utc():
    moment = datetime.datetime.fromisoformat("2026-11-24T00:30:00+02:00")
    assert make_run_id(moment, "1a2b3c4d") == "20261123T223000Z-1a2b3c4d"


@pytest.mark.parametrize("token", ["", "1A2B3C4D", "1a2b3c4", "../../aa", "1a2b3c4d\n"])
def test_a_token_that_is_not_eight_hexadecimal_digits_is_refused(token):
    with pytest.raises(ValueError, match="hexadecimal"):
        make_run_id(datetime.datetime.now(datetime.UTC), token)
