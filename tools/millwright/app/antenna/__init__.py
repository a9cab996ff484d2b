"""Commands on antennas."""
