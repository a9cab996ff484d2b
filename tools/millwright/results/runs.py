"""Stored runs: list them, and load one with everything it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.checks.registry import Registry, parse_registry, shipped_checks
from millwright.core.errors import BadInputError, Problem
from millwright.results.accounting import SCHEMA as ACCOUNTING_SCHEMA
from millwright.results.accounting import AccountingEvidence
from millwright.results.chain import Chain, is_run, read_chain
from millwright.results.evidence import Counted, Rejected
from millwright.results.manifest import MANIFEST, read_sums, sum_file
from millwright.results.old_samples import read_old_samples
from millwright.results.records import from_json, from_json_lines
from millwright.results.run_info import OLD_SCHEMA, SCHEMA, RunInfo
from millwright.results.samples import Samples, Series
from millwright.results.samples_file import read_samples
from millwright.results.storing import (
    ACCOUNTING_FILE,
    CHECKS_FILE,
    COUNTED_FILE,
    FACILITY_FILE,
    OLD_SAMPLES_FILE,
    REJECTED_FILE,
    RUN_FILE,
    SAMPLES_FILE,
)
from millwright.results.verification import VerifyResult, verify_run

BASELINES = ".baselines"
"""Folder beside the runs with what was accepted as their baseline."""
KEPT = frozenset({BASELINES, ".begun", ".ingested", ".witness"})
"""Folders beside the runs that belong to their chain, or are made from it."""


@dataclass(frozen=True, slots=True)
class StoredRuns:
    """What the results folder of a facility holds."""

    runs: tuple[Path, ...]
    """Stored runs in the order of the chain; those before the chain, and those of other facilities, first."""
    leftovers: tuple[Path, ...]
    """What is no stored run: a write that was interrupted, or something foreign. Never counted."""
    chain: Chain


@dataclass(frozen=True, slots=True)
class Run:
    """One stored run, unchanged since it was stored."""

    path: Path
    info: RunInfo
    samples: Samples
    counted: tuple[Counted, ...]
    rejected: tuple[Rejected, ...]
    sums: Mapping[str, str]
    """SHA-256 of every file by its path within the run folder."""
    manifest_sum: str
    """SHA-256 of the manifest: names the run's whole content."""
    registry: Registry
    """The checks as they were declared when it was measured."""
    accounting: AccountingEvidence | None = None
    """What slurmdbd said was used; None if the run did not ask."""

    @property
    def series(self) -> Sequence[Series]:
        """Its series, sorted by place, each made as it is asked for."""
        return self.samples.series

    @property
    def facility_file(self) -> Path:
        """The facility file as it was when the run started."""
        return self.path / FACILITY_FILE


def list_runs(root: Path, facility: str) -> StoredRuns:
    """Every run of a facility below `root`; nothing if there is no such folder."""
    place = root / facility
    chain = read_chain(root, facility)
    entries = [entry for entry in sorted(place.iterdir()) if entry.name not in KEPT] if place.is_dir() else []
    order = {link.run_id: number for number, link in enumerate(chain.links)}
    runs = sorted(filter(is_run, entries), key=lambda entry: order.get(entry.name, -1))
    return StoredRuns(tuple(runs), tuple(entry for entry in entries if not is_run(entry)), chain)


def find_run(root: Path, facility: str, run_id: str | None = None) -> Path:
    """Folder of a run, or of the newest complete one; raises :exc:`BadInputError` if there is none."""
    stored = list_runs(root, facility)
    newest = stored.chain.newest
    if run_id is None and newest:
        return root / facility / newest.run_id
    matching = [run for run in stored.runs if run.name == run_id]
    if matching:
        return matching[0]
    what = f"no run {run_id!r} of {facility!r}" if run_id else f"no complete run of {facility!r} is stored"
    known = ", ".join(run.name for run in stored.runs[-5:]) or "a run stored by millwright run"
    raise BadInputError([Problem(str(root), "-", what, known, code="MW6002")])


def load_run(path: Path, verified: VerifyResult | None = None) -> Run:
    """Load a stored run; ``verified`` is what :func:`verify_run` has just found, so that it is not repeated.

    Raises :exc:`BadInputError` where any of its files is not as it was stored: a changed run proves
    nothing. The signature is not checked here, see :func:`~millwright.results.verification.verify_run`.
    """
    result = verified or verify_run(path)
    if not result.is_intact:
        raise BadInputError(
            Problem(str(path), "-", line, "the run as it was stored", code="MW6003")
            for line in result.describe()
        )
    return Run(
        path=path,
        info=(info := read_info(path)),
        samples=_read_samples(path, info),
        counted=from_json_lines(Counted, _text(path, COUNTED_FILE), str(path / COUNTED_FILE)),
        rejected=from_json_lines(Rejected, _text(path, REJECTED_FILE), str(path / REJECTED_FILE)),
        sums=read_sums(_text(path, MANIFEST))[0],
        manifest_sum=sum_file(path / MANIFEST),
        registry=read_declarations(path),
        accounting=_read_accounting(path),
    )


def read_info(path: Path) -> RunInfo:
    """Read what a run says about itself, without looking at any other of its files.

    Raises :exc:`BadInputError` where it can't be read or is another run's.
    """
    file = path / RUN_FILE
    info = from_json(RunInfo, _text(path, RUN_FILE), str(file))
    if info.schema not in {SCHEMA, OLD_SCHEMA} or info.run_id != path.name:
        problem = f"says it is {info.run_id!r} in format {info.schema!r}"
        raise BadInputError(
            [Problem(str(file), "-", problem, f"{path.name!r} in format {SCHEMA!r}", code="MW6004")]
        )
    return info


def read_declarations(path: Path) -> Registry:
    """The checks as a run declares them; one stored before they were kept used the shipped ones.

    Raises :exc:`BadInputError` for a file that Millwright would not have written.
    """
    if not (path / CHECKS_FILE).exists():
        return shipped_checks()
    return parse_registry(_text(path, CHECKS_FILE), str(path / CHECKS_FILE))


def _read_accounting(path: Path) -> AccountingEvidence | None:
    file = path / ACCOUNTING_FILE
    if not file.exists():
        return None
    found = from_json(AccountingEvidence, _text(path, ACCOUNTING_FILE), str(file))
    if found.schema != ACCOUNTING_SCHEMA:
        problem = f"in format {found.schema!r}"
        raise BadInputError([Problem(str(file), "schema", problem, ACCOUNTING_SCHEMA, code="MW6005")])
    return found


def _read_samples(path: Path, info: RunInfo) -> Samples:
    if info.schema == OLD_SCHEMA:
        file = path / OLD_SAMPLES_FILE
        return read_old_samples(_text(path, OLD_SAMPLES_FILE), str(file))
    return read_samples(path / SAMPLES_FILE, info.facility)


def _text(path: Path, name: str) -> str:
    try:
        return (path / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(path / name), "-", f"can't be read: {error}", "a run's file", code="MW6007")]
        ) from error
