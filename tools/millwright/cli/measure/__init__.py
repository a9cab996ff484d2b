"""Commands that measure, judge and report."""
