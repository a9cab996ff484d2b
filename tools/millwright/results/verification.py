"""Whether a stored run, or another folder with a manifest, is still what was stored."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millwright.results.manifest import MANIFEST, SIGNATURE, read_sums, sum_file

SignatureState = Literal["good", "unknown signer", "bad", "unsigned", "not checked"]


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What is known about the signature of a manifest."""

    state: SignatureState
    detail: str = ""
    """The signer and key, or why the signature is bad."""


SignatureChecker = Callable[[Path, Path], SignatureCheck]
"""Judges the signature (second path) of a file (first path)."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The words for a folder whose files a manifest lists."""

    noun: str
    since: str
    """The event after which nothing may change."""


RUN = Sealed("run", "the run was stored")


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Every difference between a manifest and the files of its folder."""

    name: str
    """The folder's name: the id of a run."""
    files: int
    """How many files the manifest lists."""
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    malformed: tuple[str, ...]
    """Lines of the manifest that are no sums, or the manifest's own absence."""
    signature: SignatureCheck
    sealed: Sealed = RUN

    @property
    def is_intact(self) -> bool:
        """Whether every file is there as stored and nothing was added; says nothing of who stored it."""
        return not (self.changed or self.missing or self.extra or self.malformed)

    @property
    def is_trustworthy(self) -> bool:
        """Whether it is intact and no signature contradicts it; an unsigned folder may be."""
        return self.is_intact and self.signature.state != "bad"

    def describe_changes(self) -> tuple[str, ...]:
        """Every change of the files and of the manifest in words."""
        groups = (("changed", self.changed), ("missing", self.missing), ("added", self.extra))
        lines = [f"{name}: {what} since {self.sealed.since}" for what, names in groups for name in names]
        return (*lines, *(f"{MANIFEST}: {line}" for line in self.malformed))

    def describe(self) -> tuple[str, ...]:
        """Every difference in words; empty if all is intact and the signature is not bad."""
        is_bad = self.signature.state == "bad"
        return self.describe_changes() + (f"{SIGNATURE}: {self.signature.detail}",) * is_bad


def verify_run(path: Path, check_signature: SignatureChecker | None = None) -> VerifyResult:
    """Verify a stored run, see :func:`verify_sealed`."""
    return verify_sealed(path, check_signature, RUN)


def verify_sealed(path: Path, check_signature: SignatureChecker | None, sealed: Sealed) -> VerifyResult:
    """Compare every file of a folder with its manifest, and the manifest with its signature.

    Without `check_signature` a signature is found but not checked. Raises :exc:`OSError` if the folder
    can't be read.
    """
    found = frozenset(_list_files(path))
    if MANIFEST not in found or (path / MANIFEST).is_symlink():
        unsigned = _unsigned(sealed)
        return VerifyResult(path.name, 0, (), (), tuple(sorted(found)), ("missing",), unsigned, sealed)
    sums, malformed = read_sums((path / MANIFEST).read_text(encoding="utf-8", errors="replace"))
    listed = frozenset(sums)
    here = listed & found
    return VerifyResult(
        name=path.name,
        files=len(sums),
        changed=tuple(sorted(name for name in here if _differs(path / name, sums[name]))),
        missing=tuple(sorted(listed - found)),
        extra=tuple(sorted(found - listed - {MANIFEST, SIGNATURE})),
        malformed=tuple(f"not a sum of a file: {line!r}" for line in malformed),
        signature=_check(path, check_signature, sealed),
        sealed=sealed,
    )


def _list_files(top: Path) -> Iterator[str]:
    """Every file and link below a folder; raises :exc:`OSError` where one folder can't be listed."""

    def fail(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(top, onerror=fail):
        here = Path(parent)
        links = [name for name in folders if (here / name).is_symlink()]
        yield from (str((here / name).relative_to(top)) for name in [*files, *links])


def _differs(path: Path, digest: str) -> bool:
    return path.is_symlink() or not path.is_file() or sum_file(path) != digest


def _unsigned(sealed: Sealed) -> SignatureCheck:
    return SignatureCheck("unsigned", f"nobody signed this {sealed.noun}'s manifest")


def _check(path: Path, check_signature: SignatureChecker | None, sealed: Sealed) -> SignatureCheck:
    if check_signature is None and (path / SIGNATURE).is_file():
        return SignatureCheck("not checked", f"the {sealed.noun} is signed; its signature was not checked")
    found = check_beside(path / MANIFEST, path / SIGNATURE, check_signature)
    return _unsigned(sealed) if found.state == "unsigned" else found


def check_beside(file: Path, signature: Path, check_signature: SignatureChecker | None) -> SignatureCheck:
    """Judge the signature beside a file; what is there and is no regular file is a bad one."""
    if not os.path.lexists(signature):
        return SignatureCheck("unsigned", f"nobody signed {file.name}")
    if signature.is_symlink() or not signature.is_file():
        return SignatureCheck("bad", "not a regular file")
    return check_signature(file, signature) if check_signature else SignatureCheck("not checked")
