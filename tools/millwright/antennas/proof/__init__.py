"""Proofs that an antenna's users reach the factory and that others do not."""
