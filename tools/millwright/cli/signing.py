"""The former place of :mod:`millwright.app.signing`, for command modules that still import it here."""

from millwright.app.signing import known_signers, own_signing_key

__all__ = ["known_signers", "own_signing_key"]
