"""How long ``make demo`` takes from nothing and again, phase by phase, and how long it is silent.

Example: make bench-demo

Clones the checkout's current commit into a temporary folder that is home as well, so that every cache is
empty. Takes the rack down, runs ``make demo`` twice, and takes its own rack down. Exit code 1 if a bound is
missed, or the demo's own if it failed. Needs only the standard library, since it measures how the environment
is made, too.
"""

import argparse
import itertools
import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

ROOT = Path(__file__).resolve().parents[2]
BOUNDS_S = {"cold": 360.0, "warm": 120.0}
SILENCE_S = 5.0
"""Longest time without a sign of progress."""
STEP = re.compile(r"^\[\d+/\d+\] (?P<name>.+)$")
SET_UP = "Set up"


@dataclass(frozen=True)
class Phase:
    """A step of the demo, in seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Measured:
    """One run of the demo."""

    kind: str
    phases: tuple[Phase, ...]
    silence_s: float
    exit_code: int
    load: float
    """Load average over a minute when the run began: other work on the machine."""

    @property
    def seconds(self) -> float:
        """All phases together."""
        return sum(phase.seconds for phase in self.phases)

    def misses(self) -> list[str]:
        """Bounds that the run missed."""
        found = []
        if self.seconds > BOUNDS_S[self.kind]:
            found.append(f"{self.kind}: {self.seconds:.0f} s, at most {BOUNDS_S[self.kind]:.0f} s")
        if self.silence_s > SILENCE_S:
            found.append(f"{self.kind}: silent for {self.silence_s:.1f} s, at most {SILENCE_S:.0f} s")
        return found


def phases_of(begun: float, starts: list[tuple[float, str]], ended: float) -> tuple[Phase, ...]:
    """Each phase lasts until the next one starts.

    >>> [phase.seconds for phase in phases_of(0, [(2.0, "a"), (5.0, "b")], 6)]
    [2.0, 3.0, 1.0]
    """
    marks = [(begun, SET_UP), *starts, (ended, "")]
    return tuple(Phase(name, later - at) for (at, name), (later, _) in itertools.pairwise(marks))


def measure(kind: str, clone: Path, environment: dict[str, str]) -> Measured:
    """Run ``make demo`` in the clone and show its output as it comes."""
    load, begun, starts, silence = os.getloadavg()[0], time.monotonic(), [], 0.0
    command = ["make", "--no-print-directory", "demo"]
    with subprocess.Popen(
        command, cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as run:
        output, rest, last = cast("IO[bytes]", run.stdout), b"", begun
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while True:
                selector.select()
                chunk = os.read(output.fileno(), 65536)
                now = time.monotonic()
                silence, last = max(silence, now - last), now
                if not chunk:
                    break
                sys.stdout.buffer.write(chunk)
                sys.stdout.flush()
                *lines, rest = (rest + chunk).split(b"\n")
                found = (STEP.match(line.decode(errors="replace")) for line in lines)
                starts += [(now, match["name"]) for match in found if match]
        code = run.wait()
    return Measured(kind, phases_of(begun, starts, time.monotonic()), silence, code, load)


def show(measured: Measured) -> None:
    """One line a phase."""
    print(f"\n{measured.kind}: {measured.seconds:.0f} s (load average at the start {measured.load:.1f})")
    for phase in measured.phases:
        print(f"  {phase.seconds:6.1f} s  {phase.name}")
    print(f"  {measured.silence_s:6.1f} s  longest silence")


def _rack_down(checkout: Path, environment: dict[str, str]) -> None:
    program = checkout / ".venv" / "bin" / "millwright"
    if program.exists():
        subprocess.run([str(program), "rack", "down"], check=True, cwd=checkout, env=environment)


def _prepare(folder: Path) -> tuple[Path, dict[str, str]]:
    """A clone of the current commit, and an environment whose home has nothing but the user's settings."""
    clone, home = folder / "millwright", folder / "home"
    home.mkdir()
    for settings in (".config", ".pip", ".gitconfig"):
        if (Path.home() / settings).exists():
            (home / settings).symlink_to(Path.home() / settings)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "XDG_", "PYTHON"))
    }
    return clone, {**kept, "HOME": str(home)}


def main() -> int:
    """Both runs; a failed first one is not followed by a second."""
    arguments = argparse.ArgumentParser(description="Measure the demo, cold and warm.")
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON at the end")
    as_json = arguments.parse_args().json
    runs: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="millwright-demo-") as folder:
        clone, environment = _prepare(Path(folder))
        _rack_down(ROOT, dict(os.environ))
        try:
            for kind in BOUNDS_S:
                runs.append(measure(kind, clone, environment))
                if runs[-1].exit_code:
                    break
        finally:
            _rack_down(clone, environment)
    for run in runs:
        show(run)
    if as_json:
        print(json.dumps([asdict(run) for run in runs], indent=2))
    misses = [miss for run in runs for miss in run.misses()]
    print("\n" + ("\n".join(f"MISSED {miss}" for miss in misses) or "All bounds hold."))
    return runs[-1].exit_code or int(bool(misses))


if __name__ == "__main__":
    sys.exit(main())
