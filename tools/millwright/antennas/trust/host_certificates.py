"""Certificates for gateways; the factory's hosts get theirs from the role ``ssh_hosts``."""

import datetime
from pathlib import Path

from millwright.antennas.ssh.host_keys import SshTarget, pinned_keys, resolve_target
from millwright.antennas.ssh.private_files import write_whole
from millwright.antennas.trust.host_ca import (
    ensure_host_ca,
    ensure_host_certificate,
    host_certificate,
    host_names,
)
from millwright.core.errors import NotTestableError
from millwright.facility.model import Facility

KIND = "ssh-ed25519"
KEY_NAME = "ssh_host_ed25519_key.pub"


def certify_host(facility: Facility, host: str, *, state: Path, now: datetime.datetime) -> Path:
    """The certificate of a host for the key that the administrator has pinned, made or renewed.

    It is in ``state/hosts/<host>/``. Raises :exc:`NotTestableError` if no such key is pinned: a
    key off the wire could be anybody's.
    """
    target = resolve_target(facility, host)
    public = state / "hosts" / host / KEY_NAME
    write_whole(public, f"{_pinned_key(target)}\n", mode=0o644)
    names = tuple(dict.fromkeys([*host_names(facility, host), target.address]))
    return ensure_host_certificate(
        ensure_host_ca(state), public, host_certificate(facility, host, names, now), now
    )


def _pinned_key(target: SshTarget) -> str:
    keys = [key for key in pinned_keys(target) if key.split()[0] == KIND]
    if not keys:
        raise NotTestableError(
            f"{target.host}: no {KIND} host key is pinned; pin it, then apply again", code="MW4504"
        )
    return keys[-1]
