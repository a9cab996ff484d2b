"""Host certificates: one CA vouches for every host of a facility, so nobody meets an unknown host key.

A host that is reinstalled gets a certificate for its new key, and no user notices. Only keys that
the administrator has pinned (or made) are certified: the CA never vouches for a key off the wire.
"""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

from millwright.antennas.ssh.certificate_signing import HOST, Certificate, read_certificate, sign
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust.own_ca import OwnCa, trusted_keys
from millwright.core.errors import FailedError
from millwright.facility.model import Facility

LIFETIME = datetime.timedelta(days=365)
"""A host certificate's life; renewed by the first apply of its second half."""
CLOCK_SKEW = datetime.timedelta(hours=1)


def ensure_host_ca(state: Path) -> Path:
    """The private key of the facility's host CA, made on first use; ``host_ca.pub`` is beside it.

    ``state`` is the facility's state folder; the private key never leaves it.
    """
    return ensure_key_pair(state / "ca", "host_ca", comment="millwright host CA")


def host_ca(state: Path) -> OwnCa:
    """The files of the facility's host CA, also while it changes."""
    return OwnCa(state / "ca", "host_ca", whose="hosts")


def host_names(facility: Facility, host: str) -> tuple[str, ...]:
    """Every name and address under which a host is met; the principals of its certificate.

    The login node is met under the factory's end of each tunnel as well.
    """
    domain = (f"{host}.{facility.network.domain}",) if facility.network else ()
    address = facility.host_addresses().get(host)
    tunnels: tuple[str, ...] = ()
    if facility.services is not None and host == facility.services.login:
        tunnels = tuple(antenna.tunnel.factory_address for antenna in facility.antennas.values())
    return tuple(dict.fromkeys([host, *domain, *([address] if address else []), *tunnels]))


def host_certificate(
    facility: Facility, host: str, names: Sequence[str], now: datetime.datetime
) -> Certificate:
    """What the certificate of a host says at ``now``; its serial is the time of issue in microseconds."""
    issued = now.replace(microsecond=0)
    return Certificate(
        key_id=f"{facility.name}/{host}",
        serial=round(now.timestamp() * 1_000_000),
        principals=tuple(names),
        valid_after=issued - CLOCK_SKEW,
        valid_before=issued + LIFETIME,
        extensions=(),
        kind=HOST,
    )


def ensure_host_certificate(ca: Path, public_key: Path, wanted: Certificate, now: datetime.datetime) -> Path:
    """The certificate beside ``public_key``; signed again if it is not ``wanted`` or half expired.

    Raises :exc:`FailedError` if ``ssh-keygen`` refuses.
    """
    path = public_key.with_name(f"{public_key.name.removesuffix('.pub')}-cert.pub")
    if not is_still_good(path, ca, public_key, wanted, now):
        sign(ca, public_key, wanted, path)
    return path


def is_still_good(
    path: Path, ca: Path, public_key: Path, wanted: Certificate, now: datetime.datetime
) -> bool:
    """Whether a certificate is the CA's, says what is ``wanted`` of the key, and has half its life left."""
    try:
        held = read_certificate(path)
    except FailedError:
        return False  # not there, or damaged
    return (
        (held.key, held.signer) == (fingerprint(public_key), fingerprint(public_half(ca)))
        and (held.certificate.key_id, held.certificate.principals) == (wanted.key_id, wanted.principals)
        and held.certificate.is_fresh(now)
    )


def authority_lines(ca: OwnCa, names: Iterable[str]) -> tuple[str, ...]:
    """Lines for ``known_hosts``: hosts under these names are known by a certificate of the CA.

    While the CA changes, one of the next or the former CA does as well.
    """
    known = ",".join(dict.fromkeys(names))
    return tuple(f"@cert-authority {known} {key}" for key in trusted_keys(ca))


def hosts_of_another_ca(facility: Facility, state: Path) -> tuple[str, ...]:
    """Hosts of the facility whose certificate was not made by the CA that signs now.

    Gateways and the factory's hosts keep theirs in different places; what is in the place of the other
    kind is of a host that was put to another use.
    """
    signs, folder = fingerprint(public_half(host_ca(state).current)), state / "hosts"
    gateways = {antenna.gateway for antenna in facility.antennas.values()}
    made = {path.name.removesuffix("-cert.pub"): path for path in folder.glob("*-cert.pub")}
    of_gateways = {path.parent.name: path for path in folder.glob("*/*-cert.pub")}
    held = {host: (of_gateways if host in gateways else made).get(host) for host in facility.host_addresses()}
    return tuple(
        host for host, path in sorted(held.items()) if path and read_certificate(path).signer != signs
    )
