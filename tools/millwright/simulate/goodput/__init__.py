"""Productive share of a long training job: closed form where it is exact, simulation elsewhere."""
