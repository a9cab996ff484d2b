"""Slurm: what its commands print, and running them on the controller."""
