"""What a gateway sent back: signed with its host key, for a bundle that was made here, and read once."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from millwright.antennas.bundle.build import bundles_folder
from millwright.antennas.bundle.manifest import FORMAT, RESULT_NAMESPACE
from millwright.antennas.ssh.private_files import write_whole
from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.core.json_text import load_json
from millwright.core.process import run_tool

MARK = "-----BEGIN SSH SIGNATURE-----"
MAX_BYTES = 1024 * 1024


class Result(BaseModel):
    """The document that a gateway signs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: int
    facility: str
    antenna: str
    gateway: str
    serial: int
    nonce: str
    is_good: bool
    operations: int
    changed: list[str]
    failed: list[str]
    last_words: list[str]
    finished: str
    wireguard_public_key: str
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sender:
    """The gateway that a result must come from."""

    facility: str
    antenna: str
    host_keys: tuple[str, ...]
    """Pinned host keys, ``type base64``."""


def take_result(path: Path, sender: Sender, *, state: Path) -> Result:
    """Verify a result and remember it, so that it is taken only once.

    Raises :exc:`BadInputError` if it was altered, comes from another host, belongs to no bundle that
    was made here, or was taken before.
    """
    text = _read(path)
    document, mark, signature = text.partition(MARK)
    if not mark or not _is_signed(document, mark + signature, sender.host_keys):
        raise _refusal(path, "not signed by the gateway's pinned host key, or altered")
    result = _parse(path, document)
    folder = bundles_folder(state, sender.antenna)
    if found := [*_find_problems(result, sender, folder)]:
        raise BadInputError(
            Problem(str(path), "-", each, "the result of the last bundle", code="MW4003") for each in found
        )
    write_whole(folder / f"{result.serial}.result", text)
    return result


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES).decode("utf-8")
    except OSError as error:
        raise _refusal(path, error.strerror or "unreadable") from error
    except UnicodeDecodeError as error:
        raise _refusal(path, "not a result") from error


def _is_signed(document: str, signature: str, host_keys: Iterable[str]) -> bool:
    with tempfile.TemporaryDirectory(prefix="millwright-result-") as folder:
        allowed, signed = Path(folder) / "signers", Path(folder) / "signature"
        lines = (f'gateway namespaces="{RESULT_NAMESPACE}" {key}\n' for key in host_keys)
        allowed.write_text("".join(lines), encoding="ascii")
        signed.write_text(signature, encoding="utf-8")
        about = ["-f", str(allowed), "-I", "gateway", "-n", RESULT_NAMESPACE, "-s", str(signed)]
        done = run_tool(["ssh-keygen", "-Y", "verify", *about], text_input=document)
    return done.returncode == 0


def _parse(path: Path, document: str) -> Result:
    try:
        return Result.model_validate_json(document)
    except ValidationError as error:
        problem = f"signed well, but not a result of format {FORMAT}: {error.error_count()} faults"
        raise _refusal(path, problem) from error


def _find_problems(result: Result, sender: Sender, folder: Path) -> Iterable[str]:
    if (result.facility, result.antenna) != (sender.facility, sender.antenna):
        yield f"the result of {result.facility}/{result.antenna}, not of {sender.facility}/{sender.antenna}"
        return
    issued = folder / f"{result.serial}.json"
    if not issued.is_file() or _manifest(issued).get("nonce") != result.nonce:
        yield f"belongs to no bundle that was made here (serial {result.serial})"
    taken = [int(each.stem) for each in folder.glob("*.result") if each.stem.isdigit()]
    if result.serial in taken:
        yield f"was imported before (serial {result.serial})"
    elif taken and result.serial < max(taken):
        yield f"is older than the one that was imported last (serial {max(taken)})"


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = load_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FailedError(f"{path} can't be read: {error}", code="MW4004") from error
    return found


def _refusal(path: Path, problem: str) -> BadInputError:
    return BadInputError(
        [Problem(str(path), "-", problem, "the file that the gateway wrote, unchanged", code="MW4005")]
    )
