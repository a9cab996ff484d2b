"""What is mounted where on this host."""

import re
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")


def _unescaped(text: str) -> str:
    """A path of proc(5) mountinfo, which writes blanks as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def mounts_below(path: Path, mountinfo: str) -> list[Path]:
    """Mount points at or below a path."""
    points = (Path(_unescaped(line.split()[4])) for line in mountinfo.splitlines())
    return [point for point in points if point.is_relative_to(path)]


def now_below(path: Path) -> list[Path]:
    """Mount points at or below a path at this moment."""
    return mounts_below(path.resolve(), MOUNTINFO.read_text())
