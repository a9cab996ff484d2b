"""Scenario files to begin with."""

from millwright.simulate.examples import example_text

__all__ = ["example_text"]
