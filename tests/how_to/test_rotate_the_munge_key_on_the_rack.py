"""``docs/how-to/rotate-the-munge-key.md``, walked: the ordinary way, and a host that missed it."""

import pytest

from .walk import Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]
KEY = "sha256sum /etc/munge/munge.key"


def test_a_new_key_everywhere_and_a_host_that_missed_it(described):
    site = described(6)
    names = {
        "FACILITY": str(site.file),
        "rotate rack": f"rotate {site.file}",
        "--limit HOST": "--limit site-n2",
    }
    walk = Walk("rotate-the-munge-key", names)
    before = site.on("site-n1", KEY)
    walk.runs("munge rotate")
    after = site.on("site-n1", KEY)
    assert after != before
    assert {site.on(f"site-{host}", KEY) for host in ("ctl", "n2", "n6")} == {after}
    assert "every host is in its declared state" in walk.runs("apply")
    site.on("site-n2", "echo missed > /etc/munge/munge.key")
    assert "every host is in its declared state" in walk.runs("apply")
    walk.meets(KEY)
    assert site.on("site-n2", KEY) == after
    assert walk.is_through()
