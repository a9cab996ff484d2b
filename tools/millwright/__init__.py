"""Millwright: describe, provision, commission, benchmark and report an AI-factory cluster."""

__version__ = "0.1.0"
