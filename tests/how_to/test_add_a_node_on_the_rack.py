"""``docs/how-to/add-a-node.md``, walked with a machine that nobody described before."""

import pytest

from .walk import Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]


def test_a_machine_becomes_a_node_in_service(described, tmp_path):
    site = described(6)
    site.renew(["site-n7"])  # it was never a node of this site
    names = {"FACILITY": str(site.file), "10.91.0.[21-23]": "10.95.0.[11-17]"}
    walk = Walk("add-a-node", {**names, "rack-c[1-3]": "site-n[1-7]", "rack-c3": "site-n7"})
    stored = ("--results-dir", str(tmp_path))
    walk.runs("run", *stored)
    site.merge(walk.declares())
    assert "no problem found" in walk.runs("facility check")
    shown = walk.runs("apply", code=0)
    assert "+NodeName=site-n[1-7]" in shown
    assert "site-n7" not in site.states()
    walk.runs("apply")
    assert "drained: site-n7" in walk.runs("nodes drain")
    assert site.states()["site-n7"] != "idle"
    told = walk.runs("nodes commission", *stored, "--threshold", "0.6")
    assert "site-n7 in service PASS" in told
    assert site.states()["site-n7"] == "idle"
    assert "every host is in its declared state" in walk.runs("apply")
    assert "site-n7" in site.on("site-n1", "cat /etc/hosts")
    walk.meets("millwright rack down")  # a rack alone needs these two
    walk.meets("millwright rack up")
    assert walk.is_through()
