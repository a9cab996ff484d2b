"""Bringing gateways and the factory's side to their declared state."""
