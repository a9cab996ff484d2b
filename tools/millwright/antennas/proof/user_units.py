"""systemd units of this account: put in place, started and taken away."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from millwright.antennas.ssh.private_files import write_whole
from millwright.core.errors import NotTestableError

TIMEOUT_S = 60
FAILED_TO_ASK = "systemd does not answer this account ({why}): log in on a machine that runs systemd"


def user_units_folder() -> Path:
    """Where systemd looks for an account's own units."""
    return Path.home() / ".config" / "systemd" / "user"


def ensure_timer(units: Mapping[str, str], timer: str, folder: Path) -> bool:
    """Put units in place and start their timer; return whether anything changed.

    The account's units also run while nobody is logged in. Raises :exc:`NotTestableError`, with
    nothing changed, where systemd does not answer.
    """
    was_active = is_active(timer)
    changed = [write_whole(folder / name, text, mode=0o644) for name, text in units.items()]
    if any(changed):
        _systemctl("daemon-reload")
    if any(changed) or not was_active:
        _run(["loginctl", "enable-linger"])
        _systemctl("enable", "--quiet", timer)
        _systemctl("restart", timer)
    return any(changed) or not was_active


def ensure_no_timer(names: Sequence[str], timer: str, folder: Path) -> bool:
    """Stop a timer and take its units away; a run that is under way ends by itself."""
    present = [folder / name for name in names if (folder / name).exists()]
    if not present:
        return False
    is_active(timer)  # says when systemd does not answer, before anything is changed
    if folder / timer in present:
        _systemctl("disable", "--quiet", "--now", timer)
    for path in present:
        path.unlink()
    _systemctl("daemon-reload")
    return True


def is_active(unit: str) -> bool:
    """Whether a unit of this account is active."""
    return _systemctl("show", "--property=ActiveState", "--value", unit).strip() == "active"


def _systemctl(*arguments: str) -> str:
    return _run(["systemctl", "--user", *arguments])


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        why = " ".join(error.stderr.split()) or f"{command[0]} ended with {error.returncode}"
        raise NotTestableError(FAILED_TO_ASK.format(why=why), code="MW4205") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotTestableError(FAILED_TO_ASK.format(why=error), code="MW4205") from error
    return done.stdout
