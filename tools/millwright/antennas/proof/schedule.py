"""The systemd units that measure a facility's antennas again and again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.facility.topics.acceptance import Every

TIMEOUT_H = 4
"""Hours after which a run that hangs is ended, so that the next one can start."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is started, and when."""

    facility: str
    every: Every
    command: tuple[str, ...]
    """Program, by its whole path, and arguments."""
    environment: Mapping[str, str]
    folder: Path
    """Where the command starts."""


def unit_stem(facility: str) -> str:
    """Name of both units without their suffix."""
    return f"millwright-access-{facility}"


def unit_files(schedule: Schedule) -> dict[str, str]:
    """Name and text of each unit.

    Raises :exc:`BadInputError` for words that a line of a unit can't hold.
    """
    stem = unit_stem(schedule.facility)
    return {f"{stem}.service": _service(schedule), f"{stem}.timer": _timer(schedule)}


def _service(schedule: Schedule) -> str:
    environment = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n" for name, value in sorted(schedule.environment.items())
    )
    return f"""\
# Made by millwright antenna schedule; changes here are overwritten.
[Unit]
Description=Measure the access of all antennas of {schedule.facility}

[Service]
Type=oneshot
{environment}WorkingDirectory={_path(schedule.folder)}
ExecStart={_command(schedule.command)}
TimeoutStartSec={TIMEOUT_H}h
Nice=5
"""


def _timer(schedule: Schedule) -> str:
    """A run that the machine slept through is made up for; sites do not all begin in the same second."""
    return f"""\
# Made by millwright antenna schedule; changes here are overwritten.
[Unit]
Description=Measure the access of all antennas of {schedule.facility}, {schedule.every}

[Timer]
OnCalendar={schedule.every}
RandomizedDelaySec=5min
Persistent=true

[Install]
WantedBy=timers.target
"""


def _command(words: Sequence[str]) -> str:
    """A command line of a unit, which is no shell's; ``$`` begins a variable there."""
    return " ".join(_quoted(word).replace("$", "$$") for word in words)


def _quoted(word: str) -> str:
    """One word of a unit; systemd reads ``%`` as a specifier even between quotes."""
    escaped = _printable(word).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _path(path: Path) -> str:
    """A path as a whole line's value, where quotes would be part of it."""
    return _printable(str(path)).replace("%", "%%")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise BadInputError(
            [Problem(repr(text), "-", "systemd can't take this", "printable characters", code="MW4204")]
        )
    return text
