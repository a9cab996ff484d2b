"""Machines, AI factories and antennas as they are published, every fact with its source."""
