"""What a gateway does by itself."""

import pytest

from millwright.antennas.gateway.updates import updates_config


def test_security_updates_come_and_no_restart(golden):
    golden("52millwright", updates_config(None))


def test_a_restart_happens_only_where_one_is_declared():
    assert 'Automatic-Reboot "true"' not in updates_config(None)
    assert 'Automatic-Reboot-Time "03:30"' in updates_config("03:30")


@pytest.mark.parametrize("reboot_at", [None, "03:30"])
def test_the_distributions_own_list_is_cleared_before_ours(reboot_at):
    lines = [line for line in updates_config(reboot_at).splitlines() if "Origins" in line]
    assert lines[0].startswith("#clear")
    assert lines[-1].startswith("Unattended-Upgrade::Origins-Pattern {")
