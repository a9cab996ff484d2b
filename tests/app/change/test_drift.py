"""``millwright drift``: exit codes and what the document says; the comparison is in tests/fleet/look."""

import pytest

from millwright.app.change import drift
from millwright.app.context import Context
from millwright.core.errors import BadInputError
from millwright.core.places import shipped_facilities
from millwright.fleet.look.drift import DriftReport, SharedFinding

NODES = tuple(f"rack-c{number}" for number in range(1, 3001))
LISTS = (
    *("differences", "untested", "unreachable", "never_converged"),
    *("outdated", "unseen", "proved", "undeclared"),
)


@pytest.fixture
def compare(monkeypatch, tmp_path):
    """The drift of a facility whose hosts gave these findings."""

    def pretend(*, facility="rack", **lists):
        found = DriftReport(NODES, 90_000, **{**dict.fromkeys(LISTS, ()), **lists})
        monkeypatch.setattr(drift, "find_drift", lambda *_: found)
        monkeypatch.setattr(drift, "state_folder", lambda name: tmp_path / name)
        return drift.look_for_drift(Context(), facility)

    return pretend


@pytest.mark.parametrize(
    ("lists", "code"),
    [
        ({}, 0),
        ({"unseen": (SharedFinding(NODES, "a", "Ensure b"),)}, 0),
        ({"left": (SharedFinding(NODES, "directory", "service sssd"),)}, 0),
        ({"never_converged": ("rack-c1",)}, 3),
        ({"untested": (SharedFinding(("rack-c1",), "a", "b"),)}, 3),
        ({"unreachable": (SharedFinding(("rack-c1",), "", "the host", "no route"),)}, 3),
        ({"differences": (SharedFinding(NODES, "a", "b"),), "never_converged": ("rack-c1",)}, 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst_finding(compare, lists, code):
    assert compare(**lists).exit_code == code


def test_hosts_that_share_a_finding_are_one_node_set(compare):
    (line,) = compare(differences=(SharedFinding(NODES, "base", "/etc/hosts", "it differs"),)).differences
    assert (line.nodes, line.text) == ("rack-c[1-3000]", "base: /etc/hosts: it differs")
    assert line.hosts == NODES


def test_hosts_that_were_not_compared_do_not_count(compare):
    unreachable = (SharedFinding(("rack-c1", "rack-c2"), "", "the host", "no route"),)
    found = compare(unreachable=unreachable, never_converged=("rack-c3",))
    assert (found.hosts, found.looked_at, found.differing) == (3000, 2997, 0)


def test_a_grant_that_is_still_open_comes_with_the_command_that_shows_more(compare):
    grant = SharedFinding(("rack-ctl",), "slurm_accounts", "open grants", "tide")
    assert compare(undeclared=(grant,)).accounts_hint == "millwright accounts diff rack"
    assert not compare().accounts_hint


def test_a_cluster_that_is_adopted_role_by_role_names_the_roles(compare, tmp_path):
    file = tmp_path / "facility.yaml"
    shipped = shipped_facilities()["rack"].read_text()
    file.write_text(shipped.replace("plugin: facility\n", "plugin: facility\nmanages: [base]\n", 1))
    assert compare(facility=str(file)).manages == ("base",)
    assert compare().manages is None


def test_a_facility_without_hosts_of_ansible_has_nothing_to_compare():
    found = drift.look_for_drift(Context(), "workstation")
    assert (found.hosts, found.exit_code) == (0, 0)


def test_a_limit_has_to_be_a_node_set_of_the_facility():
    with pytest.raises(BadInputError, match="not a node set"):
        drift.look_for_drift(Context(), "rack", limit="rack-c[1-")
    with pytest.raises(BadInputError, match="nosuch"):
        drift.look_for_drift(Context(), "rack", limit="nosuch")
