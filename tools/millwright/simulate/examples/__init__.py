"""Scenario files to begin with, each whole and commented."""

from pathlib import Path


def example_text(kind: str) -> str:
    """The scenario of a kind of simulation: ``goodput``, ``queue`` or ``growth``."""
    return (Path(__file__).parent / f"{kind}.yaml").read_text(encoding="utf-8")
