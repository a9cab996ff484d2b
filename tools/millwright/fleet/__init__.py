"""Many hosts at once: waves, failure budgets, journals, drains and the gate before service."""
