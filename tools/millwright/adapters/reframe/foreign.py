"""A session with checks that others wrote: what is put where it starts, its command line, and its listing."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from millwright.adapters.reframe.process import REPORT
from millwright.adapters.reframe.settings import Narrowing, Settings, foreign_partition
from millwright.checks.foreign import ForeignEnvironment, Suite
from millwright.checks.naming import split_case
from millwright.facility.model import Facility
from millwright.results.foreign import clean
from millwright.results.run_info import ForeignCase

SETTINGS_FILE = "foreign_settings.py"
SUITE_FILE = "suite.json"
CHECKS_FOLDER = "suite"
"""Copy of the suite's folder, below that of the session."""
ARCHIVE = "suite.tar"

LISTED = re.compile(
    r"- (?P<name>\S.*?)(?: /[0-9a-f]{8})? @(?P<system>[^@:+ ]+):(?P<partition>[^@:+ ]+)\+(?P<environ>\S+)"
)
UNLOADED = re.compile(r"skipping test file '(?P<file>[^']+)'")
MOST_UNLOADED = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """A suite as a run takes it."""

    suite: Suite
    globs: tuple[str, ...] = ()
    """Patterns of check names as ``--check`` takes them, within what the suite includes; all if empty."""
    repeat: int = 1
    """How often each case runs."""


@dataclass(frozen=True, slots=True)
class ForeignSession:
    """What one session of a suite needs before it starts."""

    chosen: Chosen
    configuration: bytes
    """Content of ``suite.json``."""
    install: str
    """Command that makes the suite's environment."""


def configuration(facility: Facility, chosen: Chosen, narrowing: Narrowing) -> bytes:
    """What ``foreign_settings.py`` reads: ReFrame's configuration of the facility, for this suite."""
    suite = chosen.suite
    environments = suite.environments or (ForeignEnvironment(name="builtin"),)
    partitions = [
        foreign_partition(facility, name, narrowing, suite.features, suite.extras)
        | {"environs": [each.name for each in environments]}
        for name in taken_partitions(facility, suite, narrowing.nodes)
    ]
    system = {
        "name": facility.name,
        "descr": facility.title,
        "hostnames": [".*"],
        "modules_system": suite.modules_system,
        "max_local_jobs": 1,
        "env_vars": [[name, value] for name, value in suite.variables.items()],
        "partitions": partitions,
    }
    settings: Settings = {
        "systems": [system],
        "environments": [_environment(each) for each in suite.environments],
        "general": [{"remote_detect": False}],
        "storage": [{"enable": False}],
        "logging": [{"handlers": [], "handlers_perflog": []}],
    }
    return json.dumps({"configuration": settings, "configure": suite.configure}, indent=1).encode()


def taken_partitions(facility: Facility, suite: Suite, nodes: Collection[str] | None) -> tuple[str, ...]:
    """The partitions that take a suite's checks and, unless `nodes` is None, have one of them."""
    return tuple(
        name
        for name, partition in facility.partitions.items()
        if name in (suite.partitions or facility.partitions)
        and (nodes is None or not set(nodes).isdisjoint(partition.node_names()))
    )


def session_command(
    reframe: PurePosixPath, packages: PurePosixPath, chosen: Chosen, action: str
) -> list[str]:
    """Command line of a session, which writes into the folder that it is started in.

    `packages` is where the suite's environment has what is installed, `action` is ``--run`` or
    ``--list=C``.
    """
    suite = chosen.suite
    base = PurePosixPath(CHECKS_FOLDER) if suite.folder else packages
    return [
        str(reframe),
        f"--config-file={SETTINGS_FILE}",
        *(f"--checkpath={base / path}" for path in suite.paths),
        "--recursive",
        "--prefix=.",
        f"--report-file={REPORT}",
        "--exec-policy=serial",
        *([f"--repeat={chosen.repeat}"] if chosen.repeat > 1 else []),
        *(f"--tag={each}" for each in suite.tags),
        *(f"--exclude-tag={each}" for each in suite.exclude_tags),
        *(f"--name={each}" for each in name_patterns(chosen)),
        *(f"--exclude={each}" for each in suite.exclude),
        action,
    ]


