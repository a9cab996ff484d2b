"""The directory as groups and variables of Ansible, with its pinned certification authority."""

import hashlib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from millwright.core.errors import Problem
from millwright.facility.model import Facility
from millwright.facility.topics.directory import Directory, DirectoryCa

BEGIN = "-----BEGIN CERTIFICATE-----"
END = "-----END CERTIFICATE-----"
MAX_BYTES = 65_536


def directory_groups(facility: Facility, known: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Every host that is managed: Slurm needs equal ids on all of them, slurmdbd's host among these."""
    return {"directory": tuple(known["managed"]) if facility.directory else ()}


def directory_variables(facility: Facility, file: Path) -> dict[str, object]:
    """What hosts are told of the directory; no secret is among it."""
    directory = facility.directory
    return {"facility_directory": _variables(directory, file) if directory else {}}


def _variables(directory: Directory, file: Path) -> dict[str, object]:
    variables = directory.model_dump(mode="json", by_alias=True, exclude={"ca"})
    text = read_ca(directory.ca, file)
    return {**variables, "ca": text if isinstance(text, str) else ""}


def find_ca_problems(facility: Facility, file: Path) -> Iterator[Problem]:
    """A certification authority that is not there, or not the pinned one."""
    if facility.directory:
        found = read_ca(facility.directory.ca, file)
        if isinstance(found, Problem):
            yield found


def read_ca(ca: DirectoryCa, file: Path) -> str | Problem:
    """The pinned certificate in PEM, and nothing else of its file; or what is wrong with it."""
    path = file.resolve().parent / ca.file
    try:
        with path.open(encoding="ascii", errors="replace") as opened:
            text = opened.read(MAX_BYTES)
    except OSError as error:
        return Problem(
            str(file), "directory.ca.file", f"{path}: {error.strerror}", "a certificate in PEM", code="MW1321"
        )
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        wrong = f"{path} holds {text.count(BEGIN)} certificates"
        return Problem(str(file), "directory.ca.file", wrong, "exactly one certificate in PEM", code="MW1322")
    begin = text.index(BEGIN)
    try:
        der = ssl.PEM_cert_to_DER_cert(text[begin : text.index(END) + len(END)])
    except ValueError as error:
        return Problem(
            str(file), "directory.ca.file", f"{path}: {error}", "a certificate in PEM", code="MW1323"
        )
    if fingerprint_of(der) != ca.fingerprint:
        wrong = f"{path} has the fingerprint {fingerprint_of(der)}, so it is another certificate"
        return Problem(str(file), "directory.ca.fingerprint", wrong, ca.fingerprint, code="MW1324")
    return ssl.DER_cert_to_PEM_cert(der)


def fingerprint_of(der: bytes) -> str:
    """SHA-256 of a certificate in the manner of openssl.

    >>> fingerprint_of(b"")[:11]
    'E3:B0:C4:42'
    """
    return hashlib.sha256(der).digest().hex(":").upper()
