"""``docs/tutorial.md``, its part on this machine: walked in an empty folder, command by command."""

import pytest
import yaml

from millwright.core.places import STATE_VARIABLE

from .walk import DOCS, Walk

PAGE = DOCS / "tutorial.md"
PARTS = ("Before you start", "Part 1: this machine", "Part 2: the rack")


def test_every_part_with_a_command_is_walked():
    """Part 2 is walked on the rack; no other section may hold a command."""
    headings = [part.splitlines()[0] for part in PAGE.read_text().split("\n## ")[1:]]
    for heading in set(headings) - set(PARTS):
        assert Walk("tutorial", {}, page=PAGE, section=heading).is_through()


def test_the_preparation_is_what_the_makefile_offers():
    walk = Walk("tutorial", {}, page=PAGE, section=PARTS[0])
    walk.meets("make setup")
    walk.meets("source .venv/bin/activate")
    walk.meets("millwright --version")
    assert walk.is_through()


@pytest.mark.tools
def test_a_newcomer_gets_from_a_description_to_a_report(tmp_path):
    mine = tmp_path / "mine" / "facility.yaml"
    # Beside other tests a machine is rarely steady, and an unsteady value is INCONCLUSIVE: no warm-up.
    settings = {STATE_VARIABLE: str(tmp_path / "state"), "MILLWRIGHT_WARM_UP_S": "0"}
    walk = Walk("tutorial", {}, settings, tmp_path, PAGE, PARTS[1])
    assert "no problem found" in walk.runs("facility check")
    assert "localhost" in walk.runs("facility show")
    assert "nothing was touched" in walk.runs("plan")
    measured = walk.measures("run")
    assert ", n = " in measured
    assert "NOT MEASURED" not in measured
    mine.parent.mkdir()
    facility = walk.declares()
    mine.write_text(yaml.safe_dump(facility))
    assert "wrong unit 'GB', expected 'GB/s'" in walk.runs("facility check", code=2)
    facility["partitions"]["local"]["checks"]["MemoryBandwidth"] |= walk.declares()
    mine.write_text(yaml.safe_dump(facility))
    assert "no problem found" in walk.runs("facility check")
    judged = walk.runs("run", code=1)
    assert "FAIL local MemoryBandwidth triad_bw" in judged, judged
    assert "limit 8100 GB/s" in judged
    (run,) = (tmp_path / "results" / "mine").glob("[0-9]*")
    assert run.name in walk.runs("results list")
    assert "FAIL local MemoryBandwidth triad_bw" in walk.runs("results show", code=1)
    assert "intact" in walk.runs("results verify")
    walk.runs("report", code=1)
    page = (tmp_path / "output" / "mine" / "latest" / "report.html").read_text()
    assert "offer, page 7" in page
    assert "FAIL" in page
    assert walk.is_through()
