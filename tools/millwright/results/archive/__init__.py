"""Runs as archives that outlive their results folder: BagIt 1.0 around an RO-Crate."""
