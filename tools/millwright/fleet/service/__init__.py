"""Nodes out of service and back: drain, maintenance, the gate."""
