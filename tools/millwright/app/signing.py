"""The key that signs runs unless another is named, and the signers that are known here."""

from pathlib import Path

from millwright.adapters.openssh.signatures import NAMESPACE
from millwright.antennas.ssh.keys import ensure_key_pair, public_half
from millwright.antennas.ssh.private_files import write_whole
from millwright.core.places import state_folder

SIGNER = "millwright"
FOLDER = "_signing"  # no facility can have this name


def own_signing_key() -> Path:
    """The private key that this account signs runs with, made when first needed."""
    folder = state_folder(FOLDER)
    private = ensure_key_pair(folder, "id_ed25519", comment="millwright results")
    signers = folder / "allowed_signers"
    if not signers.exists():
        public = public_half(private).read_text(encoding="ascii")
        write_whole(signers, f'{SIGNER} namespaces="{NAMESPACE}" {public}', mode=0o644)
    return private


def known_signers(given: Path | None) -> Path | None:
    """OpenSSH's allowed signers: the file given, else this account's own, else None."""
    own = state_folder(FOLDER) / "allowed_signers"
    return given or (own if own.exists() else None)
