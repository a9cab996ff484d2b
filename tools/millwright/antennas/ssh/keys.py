"""OpenSSH key pairs in the state folder, made once and never readable by others."""

import shutil
import tempfile
from pathlib import Path

from millwright.antennas.ssh.private_files import private_folder, refuse_readable_by_others, write_whole
from millwright.core.process import output_of


def ensure_key_pair(folder: Path, name: str, *, comment: str) -> Path:
    """The private key ``folder/name`` of an Ed25519 pair, made whole or not at all.

    Of two processes that make it at once both get the key of the first.
    Raises :exc:`BadInputError` if others can read the private key.
    """
    private = folder / name
    if not private.exists():
        _make_key_pair(private, comment)
    refuse_readable_by_others(private)
    public = public_half(private)
    if not public.exists():
        write_whole(public, output_of(["ssh-keygen", "-y", "-f", str(private)]), mode=0o644)
    return private


def public_half(private: Path) -> Path:
    """The public key's file beside a private key."""
    return private.with_name(f"{private.name}.pub")


def _make_key_pair(private: Path, comment: str) -> None:
    scratch = Path(tempfile.mkdtemp(dir=private_folder(private.parent), prefix=".new-"))
    try:
        made = scratch / private.name
        output_of(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(made)])
        try:
            private.hardlink_to(made)
        except FileExistsError:
            return  # another process was first; its key counts
        public_half(made).replace(public_half(private))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def fingerprint(public: Path) -> str:
    """SHA-256 fingerprint of a public key or of the key in a certificate, as ``ssh-keygen -l`` prints it."""
    return output_of(["ssh-keygen", "-l", "-f", str(public)]).split()[1]
