"""Runs the tests of one package in a fork, so that each mutant starts with heavy libraries imported."""

import gc
import importlib
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

PRELOADED = (
    *(
        "pytest",
        "_hypothesis_pytestplugin",
        "numpy",
        "pandas",
        "pyarrow.parquet",
        "scipy.stats",
        "pydantic",
        "yaml",
    ),
    *("millwright.facility.load", "millwright.rack.requirements", "millwright.rack.session"),
)
OPTIONS = (
    *("-x", "-q", "--capture=no", "--tb=no", "--no-header", "--no-summary"),
    *("-p", "_hypothesis_pytestplugin", "--hypothesis-profile=mutants"),
    *(
        part
        for name in ("cacheprovider", "faulthandler", "logging", "junitxml", "doctest")
        for part in ("-p", f"no:{name}")
    ),
)
"""Stop at the first failure, print nothing, and load no plug-in but one."""
CPU_S = 60
WALL_S = 240
"""Beyond either, a mutant runs forever: the tests noticed it."""


class Outcome(IntEnum):
    """What the tests made of a mutant; the values are exit statuses of a fork."""

    SURVIVED = 0
    KILLED = 1
    STILLBORN = 97
    """Its module can't even be imported: it says nothing about the tests, and isn't counted."""


def preload(mutated: Sequence[str]) -> None:
    """Import what every test needs; raises :exc:`RuntimeError` if a module under mutation came with it."""
    for name in PRELOADED:
        importlib.import_module(name)
    if early := [name for name in sys.modules if any(name.startswith(prefix) for prefix in mutated)]:
        raise RuntimeError(f"imported before it was mutated: {', '.join(early)}")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    gc.freeze()  # halves the time of a fork, which would copy every page that a collection touches


def test_in_fork(module: str, tests: Sequence[str], *, keep_bytecode: bool = False) -> Outcome:
    """Import a module (`millwright.statistics.interval`) and run tests, in a process that then ends.

    Bytecode is kept of code without a mutation only: later forks then compile nothing else.
    """
    child = os.fork()
    if child == 0:
        sys.dont_write_bytecode = not keep_bytecode
        _run(module, tests)
    return _outcome_of(child)


test_in_fork.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it


def _run(module: str, tests: Sequence[str]) -> None:
    """Never returns: the process ends with the outcome as its status."""
    status = int(Outcome.KILLED)
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
        with Path(os.devnull).open("wb") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        try:
            importlib.import_module(module)
        except Exception:
            os._exit(Outcome.STILLBORN)
        import pytest  # noqa: PLC0415 - loaded before the fork

        status = int(Outcome.KILLED if pytest.main([*OPTIONS, *tests]) else Outcome.SURVIVED)
    finally:
        os._exit(status)


def _outcome_of(child: int) -> Outcome:
    """Wait for a fork; one that lasts too long is ended with what it started."""
    end = time.monotonic() + WALL_S
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            _end_group(child)
            code = os.waitstatus_to_exitcode(status)
            return Outcome(code) if code in set(Outcome) else Outcome.KILLED
        time.sleep(0.02)
    _end_group(child)
    os.waitpid(child, 0)
    return Outcome.KILLED


def _end_group(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return
