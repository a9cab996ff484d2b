"""What a rule says about values that contradict each other."""

Finding = tuple[str, str, str]
"""Dotted key, problem, what was expected."""
