"""An environment with the wheel and the packages that it asks for, and nothing else: no checkout, no index.

The packages come from the environment of the tests, file by file as their distributions recorded them, so a
dependency that the wheel does not declare is missing here as it would be at a site.
"""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """The wheel in an environment of its own."""

    wheel: Path
    prefix: Path

    @property
    def python(self) -> Path:
        return self.prefix / "bin/python"

    @property
    def packages(self) -> Path:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.prefix / "lib" / version / "site-packages"

    @property
    def data(self) -> Path:
        return self.packages / "millwright/data"

    def run(self, folder: Path, program: str, *words: object, home: Path | None = None, **more: str):
        """Run a program of the environment by its whole path, as pipx and uv do without touching PATH."""
        kept = {name: os.environ[name] for name in ("LANG", "MILLWRIGHT_STATE") if name in os.environ}
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "COLUMNS": "120",
            **kept,
            **more,
        }
        environment["HOME"] = str(home or os.environ["HOME"])
        command = [str(self.prefix / "bin" / program), *map(str, words)]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )


def needed(names: list[str], extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """Distributions that these ask for, each once, itself included."""
    waiting, seen = [(name, extras) for name in names], set()
    while waiting:
        name, asked = waiting.pop()
        if (name, asked) in seen:
            continue
        if name not in {before for before, _ in seen}:
            yield name
        seen.add((name, asked))
        for text in metadata.requires(name) or []:
            requirement = Requirement(text)
            contexts = [{"extra": extra} for extra in asked] or [{"extra": ""}]
            if requirement.marker is None or any(map(requirement.marker.evaluate, contexts)):
                waiting.append((requirement.name.lower(), frozenset(requirement.extras)))


def bring(name: str, target: Path) -> None:
    """Link a distribution of this environment into another one, its commands for that one's Python."""
    source = Path(os.path.normpath(sys.prefix))
    for file in metadata.files(name) or []:
        path = Path(os.path.normpath(str(file.locate())))
        if path.suffix == ".pyc" or not path.is_file():
            continue
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.parent == source / "bin":
            content = path.read_bytes().replace(str(source / "bin").encode(), str(target / "bin").encode())
            assert str(target / "bin/python").encode() in content, f"{path} would run another Python"
            place.write_bytes(content)
            place.chmod(0o755)
        elif not place.exists():
            try:
                place.hardlink_to(path)
            except OSError:  # another file system
                shutil.copy2(path, place)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory):
    """The wheel, installed by pip without an index into an environment that begins empty."""
    prefix = tmp_path_factory.mktemp("environment")
    venv.create(prefix, symlinks=True, with_pip=False)
    requirements = [
        Requirement(text) for text in metadata.requires("millwright") or [] if "extra ==" not in text
    ]
    for name in needed([requirement.name.lower() for requirement in requirements]):
        bring(name, prefix)
    made = Installed(wheel, prefix)
    pip = [made.python, "-m", "pip", "--disable-pip-version-check"]
    for command in ([*pip, "install", "--quiet", "--no-index", str(wheel)], [*pip, "check"]):
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return made
