"""What the shipped roles and playbooks depend on: a change reaches those that use it, and no others."""

import shutil

import pytest

from millwright.core.places import shipped_facilities
from millwright.facility import load_facility
from millwright.fleet.look.role_inputs import connected_roles
from millwright.fleet.look.role_sources import sources_of

HOST = "rack-c1"


@pytest.fixture
def place(tmp_path):
    """A facility file with its variables, for a test to change."""
    shutil.copytree(shipped_facilities()["rack"].parent, tmp_path / "rack")
    return tmp_path / "rack"


def told(place):
    """The basis of a node, and the digest of each role there."""
    file = place / "facility.yaml"
    sources = sources_of(file, load_facility(file), place / "state")
    roles = {role: sources.inputs(HOST, role).digest for role in sources.play.roles}
    return sources.basis(HOST), roles


@pytest.mark.parametrize(
    ("variable", "followers"),
    [("base_limits: []\n", {"base"}), ("modules_init: /opt/lmod/init\n", {"modules"})],
)
def test_a_variable_reaches_the_roles_that_use_it_and_no_others(place, variable, followers):
    basis, before = told(place)
    (place / "group_vars").mkdir(exist_ok=True)
    (place / "group_vars/scheduled.yml").write_text(variable)
    basis_after, after = told(place)
    assert basis_after == basis, "every role of the node would run"
    assert {role for role in after if after[role] != before[role]} == followers


def test_a_role_that_shares_no_result_runs_alone(place):
    file = place / "facility.yaml"
    play = sources_of(file, load_facility(file), place / "state").play
    assert connected_roles(play, ["base"]) == {"base"}
