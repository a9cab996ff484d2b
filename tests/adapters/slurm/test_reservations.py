"""Reservations as Slurm 24.11 tells of them."""

import pytest

from millwright.adapters.slurm.reservations import parse_reservations

LINE = (
    "ReservationName={name} StartTime=2026-12-01T17:48:21 EndTime=2026-12-01T18:48:21 Duration=01:00:00"
    " Nodes={nodes} NodeCnt=1 CoreCnt=1 Features=(null) PartitionName=(null) Flags={flags} TRES=cpu=1"
    " Users={users} Groups=(null) Accounts={accounts} Licenses=(null) State={state} BurstBuffer=(null)"
    " MaxStartDelay=(null)"
)


def told(*, nodes="rack-c[1-2]", flags="SPEC_NODES", users="ada,bea", accounts="(null)", state="ACTIVE"):
    text = LINE.format(name="course", nodes=nodes, flags=flags, users=users, accounts=accounts, state=state)
    (found,) = parse_reservations(f"{text}\n")
    return found


def test_everything_that_a_reader_needs():
    found = told()
    assert (found.name, found.nodes, found.who) == ("course", ("rack-c1", "rack-c2"), "ada,bea")
    assert (found.start, found.end) == ("2026-12-01T17:48:21", "2026-12-01T18:48:21")


def test_one_without_nodes_or_users():
    found = told(nodes="(null)", users="(null)", accounts="flood")
    assert (found.nodes, found.who) == ((), "flood")


def test_none():
    assert parse_reservations("No reservations in the system\n") == ()


@pytest.mark.parametrize(
    ("flags", "state", "bars"),
    [
        ("SPEC_NODES", "ACTIVE", True),
        ("DAILY,SPEC_NODES", "INACTIVE", True),  # "Requested reservation overlaps with another reservation"
        (
            "MAINT,IGNORE_JOBS,SPEC_NODES",
            "ACTIVE",
            True,
        ),  # made, but "Required nodes outside of the reservation"
        ("OVERLAP,IGNORE_JOBS,SPEC_NODES", "ACTIVE", True),
        ("MAINT,SPEC_NODES", "INACTIVE", False),
    ],
)
def test_which_keep_nodes_from_being_measured_as_seen_on_slurm_24_11(flags, state, bars):
    assert told(flags=flags, state=state).bars_another is bars
