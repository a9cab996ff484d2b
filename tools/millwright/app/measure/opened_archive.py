"""An archive of a run, unpacked and found whole, for commands that read runs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from millwright import __version__
from millwright.app.context import Context
from millwright.app.measure.results_archive import product_files
from millwright.results.archive.bag import PAYLOAD, find_bag_problems
from millwright.results.archive.contents import CATALOGUE, RESULTS, SIGNERS, read_description
from millwright.results.archive.unpack import refuse_bag, unpack
from millwright.results.manifest import sum_file


@dataclass(frozen=True, slots=True)
class OpenedArchive:
    """The content of an archive, as long as it is open."""

    results: Path
    facility: str
    run: str
    run_folder: str
    """How the report names the run's folder."""
    catalogue: Path
    allowed_signers: Path | None
    """The signers that the archive brings; whoever made it chose them."""


@contextmanager
def opened_archive(context: Context, archive: Path) -> Iterator[OpenedArchive]:
    """Unpack an archive into a temporary folder and verify its sums.

    Warns if this Millwright would make another report than the one that the archive names. Raises
    :exc:`BadInputError` with every problem of an archive that is hostile, broken or changed.
    """
    with tempfile.TemporaryDirectory(prefix="millwright-archive-") as folder:
        context.progress.step("archive", f"unpacking {archive.name}")
        bag = unpack(archive, Path(folder))
        refuse_bag(archive, find_bag_problems(bag))
        found = read_description(bag, archive)
        content = bag / PAYLOAD
        for line in _differences(found.millwright, content):
            context.warn(f"{archive}: {line}")
        signers = content / SIGNERS
        yield OpenedArchive(
            results=content / RESULTS,
            facility=found.facility,
            run=found.run,
            run_folder=found.run_folder,
            catalogue=content / CATALOGUE,
            allowed_signers=signers if signers.is_file() else None,
        )


def _differences(version: str, content: Path) -> Iterator[str]:
    """Why this installation would write another report."""
    if version != __version__:
        yield f"made by Millwright {version}, this is {__version__}: the report may differ"
    for name, own in product_files().items():
        there = content / name
        if there.is_file() and sum_file(there) != sum_file(own):
            used = "the archive's is used" if name == CATALOGUE else "this one's is used"
            yield f"{name} is not that of this installation: {used}"
