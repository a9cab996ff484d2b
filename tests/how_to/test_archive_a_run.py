"""docs/how-to/archive-a-run.md, command by command: measured at one place, reported on at another."""

import subprocess

import pytest

from .walk import Walk

pytestmark = pytest.mark.tools


def test_the_page_is_walked(tmp_path):
    bidder, buyer = tmp_path / "bidder", tmp_path / "buyer"
    for place in (bidder, buyer):
        place.mkdir()
    environment = {"HOME": str(bidder), "MILLWRIGHT_STATE": str(bidder / "state")}
    walk = Walk("archive-a-run", {}, environment, bidder)
    measured = Walk("-", {}, environment, bidder, page=_page(tmp_path, "millwright run workstation"))
    measured.measures("run workstation", "--check", "MemoryBandwidth")
    shown = walk.runs("results archive workstation")
    assert "sha256" in shown
    report = Walk("-", {}, environment, bidder, page=_page(tmp_path, "millwright report workstation"))
    report.measures("report workstation")
    (bidder / "acceptance.zip").rename(buyer / "acceptance.zip")
    walk.directory = buyer
    walk.environment = {"HOME": str(buyer), "MILLWRIGHT_STATE": str(buyer / "state")}
    walk.measures("report --from-archive acceptance.zip")
    for name in ("report.html", "report.json"):
        here, there = (place / "output/workstation/latest" / name for place in (bidder, buyer))
        assert here.read_bytes() == there.read_bytes()
    subprocess.run(walk.meets("python3"), cwd=buyer, check=True)
    (folder,) = (path for path in buyer.glob("workstation-*") if path.is_dir())
    subprocess.run(walk.meets("sha256sum"), cwd=folder, check=True)
    assert walk.is_through()


def _page(folder, command):
    """A page of one command, for the steps that come before those of the how-to."""
    page = folder / "step.md"
    page.write_text(f"```\n{command}\n```\n")
    return page
