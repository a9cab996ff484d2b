"""ReFrame itself on the shipped facilities: what it lists, and what it refuses."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import CHECKS

pytestmark = pytest.mark.tools

REFRAME = Path(sys.executable).with_name("reframe")
HARNESS = ("MemoryBandwidth", "Gemm", "MpiPointToPoint", "MpiAllReduce", "RiscvVector")
LISTED = re.compile(r"^- (\w+) /", re.MULTILINE)


def list_checks(facility, folder, *options):
    command = [
        REFRAME,
        "-C",
        CHECKS / "settings.py",
        "-c",
        CHECKS,
        "-R",
        f"--prefix={folder}",
        "-l",
        *options,
    ]
    environment = {**os.environ, "MILLWRIGHT_FACILITY": str(facility)}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("facility", "options", "expected"),
    [
        ("workstation", [], {"MemoryBandwidth", "StreamingBandwidth", "Gemm"}),
        (
            "rack",
            ["-T", "access"],
            {*HARNESS, "StreamingBandwidth"},
        ),
        (
            "rack",
            ["-t", "access"],
            {
                "AntennaAccess",
                "AntennaHostCertificate",
                "AntennaJob",
                "AntennaLoss",
                "AntennaRecovery",
                "AntennaUserCertificate",
            },
        ),
    ],
)
def test_each_facility_gets_the_checks_that_its_hardware_allows(tmp_path, facility, options, expected):
    done = list_checks(facility, tmp_path, *options)

    assert done.returncode == 0, done.stdout + done.stderr
    assert set(LISTED.findall(done.stdout)) == expected


def test_a_commitment_in_another_unit_is_refused_before_anything_runs(tmp_path):
    text = (CHECKS.parent / "inventories" / "workstation" / "facility.yaml").read_text()
    (tmp_path / "facility.yaml").write_text(text.replace("unit: GFLOP/s", "unit: TFLOP/s"))
    done = list_checks(tmp_path / "facility.yaml", tmp_path)

    assert done.returncode == 1
    assert "wrong unit 'TFLOP/s'" in done.stdout + done.stderr


def test_reframe_by_hand_stops_at_a_check_that_does_not_import(tmp_path):
    (tmp_path / "broken.py").write_text("import reframe, no_such_module\n")
    done = list_checks("workstation", tmp_path, "-c", tmp_path)

    assert done.returncode == 1
    assert "skipping test file" in done.stdout


def test_hostile_titles_stay_text(tmp_path):
    text = (CHECKS.parent / "inventories" / "workstation" / "facility.yaml").read_text()
    hostile = '"} $(touch owned) <script> %(check_name)s {0}"'
    (tmp_path / "facility.yaml").write_text(re.sub(r"title: .*", lambda _: f"title: {hostile}", text))
    done = list_checks(tmp_path / "facility.yaml", tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "owned").exists()
