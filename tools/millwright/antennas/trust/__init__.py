"""Certification authorities, certificates and revocations."""
