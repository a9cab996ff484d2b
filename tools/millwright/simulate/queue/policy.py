"""What a scheduler does."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules of one scheduler.

    At one instant ends come first, then arrivals, then one pass. A job that can't start is passed by others
    only if they delay no job that has a reservation.
    """

    name: str
    reserves: int
    """Waiting jobs that get a reservation: 0 none (first come, first served), 1 EASY, all conservative."""
    tests: int
    """Waiting jobs that a pass looks at (bf_max_job_test)."""
    interval_s: int = 0
    """Seconds between passes that let jobs pass others (bf_interval); 0: at each event."""
    resolution_s: int = 1
    """Plans are rounded up to this (bf_resolution)."""
    window_s: int = 0
    """How far ahead is planned (bf_window); 0: without end."""


EVERY: Final = 1 << 40
FCFS: Final = Policy("fcfs", reserves=0, tests=0)
EASY: Final = Policy("easy", reserves=1, tests=EVERY)
CONSERVATIVE: Final = Policy("conservative", reserves=EVERY, tests=EVERY)
SLURM: Final = Policy("slurm", reserves=EVERY, tests=500, interval_s=30, resolution_s=60, window_s=24 * 3600)
"""Slurm's backfill with the defaults of its current versions."""
POLICIES: Final = {each.name: each for each in (SLURM, EASY, CONSERVATIVE, FCFS)}


@dataclass(frozen=True, slots=True)
class Mode:
    """An access mode."""

    name: str
    priority: int = 0
    """Higher starts first."""
    preempts: tuple[str, ...] = field(default=())
    """Modes whose jobs it stops; they lose their work and wait again."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """Nodes that no job may use for a time."""

    start_s: int
    end_s: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Reserve:
    """Nodes that are kept free for one mode."""

    mode: str
    nodes: int
