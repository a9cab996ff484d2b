"""Which grants a day opens and closes, and that nothing else is touched."""

import datetime
import importlib.util
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

FILE = Path(__file__).resolve().parents[2] / "playbooks/roles/slurm_accounts/files/grants.py"
spec = importlib.util.spec_from_file_location("grants", FILE)
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)

COAST = {"name": "coast", "start": "2026-11-01", "end": "2026-11-30"}
OPEN, CLOSED = ("", ""), ("0", "0")


def changed(limits, day):
    return program.changes([COAST], {"coast": limits}, datetime.date.fromisoformat(day))


def test_both_days_count():
    for day, limits, expected in (
        ("2026-10-31", OPEN, ([], ["coast"])),
        ("2026-10-31", CLOSED, ([], [])),
        ("2026-11-01", CLOSED, (["coast"], [])),
        ("2026-11-30", OPEN, ([], [])),
        ("2026-12-01", OPEN, ([], ["coast"])),
    ):
        assert changed(limits, day) == expected, (day, limits)


def test_a_grant_that_is_half_closed_is_put_right():
    assert changed(("0", ""), "2026-11-02") == (["coast"], [])
    assert changed(("0", "5"), "2026-12-02") == ([], ["coast"])


def test_a_limit_that_somebody_set_on_an_open_grant_stays():
    assert changed(("5", "9"), "2026-11-02") == ([], [])


def test_an_account_that_slurmdbd_does_not_have_is_left_to_an_apply():
    assert program.changes([COAST], {}, datetime.date(2026, 11, 2)) == ([], [])


def test_rows_of_users_are_no_accounts():
    assert program.read_limits("coast||0|0\ncoast|ada|5|5\nhills|||\nbroken\n") == {
        "coast": CLOSED,
        "hills": OPEN,
    }


@given(st.lists(st.text(max_size=3), max_size=250))
def test_no_question_grows_with_the_facility(names):
    groups = program.chunks(names)
    assert [name for group in groups for name in group] == names
    assert all(len(group) <= program.MOST_NAMES for group in groups)
