"""``docs/how-to/roll-out-a-change.md``, walked with a file that somebody changed on every node."""

import pytest

from .walk import Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]
UNIT = "/etc/systemd/system/slurmd.service.d/millwright.conf"


def test_a_change_reaches_every_node_in_waves(described, tmp_path):
    site = described(6)
    names = {"FACILITY": str(site.file), "--limit NODE": "--limit site-n1"}
    walk = Walk("roll-out-a-change", {**names, " gpu ": " cpu ", "MINUTES": "1440"})
    for command in ("rack up", "apply rack", "run rack"):  # the rehearsal before; this walk is one
        walk.meets(f"millwright {command}")
    for number in range(1, 7):
        site.on(f"site-n{number}", f"echo '# by hand' >> {UNIT}")
    assert "-# by hand" in walk.runs("apply")
    assert "by hand" in site.on("site-n1", f"cat {UNIT}")
    told = walk.runs("apply")
    assert "every host is in its declared state" in told
    assert not any("by hand" in site.on(f"site-n{number}", f"cat {UNIT}") for number in range(1, 7))
    assert "no run was left unfinished" in walk.runs("apply", code=2)
    judged = ("--results-dir", str(tmp_path), "--threshold", "0.6")
    assert walk.runs("maintain", "--canary", "0", *judged).count("in service PASS") == 6
    assert set(site.states().values()) == {"idle"}
    assert walk.is_through()
