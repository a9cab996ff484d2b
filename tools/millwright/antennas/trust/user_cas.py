"""Whose user certificates are accepted: the facility's own CA and pinned ones, apart by environment."""

from pathlib import Path

from millwright.antennas.ssh.keys import ensure_key_pair
from millwright.antennas.ssh.private_files import write_whole
from millwright.antennas.trust.own_ca import OwnCa, trusted_keys
from millwright.core.errors import BadInputError, Problem
from millwright.core.json_text import load_json
from millwright.core.process import run_tool
from millwright.facility.model import Facility
from millwright.facility.topics.trust import Environment, UserCa

MAX_BYTES = 64 * 1024


def own_ca(state: Path, environment: Environment) -> OwnCa:
    """The facility's own user CA; each environment has one of its own."""
    name = "user_ca" if environment is Environment.PRODUCTION else f"user_ca_{environment}"
    return OwnCa(state / "ca", name, whose=environment)


def ensure_own_ca(state: Path, environment: Environment) -> Path:
    """The private key that signs user certificates in an environment, made on first use."""
    ca = own_ca(state, environment)
    label = "" if environment is Environment.PRODUCTION else f" ({environment})"
    return ensure_key_pair(ca.folder, ca.current.name, comment=f"millwright user CA{label}")


def environments_of(facility: Facility) -> tuple[Environment, ...]:
    """The environments in which the facility has antennas."""
    used = {antenna.environment for antenna in facility.antennas.values()}
    return tuple(each for each in Environment if each in used)


def trust_file(state: Path, environment: Environment) -> Path:
    """The public keys that sshd trusts in an environment."""
    return state / "trust" / f"{environment}.pub"


def write_trust_files(facility: Facility, facility_file: Path, state: Path) -> None:
    """Write what every gateway and the factory trust.

    Raises :exc:`BadInputError` with every outside CA whose key is not the pinned one; nothing is
    written then.
    """
    outside = _outside_keys(facility, facility_file)
    for environment in environments_of(facility):
        ensure_own_ca(state, environment)
        lines = [*trusted_keys(own_ca(state, environment)), *outside[environment]]
        write_whole(
            trust_file(state, environment), "".join(f"{line}\n" for line in sorted(lines)), mode=0o644
        )


def _outside_keys(facility: Facility, facility_file: Path) -> dict[Environment, list[str]]:
    keys: dict[Environment, list[str]] = {environment: [] for environment in Environment}
    problems: list[Problem] = []
    for name, ca in facility.user_cas.items():
        try:
            keys[ca.environment].append(pinned_ca_key(facility_file.parent / ca.public_key, ca))
        except ValueError as error:
            key = f"user_cas.{name}.public_key"
            problems.append(
                Problem(str(facility_file), key, str(error), f"the key {ca.fingerprint}", code="MW4514")
            )
    if problems:
        raise BadInputError(problems)
    return keys


def pinned_ca_key(path: Path, ca: UserCa) -> str:
    """The public key (type and base64) in a file, if its fingerprint is the pinned one.

    Raises :exc:`ValueError` if it is not, or where the file holds no such key.
    """
    try:
        text = path.read_bytes()[:MAX_BYTES].decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} can't be read: {error}") from error
    key = parse_ca_key(text)
    found = fingerprint_of(key)
    if found != ca.fingerprint:
        raise ValueError(f"{path} holds the key {found or 'of no kind that OpenSSH knows'}")
    return key


def parse_ca_key(text: str) -> str:
    """One public key (type and base64), from OpenSSH's form or from JSON with ``PublicKey``.

    Raises :exc:`ValueError` if there is not exactly one.

    >>> parse_ca_key('{"PublicKey": "ssh-ed25519 AAAA efp"}')
    'ssh-ed25519 AAAA'
    """
    if text.lstrip().startswith("{"):
        try:
            text = load_json(text)["PublicKey"]
        except (ValueError, LookupError, TypeError) as error:
            raise ValueError("JSON without PublicKey") from error
        if not isinstance(text, str):
            raise ValueError("PublicKey is no text")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != 1 or len(lines[0].split()) < 2:
        raise ValueError(f"{len(lines)} keys instead of one")
    kind, key = lines[0].split()[:2]
    if "cert" in kind:
        raise ValueError("a certificate instead of a key")
    return f"{kind} {key}"


def fingerprint_of(key: str) -> str | None:
    """SHA-256 fingerprint of a public key as ``ssh-keygen`` reads it; None if it reads none."""
    done = run_tool(["ssh-keygen", "-l", "-f", "-"], text_input=f"{key}\n")
    return done.stdout.split()[1] if done.returncode == 0 else None
