"""Mutates the packages that decide on verdicts, in a copy, and runs their tests on each mutant.

Cosmic Ray makes the changes. Exits with 1 if more than a tenth of the mutants survives.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from forks import Outcome, preload, test_in_fork
from sampling import Mutation, find_mutations, sample
from verdict import (
    MOST_SURVIVING,
    Change,
    describe,
    describe_change,
    find_outdated,
    read_equivalents,
    summarise,
)

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENTS = Path(__file__).with_name("equivalent.yaml")
STATE = ROOT / ".mutants.json"
"""What the last run found, for ``--again``."""
PACKAGE = "tools/millwright"
ROOMS = ("statistics", "verdicts", "results", "capacity")
SIZE = 330
SEED = 20261130
SLOW = (
    "tests/results/test_storing.py::test_a_killed_writer_leaves_only_a_leftover_that_is_never_counted",
    "tests/statistics/test_interval.py::test_the_interval_holds_the_true_median_in_at_least_95_percent_of_runs",
)
"""Tests that start programs or draw thousands of samples, too long for hundreds of runs."""


@dataclass(frozen=True, slots=True)
class State:
    """What a run found, as it is kept."""

    killed: int
    stillborn: int
    survivors: tuple[Mutation, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """Mutants with what the tests made of them."""

    outcomes: tuple[Outcome, ...]
    survived: tuple[tuple[Mutation, Change], ...]

    def count(self, outcome: Outcome) -> int:
        """How many had this outcome."""
        return self.outcomes.count(outcome)


def main() -> int:
    """Run the command line."""
    options = _options()
    equivalents = read_equivalents(EQUIVALENTS)
    if outdated := find_outdated(equivalents, ROOT):
        for change in outdated:
            print(f"{EQUIVALENTS}: {change.module} has no line {change.before!r}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="millwright-mutants-") as folder:
        before = _read_state() if options.again else None
        copy = Path(folder) / "checkout"
        _copy_checkout(copy)
        chosen = before.survivors if before else _choose(copy, options.size, options.seed)
        tried = _try_all(copy, chosen)
    state = State(
        killed=tried.count(Outcome.KILLED) + (before.killed if before else 0),
        stillborn=tried.count(Outcome.STILLBORN) + (before.stillborn if before else 0),
        survivors=tuple(mutation for mutation, _ in tried.survived),
    )
    _write_state(state)
    summary = summarise(state.killed, [change for _, change in tried.survived], state.stillborn, equivalents)
    print(describe(summary))
    return 1 if summary.share > MOST_SURVIVING else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help=f"places to mutate ({SIZE})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the sample ({SEED})")
    parser.add_argument("--again", action="store_true", help="only what survived the last run")
    return parser.parse_args()


def _copy_checkout(target: Path) -> None:
    """Copy what git knows or would add: a mutant must never be left in the checkout."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, done.stdout.split("\0")):
        source, place = ROOT / name, target / name
        if source.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place, follow_symlinks=False)


def _choose(root: Path, size: int, seed: int) -> tuple[Mutation, ...]:
    modules = [path for room in ROOMS for path in sorted((root / PACKAGE / room).rglob("*.py"))]
    return sample(find_mutations(root, [str(path.relative_to(root)) for path in modules]), size, seed)


def _write_state(state: State) -> None:
    """Replace the file in one step: a run that is killed leaves what the last one found."""
    fresh = STATE.with_name(f"{STATE.name}.new")
    fresh.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
    fresh.replace(STATE)


def _read_state() -> State:
    if not STATE.is_file():
        raise SystemExit(f"{STATE} does not exist: run `make mutants` without --again first")
    found = json.loads(STATE.read_text(encoding="utf-8"))
    survivors = (Mutation(**{**each, "start": tuple(each["start"])}) for each in found["survivors"])
    return State(found["killed"], found["stillborn"], tuple(survivors))


def _try_all(root: Path, chosen: Sequence[Mutation]) -> Tried:
    os.chdir(root)
    sys.path.insert(0, str(root / "tools"))
    os.environ["PYTHONPATH"] = str(root / "tools")
    preload([f"millwright.{room}" for room in ROOMS])
    _require_green()
    outcomes: list[Outcome] = []
    survived: list[tuple[Mutation, Change]] = []
    report = _reporter(len(chosen))
    for number, mutation in enumerate(chosen, start=1):
        outcome, change = _try(root, mutation)
        outcomes.append(outcome)
        if outcome is Outcome.SURVIVED:
            survived.append((mutation, change))
            print(describe_change(change), file=sys.stderr, flush=True)
        report(number, len(survived))
    return Tried(tuple(outcomes), tuple(survived))


def _require_green() -> None:
    """Without a mutation every test must pass, or each mutant would count as found."""
    for room in ROOMS:
        if test_in_fork(f"millwright.{room}", [f"tests/{room}"], keep_bytecode=True) is not Outcome.SURVIVED:
            raise SystemExit(f"tests/{room} fail without a mutation: run `pytest tests/{room}`")


def _try(root: Path, mutation: Mutation) -> tuple[Outcome, Change]:
    path = root / mutation.module
    times = path.stat()
    with use_mutation(path, get_operator(mutation.operator)(), mutation.occurrence) as (before, after):
        name = mutation.module.removeprefix("tools/").removesuffix(".py").replace("/", ".")
        outcome = test_in_fork(name, list(_tests_of(root, mutation.module)))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # its bytecode holds again
    return outcome, _changed(mutation.module, before, after or before)


def _tests_of(root: Path, module: str) -> Iterator[str]:
    """The tests of the same stem first, then all of the package's."""
    inner = Path(module).relative_to(PACKAGE)
    own = Path("tests") / inner.with_name(f"test_{inner.name}")
    if (root / own).is_file():
        yield str(own)
    yield f"tests/{inner.parts[0]}"
    yield from (f"--deselect={name}" for name in SLOW)


def _changed(module: str, before: str, after: str) -> Change:
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    removed, added = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in ("-", "+")
    )
    return Change(module, removed, added)


def _reporter(total: int) -> Callable[[int, int], None]:
    """Print how far it is, at most once in 5 s and at the end."""
    last = time.monotonic()

    def report(number: int, survived: int) -> None:
        nonlocal last
        if time.monotonic() - last > 5 or number == total:
            last = time.monotonic()
            print(f"{number} of {total} mutants tried, {survived} survived", file=sys.stderr, flush=True)

    return report


if __name__ == "__main__":
    sys.exit(main())
