"""Certificates for the keys of hosts, all in one go: the role ``ssh_hosts`` runs it where the host CA lies.

    python -m millwright.antennas.trust.certify_hosts FACILITY_FILE STATE_FOLDER [--check] < keys.json

Reads ``{"host": "ssh-ed25519 …"}`` and prints ``{"certificates": {…}, "signed": […], "authorities": […]}``;
the authorities are the public keys of the host CA, two while it changes. With ``--check`` nothing is
signed: ``signed`` names whose certificate would be, ``certificates`` holds those that are good.
"""

import datetime
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from millwright.antennas.ssh.private_files import private_folder
from millwright.antennas.trust.host_ca import (
    ensure_host_ca,
    ensure_host_certificate,
    host_ca,
    host_certificate,
    host_names,
    is_still_good,
)
from millwright.antennas.trust.own_ca import trusted_keys
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, Problem
from millwright.facility.load import load_facility
from millwright.facility.model import Facility

PUBLIC_KEY = re.compile(r"ssh-ed25519 [A-Za-z0-9+/=]{68}")


def certify(
    facility: Facility, state: Path, keys: Mapping[str, str], now: datetime.datetime, *, check: bool
) -> dict[str, object]:
    """Variables of the role: the certificate of each host, and which of them are new.

    Raises :exc:`BadInputError` with every key that is none and every host that the facility does not know.
    """
    _refuse(facility, keys)
    if check and not (state / "ca" / "host_ca").exists():
        return {"certificates": {}, "signed": list(keys), "authorities": []}
    ca, folder = ensure_host_ca(state), private_folder(state / "hosts")
    certificates: dict[str, str] = {}
    signed = []
    for host, text in keys.items():
        public = _kept(folder / f"{host}.pub", text)
        wanted = host_certificate(facility, host, host_names(facility, host), now)
        path = folder / f"{host}-cert.pub"
        if not is_still_good(path, ca, public, wanted, now):
            signed.append(host)
            if check:
                continue
            ensure_host_certificate(ca, public, wanted, now)
        certificates[host] = path.read_text(encoding="ascii").strip()
    return {"certificates": certificates, "signed": signed, "authorities": [*trusted_keys(host_ca(state))]}


def _refuse(facility: Facility, keys: Mapping[str, str]) -> None:
    known = set(facility.host_addresses())
    strangers = [host for host in keys if host not in known]
    no_keys = [host for host, key in keys.items() if not PUBLIC_KEY.match(key)]
    problems = [
        *(
            Problem("host keys", host, "no such host", "a host under addresses", code="MW4502")
            for host in strangers
        ),
        *(
            Problem("host keys", host, "not an Ed25519 key", "ssh-ed25519 AAAA…", code="MW4503")
            for host in no_keys
        ),
    ]
    if problems:
        raise BadInputError(problems)


def _kept(path: Path, text: str) -> Path:
    """The public key as a file, in the form that ssh-keygen reads."""
    path.write_text(" ".join(text.split()[:2]) + "\n", encoding="ascii")
    return path


def main(arguments: Sequence[str]) -> None:
    """Entry point; see the module."""
    file, state, *options = arguments
    facility = load_facility(Path(file))
    keys = json.load(sys.stdin)
    now = utc_now()
    json.dump(certify(facility, Path(state), keys, now, check="--check" in options), sys.stdout)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BadInputError as error:
        sys.exit(str(error))
