"""The merged report of a run as files in the run's folder: what people read, and the same as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

from millwright.core.files import write_atomically

DATA, TEXT = "report.json", "report.txt"


def store_report(folder: Path, data: Mapping[str, object], text: str) -> None:
    """Write both files whole or not at all; a resumed run replaces those of its earlier part."""
    write_atomically(folder / DATA, json.dumps(data, indent=2) + "\n", mode=0o600)
    write_atomically(folder / TEXT, text, mode=0o600)
