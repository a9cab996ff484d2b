"""Signatures of files, made and checked by OpenSSH's own ``ssh-keygen -Y``."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import FailedError, NotTestableError
from millwright.results.verification import SignatureCheck

NAMESPACE = "millwright-results"
"""Keeps a signature of a run from being taken for one of anything else."""
WITNESS_NAMESPACE = "millwright-witness"
"""That of a second party's signature of the chain of runs."""

TIMEOUT_S = 30
KEY = re.compile(r"key (SHA256:\S+)")


@dataclass(frozen=True, slots=True)
class _Done:
    returncode: int
    stdout: str
    stderr: str


def sign_file(path: Path, key: Path, namespace: str = NAMESPACE) -> None:
    """Sign a file with a private key, or with a public key whose private part an agent holds.

    The signature is beside the file as ``<name>.sig``. Never asks for a passphrase. Raises
    :exc:`FailedError` where the key can't sign.
    """
    done = _ssh_keygen(("-Y", "sign", "-f", str(key), "-n", namespace, str(path)))
    if done.returncode != 0 or not path.with_name(f"{path.name}.sig").is_file():
        raise FailedError(f"{path} could not be signed with the key {key}: {_last_line(done)}", code="MW3401")


def check_signature(
    path: Path, signature: Path, allowed_signers: Path | None = None, namespace: str = NAMESPACE
) -> SignatureCheck:
    """Judge the signature of a file.

    `allowed_signers` is OpenSSH's file of names and public keys. Without it, or for a key that it does not
    hold, a signature that fits the file is by an unknown signer.
    """
    fits = _ssh_keygen(("-Y", "check-novalidate", "-n", namespace, "-s", str(signature)), path)
    if fits.returncode != 0:
        return SignatureCheck("bad", f"does not fit {path.name}: {_last_line(fits)}")
    match = KEY.search(fits.stdout)
    key = match[1] if match else "unknown key"
    signer = _find_signer(path, signature, allowed_signers, namespace) if allowed_signers else None
    if signer is None:
        return SignatureCheck("unknown signer", key)
    return SignatureCheck("good", f"{signer}, {key}")


def _find_signer(path: Path, signature: Path, allowed_signers: Path, namespace: str) -> str | None:
    """Name whose key made the signature and may sign runs; None if the file knows no such name."""
    names = _ssh_keygen(("-Y", "find-principals", "-s", str(signature), "-f", str(allowed_signers)), path)
    for name in names.stdout.splitlines():
        who = ("-f", str(allowed_signers), "-I", name)
        verify = ("-Y", "verify", *who, "-n", namespace, "-s", str(signature))
        if _ssh_keygen(verify, path).returncode == 0:
            return name
    return None


def _ssh_keygen(arguments: Sequence[str], stdin: Path | None = None) -> _Done:
    """Run ssh-keygen where it can't ask anything: no terminal, no askpass program."""
    try:
        done = subprocess.run(
            ["ssh-keygen", *arguments],
            input=stdin.read_bytes() if stdin else b"",
            capture_output=True,
            timeout=TIMEOUT_S,
            start_new_session=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise NotTestableError(
            "ssh-keygen is missing; install OpenSSH's client (openssh-client)", code="MW3402"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise NotTestableError(f"ssh-keygen gave no answer within {TIMEOUT_S} s", code="MW3403") from error
    return _Done(done.returncode, _decode(done.stdout), _decode(done.stderr))


def _decode(output: bytes) -> str:
    return output.decode("utf-8", errors="replace")


def _last_line(done: _Done) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"ssh-keygen ended with {done.returncode}"
