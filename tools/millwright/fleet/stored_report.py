"""The merged report of a run as files in the run's folder: what people read, and the same as JSON."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

DATA, TEXT = "report.json", "report.txt"


def store_report(folder: Path, data: Mapping[str, object], text: str) -> None:
    """Write both files whole or not at all; a resumed run replaces those of its earlier part."""
    _write(folder / DATA, json.dumps(data, indent=2) + "\n")
    _write(folder / TEXT, text)


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(path.suffix + ".new")
    with open(new, "w", encoding="utf-8", opener=_private) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
