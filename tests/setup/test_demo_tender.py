"""``make demo-tender``: the worked tender in every form."""

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.tools


def test_the_worked_tender_is_built_in_every_form(tmp_path):
    folder = tmp_path / "output" / "tender"
    millwright = Path(sys.executable).with_name("millwright")
    script = ROOT / "tools/setup/demo_tender.sh"
    done = subprocess.run(["bash", script, millwright, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((folder / "comparison.json").read_text())["winners"] == ["birch"]
    assert openpyxl.load_workbook(folder / "comparison.xlsx")["Ranking"]["B2"].value == "birch"
    assert openpyxl.load_workbook(folder / "bid.xlsx").sheetnames == ["Bid", "Instructions"]
    assert "Alder" not in (folder / "for-cedar.html").read_text()
    assert "SHA-256" in (folder / "facility.yaml").read_text()
