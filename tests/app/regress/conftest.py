"""A facility whose stored runs come from one real session, with values scaled as a test asks."""

import re
import shutil
from dataclasses import replace

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.selection import Selection
from millwright.results.session import SessionFolder, open_session
from millwright.results.storing import store_run

MEMORY = re.compile(r'("metric": "triad_bw", "value": )([0-9.]+)(.*"node": "rack-c1")')


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("MILLWRIGHT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def add_run(tmp_path, session_folder, rack_file, run_info, results):
    """Store a run of hour ``number``, in which rack-c1's triad is scaled by ``factor``; its id."""

    def add(number, factor=1.0, root=None, confirms="", **changed):
        folder = tmp_path / f"session-{number}-{factor}"
        shutil.copytree(session_folder.report.parent, folder)
        for file in folder.rglob("rfm_job.out"):
            text = file.read_text(errors="surrogateescape")
            scaled = MEMORY.sub(lambda m: f"{m[1]}{float(m[2]) * factor:.6f}{m[3]}", text)
            file.write_text(scaled, errors="surrogateescape")
        day, hour = divmod(number, 24)
        info = replace(
            run_info,
            run_id=f"202611{10 + day:02}T{hour:02}2147Z-{number:08x}",
            started=f"2026-11-{10 + day:02}T{hour:02}:21:47Z",
            selection=Selection(confirms=confirms),
            **changed,
        )
        session = SessionFolder("rack-login", folder / "run-report.json", folder / "stage", folder / "output")
        store_run(
            root or results,
            info,
            rack_file.read_bytes(),
            [open_session(session)],
            registry=shipped_checks(),
        )
        return info.run_id

    return add
