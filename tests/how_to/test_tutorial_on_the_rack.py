"""``docs/tutorial.md``, its part on the rack, walked from the first start to the report."""

import subprocess

import pytest

from .walk import DOCS, Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]


def test_a_newcomer_provisions_and_measures_the_rack(rack, tmp_path):
    state = {"~/.local/state/millwright/rack/ssh_config": str(rack.ssh_config)}
    walk = Walk("tutorial", state, directory=tmp_path, page=DOCS / "tutorial.md", section="Part 2: the rack")
    walk.runs("rack up")
    assert "rack-c1" in walk.runs("rack status")
    walk.runs("plan")
    walk.runs("apply")
    assert "every host is in its declared state" in walk.runs("apply")
    subprocess.run(walk.meets("ssh"), check=True)
    assert "by hand" in walk.runs("drift", code=1)
    walk.runs("apply")
    assert "by hand" not in walk.runs("drift")
    walk.runs("antenna apply")
    assert "PASS" in walk.runs("antenna check")
    assert "NOT MEASURED" not in walk.measures("run")
    walk.measures("report")
    assert (tmp_path / "output" / "rack" / "latest" / "report.html").exists()
    walk.meets(
        "millwright rack down"
    )  # the rack may be another test's too; tests/rack/test_rack_life.py runs it
    assert walk.is_through()
