"""Signed bundles for gateways that cannot be reached, and their signed results."""