def name_patterns(chosen: Chosen) -> tuple[str, ...]:
    """ReFrame takes a check if any pattern fits; both the suite's and the run's have to."""
    own, asked = chosen.suite.include, tuple(map(glob_to_pattern, chosen.globs))
    if not own or not asked:
        return (*own, *asked)
    return tuple(f"(?=(?:{mine}))(?:{its})" for mine in own for its in asked)


def session_environment(suite: Suite) -> dict[str, str]:
    """What a session needs in its environment; nothing of Millwright's own Python reaches it."""
    return {
        **suite.variables,
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": ":".join(f"{CHECKS_FOLDER}/{path}" for path in suite.python_path),
        "PYTHONUNBUFFERED": "1",
        "RFM_COLORIZE": "0",
    }


def read_listing(output: str, suite: Suite) -> tuple[ForeignCase, ...]:
    """The cases that ``--list=C`` selected, sorted, each once however often it is repeated."""
    return tuple(sorted(set(_listed(output, suite.name))))


def _listed(output: str, suite: str) -> Iterator[ForeignCase]:
    for line in output.splitlines():
        if found := LISTED.fullmatch(line.rstrip()):
            check, parameters = split_case(f"{suite}.{clean(found['name'])}")
            yield ForeignCase(check, parameters, clean(found["partition"]), clean(found["environ"]))


def read_unloaded(output: str) -> tuple[str, ...]:
    """Files of checks that ReFrame could not load, each once."""
    files = dict.fromkeys(clean(found["file"]) for found in UNLOADED.finditer(output))
    return tuple(files)[:MOST_UNLOADED]


def _environment(each: ForeignEnvironment) -> Mapping[str, object]:
    compilers = {"cc": each.cc, "cxx": each.cxx, "ftn": each.ftn}
    return {
        "name": each.name,
        **{name: value for name, value in compilers.items() if value},
        "modules": list(each.modules),
        "features": list(each.features),
    }


def glob_to_pattern(glob: str) -> str:
    """A glob of ``--check`` as regular expression for ReFrame's ``--name``, which leaves out spaces.

    >>> glob_to_pattern("EESSI_*")
    '^EESSI_.*(%|$)'
    """
    plain = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in glob.replace(" ", ""))
    return f"^{plain}(%|$)"


def choose_suites(
    suites: Mapping[str, Suite], checks: Sequence[str], tags: Sequence[str], repeat: int
) -> tuple[Chosen, ...]:
    """The suites that ``--check`` and ``--tag`` leave; all of them if neither is given.

    A pattern with a suite's name as prefix (``eessi.EESSI_*``) chooses among its checks; one without a dot
    that fits the name (``*``) takes the whole suite.
    """
    found = []
    for name, suite in suites.items():
        if tags and not {"foreign", name}.intersection(tags):
            continue
        mine = [each.removeprefix(f"{name}.") for each in checks if concerns(each, name)]
        whole = not checks or any(fits_suite(each, name) for each in checks)
        if whole or mine:
            found.append(Chosen(suite, () if whole else tuple(mine), repeat))
    return tuple(found)


def concerns(pattern: str, suite: str) -> bool:
    """Whether a pattern of ``--check`` takes any check of a suite.

    >>> concerns("eessi.EESSI_*", "eessi"), concerns("Gemm", "eessi")
    (True, False)
    """
    return pattern.startswith(f"{suite}.") or fits_suite(pattern, suite)


def fits_suite(pattern: str, suite: str) -> bool:
    """Whether a pattern of ``--check`` takes all checks of a suite.

    >>> fits_suite("*", "eessi"), fits_suite("eessi.*", "eessi"), fits_suite("Gemm", "eessi")
    (True, True, False)
    """
    return fnmatchcase(f"{suite}.", pattern)
