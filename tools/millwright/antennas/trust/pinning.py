"""Pinning the host key of a gateway or login node, for which somebody there vouches by its fingerprint."""

import re
import shutil
import tempfile
from pathlib import Path

from millwright.antennas.ssh.host_keys import SshTarget, pinned_keys
from millwright.antennas.ssh.private_files import private_folder
from millwright.antennas.trust.user_cas import fingerprint_of
from millwright.core.errors import BadInputError, FailedError, NotTestableError, Problem
from millwright.core.process import output_of, run_tool

KIND = "ssh-ed25519"
SCAN_S = 10
LINE = re.compile(rf"(?:^|\s)({KIND}) ([A-Za-z0-9+/=]+)(?=\s|$)")


def pin_host_key(target: SshTarget, fingerprint: str, *, key_file: Path | None = None) -> bool:
    """Pin the Ed25519 key of this fingerprint, in place of every other one; False where it was pinned.

    The key comes from a file, or off the wire where none is given. The first ``UserKnownHostsFile`` of
    the administrator's OpenSSH is changed, in one step. Raises :exc:`BadInputError` if the file holds
    another key, :exc:`FailedError` where the host shows another, and :exc:`NotTestableError` if none is
    shown.
    """
    key = _from_file(key_file, fingerprint) if key_file else _off_the_wire(target, fingerprint)
    if _pinned(target) == (key,):
        return False
    _replace(target, key)
    return True


def _from_file(path: Path, fingerprint: str) -> str:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(path), "-", f"can't be read: {error}", "a public key", code="MW4507")]
        ) from error
    keys = _keys(text)
    for key in keys:
        if fingerprint_of(key) == fingerprint:
            return key
    found = ", ".join(str(fingerprint_of(key)) for key in keys) or f"no {KIND} key"
    raise BadInputError([Problem(str(path), "-", found, f"the {KIND} key {fingerprint}", code="MW4508")])


def _off_the_wire(target: SshTarget, fingerprint: str) -> str:
    arguments = ["-T", str(SCAN_S), "-t", "ed25519", "-p", str(target.port), "--", target.address]
    shown = _keys(run_tool(["ssh-keyscan", *arguments], limit_s=3 * SCAN_S).stdout)
    for key in shown:
        if fingerprint_of(key) == fingerprint:
            return key
    if not shown:
        where = f"{target.address} port {target.port}"
        raise NotTestableError(
            f"{target.host} shows no {KIND} key at {where}; bring its file with --key", code="MW4509"
        )
    found = ", ".join(str(fingerprint_of(key)) for key in shown)
    raise FailedError(
        f"{target.host} shows the key {found}, not {fingerprint}: nothing was pinned. Is it the right host?",
        code="MW4510",
    )


def _keys(text: str) -> tuple[str, ...]:
    lines = (line for line in text.splitlines() if not line.startswith(("#", "@")))
    return tuple(f"{found[1]} {found[2]}" for line in lines if (found := LINE.search(line)))


def _pinned(target: SshTarget) -> tuple[str, ...]:
    try:
        return pinned_keys(target)
    except NotTestableError:
        return ()


def _replace(target: SshTarget, key: str) -> None:
    """Forget what is known of the host and write the new line, in a copy that then takes the file's place."""
    file = target.known_hosts_files[0]
    if not file.parent.is_dir():
        private_folder(file.parent)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".pin-") as folder:
        copy = Path(folder) / "known_hosts"
        if file.exists():
            shutil.copy2(file, copy)
            for name in target.names_in_known_hosts:
                output_of(["ssh-keygen", "-R", name, "-f", str(copy)])
        with copy.open("a", encoding="utf-8") as stream:
            stream.write(f"{','.join(target.names_in_known_hosts)} {key}\n")
        copy.replace(file)
