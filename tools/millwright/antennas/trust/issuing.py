"""A certificate for the key that a user made at home: only the public half ever travels."""

import tempfile
from pathlib import Path

from millwright.antennas.ssh.certificate_signing import Certificate, sign
from millwright.antennas.ssh.private_files import private_folder
from millwright.antennas.trust.certificates import ensure_user_ca, refuse_revoked
from millwright.core.errors import BadInputError, Problem
from millwright.core.process import run_tool
from millwright.facility.topics.trust import Environment

MAX_KEY_BYTES = 16 * 1024


def issue_certificate(
    public_key: Path,
    wanted: Certificate,
    *,
    state: Path,
    environment: Environment = Environment.PRODUCTION,
) -> str:
    """The text of a certificate for a user's own public key.

    ``state`` is the facility's state folder, which holds the user CAs. Raises :exc:`BadInputError` if
    the file is no public key of OpenSSH, or the user is revoked.
    """
    refuse_revoked(state, wanted)
    text = _public_key(public_key)
    with tempfile.TemporaryDirectory(dir=private_folder(state), prefix=".issue-") as folder:
        copy, certificate = Path(folder) / "key.pub", Path(folder) / "cert.pub"
        copy.write_text(text, encoding="ascii")
        sign(ensure_user_ca(state, environment), copy, wanted, certificate)
        return certificate.read_text(encoding="ascii")


def _public_key(path: Path) -> str:
    """One line of a public key; a private key or a certificate is refused unread."""
    expected = "a public key, for example ~/.ssh/id_ed25519.pub"
    try:
        data = path.read_bytes()[: MAX_KEY_BYTES + 1]
        lines = data.decode("ascii", errors="strict").splitlines()
    except OSError as error:
        raise BadInputError(
            [Problem(str(path), "-", error.strerror or "unreadable", expected, code="MW4505")]
        ) from error
    except UnicodeDecodeError:
        lines = []
    is_one_key = len(lines) == 1 and len(data) <= MAX_KEY_BYTES and "-cert-" not in lines[0].split(" ")[0]
    if not is_one_key or run_tool(["ssh-keygen", "-l", "-f", str(path)]).returncode != 0:
        raise BadInputError(
            [Problem(str(path), "-", "not one public key of OpenSSH", expected, code="MW4506")]
        )
    return f"{lines[0]}\n"
