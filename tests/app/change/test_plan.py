"""``millwright plan``: exit codes, what the document says, and its conclusion."""

import pytest

from millwright.adapters.ansible.events import ApplyResult, Failure, FileChange, HostCounts
from millwright.app.change import plan
from millwright.app.context import Context
from millwright.core.errors import BadInputError
from millwright.fleet.look.finding import HostLook
from millwright.fleet.look.plan import Plan
from millwright.fleet.look.survey import Drift, Need, Survey

NODES = tuple(f"rack-c{number}" for number in range(1, 3001))
LOOK = HostLook("rack-c1", is_reached=True)
NOTHING = ApplyResult((), (), (), status=0, log=None, seconds=0)
UNCHANGED = Survey({}, {"rack-c1": LOOK}, (), ())
DIFFERS = Survey(
    {},
    {"rack-c1": LOOK},
    (Drift("rack-c1", "base", "/etc/a", "mode", "0644", "0600"),),
    (Need("rack-c1", "", {"base": "the host differs"}),),
)


@pytest.fixture
def planned(monkeypatch, tmp_path):
    def pretend(survey, check=NOTHING, **options):
        monkeypatch.setattr(plan, "make_plan", lambda *_, **__: Plan(NODES, survey, check))
        monkeypatch.setattr(plan, "state_folder", lambda name: tmp_path / name)
        return plan.plan_changes(Context(), "rack", **options)

    return pretend


def test_a_plan_that_changes_nothing_concludes_so(planned):
    found = planned(UNCHANGED, fail_on_change=True)
    assert (found.exit_code, found.would_change, found.hosts, found.looked_at) == (0, False, 3000, 1)
    assert found.conclusion == "rack: an apply would change nothing; nothing was touched."


def test_a_change_is_no_failure_unless_asked(planned):
    counts = (HostCounts("rack-c1", 5, 1, 0, 0), HostCounts("rack-c2", 5, 0, 0, 0))
    changes = (FileChange("base : Ensure a", "-x\n+y", ("rack-c1",)),)
    check = ApplyResult(counts, (), changes, 0, None, 1)
    found = planned(DIFFERS, check)
    assert (found.exit_code, found.would_change, found.would_change_tasks) == (0, True, {"rack-c1": 1})
    assert [line.text for line in found.differences] == ["base: /etc/a: mode: 0644 → 0600"]
    assert [line.text for line in found.reasons] == ["base: the host differs"]
    assert [(change.hosts, change.text) for change in found.changes] == [(("rack-c1",), "-x\n+y")]
    assert planned(DIFFERS, check, fail_on_change=True).exit_code == 1


def test_an_unreachable_host_leaves_the_plan_open(planned):
    lost = HostLook.unreached("rack-c1", "no route")
    found = planned(Survey({}, {"rack-c1": lost}, (), ()))
    assert found.exit_code == 3
    assert [line.text for line in found.unreachable] == ["the host: no route"]
    assert "what an apply would change is not known" in found.conclusion
    some = planned(Survey({}, {"rack-c1": lost}, DIFFERS.drift, ()), fail_on_change=True)
    assert some.exit_code == 3
    assert "on the hosts that could not be checked is not known" in some.conclusion


def test_a_check_that_failed_is_a_failure(planned):
    failure = Failure("rack-c1", "base : Ensure a", "no space")
    check = ApplyResult((HostCounts("rack-c1", 5, 0, 1, 0),), (failure,), (), 2, None, 1)
    found = planned(DIFFERS, check)
    assert (found.exit_code, found.failures[0].message) == (1, "no space")


def test_a_limit_has_to_be_a_node_set():
    with pytest.raises(BadInputError, match="not a node set"):
        plan.plan_changes(Context(), "rack", limit="rack-c[1-")
