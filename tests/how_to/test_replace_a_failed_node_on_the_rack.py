"""``docs/how-to/replace-a-failed-node.md``, walked with a node whose machine is exchanged."""

import re

import pytest

from .conftest import wait_until
from .walk import Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]


def test_a_new_machine_takes_the_place_of_a_failed_one(described, tmp_path):
    site = described(6)
    site.millwright("run", str(site.file), "--results-dir", str(tmp_path))  # as a site in service has done
    walk = Walk("replace-a-failed-node", {"FACILITY": str(site.file), "rack-c2": "site-n2"})
    assert re.search(r"site-n2 idle responds", walk.runs("nodes status"))
    assert "drained: site-n2" in walk.runs("nodes drain")
    assert "idle+drain" in walk.runs("nodes status")
    walk.runs("facility check")
    site.renew(["site-n2"])
    walk.meets("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
    assert "ED25519" in site.on("site-n2", "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
    judged = ("--results-dir", str(tmp_path), "--threshold", "0.6")
    assert "site-n2 in service PASS" in walk.runs("nodes commission", *judged)
    site.on("site-ctl", "scontrol update node=site-n2 state=drain reason='an admin: fan'")
    told = walk.runs("nodes commission", *judged)
    assert "site-n2 in service PASS" in told
    wait_until(lambda: site.states()["site-n2"] == "idle")
    walk.runs("apply", code=2)  # no apply was left
    assert walk.is_through()
