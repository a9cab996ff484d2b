"""The gateway's packet filter: what its text says, and that nft itself takes it."""

import shutil
import subprocess

import pytest

from millwright.antennas.gateway.firewall import FIREWALL_UNIT, firewall_rules

RULES = firewall_rules(factory_address="10.92.0.1", endpoint="10.91.0.11:51820")


def test_the_rules_read_as_expected(golden):
    golden("gateway.nft", RULES)


def test_the_unit_reads_as_expected(golden):
    golden("millwright-firewall.service", FIREWALL_UNIT)


def test_every_chain_ends_closed():
    assert RULES.count("policy drop") == RULES.count("type filter hook") == 3
    assert "accept;" not in RULES


def test_only_a_table_of_our_own_is_replaced():
    """``flush ruleset`` would take the rules of others, such as a container engine's, with it."""
    assert "flush ruleset" not in RULES
    assert {line.split()[-1] for line in RULES.splitlines() if line.startswith("delete")} == {"millwright"}


def test_users_reach_the_factorys_door_and_then_meet_a_wall():
    lines = [line.strip() for line in RULES.splitlines() if '"jump"' in line]
    assert lines == [
        'meta skuid "jump" oifname "wg0" ip daddr 10.92.0.1 tcp dport 22 accept',
        'meta skuid "jump" reject with icmpx admin-prohibited',
    ]


@pytest.mark.skipif(shutil.which("nft") is None, reason="no nft here")
def test_nft_takes_the_rules():
    text = RULES.replace('"jump"', '"root"')  # an account that this machine has
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "nft", "-c", "-f", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
