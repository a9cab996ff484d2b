"""What tests of probes share: compile one, run one, read what it printed."""

import functools
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.parsers.probe import parse_probe

CHECKS = Path(__file__).resolve().parents[2] / "reframe_checks"
DATA = Path(__file__).resolve().parents[1] / "data" / "probes"


def python_path(area):
    """Where a probe of an area finds what ReFrame stages beside it."""
    return ":".join(map(str, [*sorted(path for path in (CHECKS / area).iterdir() if path.is_dir()), CHECKS]))


@dataclass(frozen=True)
class Ended:
    """How a probe ended, and its output as the check reads it."""

    code: int
    stdout: str
    stderr: str

    def output(self, check):
        return parse_probe(self.stdout, shipped_checks()[check].metrics)

    @property
    def vouches(self):
        """Whether the last line says that everything went well."""
        return '"done"' in self.stdout


def run_probe(command, **environment):
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "MILLWRIGHT_NODE": "n1", "MILLWRIGHT_WARM_UP_S": "0", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """Compile a probe of `reframe_checks`, with `replace` changed in its source, and return the program."""

    @functools.cache
    def compile_probe(source, *flags, replace=None):
        text = (CHECKS / source).read_text()
        if replace:
            before, after = replace
            assert before in text
            text = text.replace(before, after)
        folder = tmp_path_factory.mktemp("probe")
        changed, program = folder / Path(source).name, folder / "probe"
        changed.write_text(text)
        folders = [f"-I{folder}" for folder in (CHECKS, CHECKS / Path(source).parts[0] / "shared")]
        command = ["gcc", "-O2", "-fopenmp", "-Wall", "-Wextra", "-Werror", *folders, *flags]
        subprocess.run([*command, str(changed), "-o", str(program), "-lm"], check=True)
        return program

    return compile_probe
