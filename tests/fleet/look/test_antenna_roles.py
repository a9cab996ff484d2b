"""Which roles and hosts of the factory serve the antennas: those of the playbook, under the same names."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from millwright.adapters.ansible.events import ApplyResult, HostCounts
from millwright.core.places import facility_file
from millwright.facility import load_facility
from millwright.fleet.look import antenna_roles

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_roles_and_groups_are_those_of_the_playbook():
    plays = yaml.safe_load((ROOT / "playbooks/antennas.yml").read_text())
    assert {play["hosts"] for play in plays} == set(antenna_roles.GROUPS)
    assert {role["role"] for play in plays for role in play["roles"]} == antenna_roles.ROLES


@pytest.mark.parametrize(("failed", "unreachable", "counts"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_only_a_good_result_spares_the_play(monkeypatch, tmp_path, failed, unreachable, counts):
    """The play says in its own words what failed."""
    asked = []

    def roles_of(file, facility, hosts, roles, *, state, now):
        asked.append(hosts)
        host = HostCounts("rack-login", 1, 1, failed, unreachable, is_finished=not failed)
        return ApplyResult((host,), (), (), status=2 * failed + 4 * unreachable, log=None, seconds=0.0)

    monkeypatch.setattr(antenna_roles, "converge_roles", roles_of)
    file = facility_file("rack")
    found = antenna_roles.converge_factory_side(file, load_facility(file), state=tmp_path, now=NOW)
    assert (found is not None) is counts
    assert asked == [("rack-login",)]
