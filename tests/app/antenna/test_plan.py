"""Planning: gateways, bundles and factory in one list, and nothing of the state is touched."""

import pytest

from millwright.antennas.rollout.plan import Change
from millwright.app.antenna import plan as module
from millwright.app.context import Context


@pytest.fixture
def asked(monkeypatch):
    """Hosts that answer as the test wants; gives the groups of gateways that pyinfra was asked about."""
    groups = []

    def plan_gateways(_file, _root, wanted):
        groups.extend(wanted)
        return (Change("rack-antenna", "tunnel"),), "- old\n"

    def set_answers(unreached=None, silent=None):
        monkeypatch.setattr(module, "find_unreached", lambda *_: dict(unreached or {}))
        monkeypatch.setattr(module, "write_trust", lambda *_, **__: None)
        monkeypatch.setattr(module, "plan_gateways", plan_gateways)
        factory = ((Change("rack-login", "peer"),), "+ new\n", dict(silent or {}))
        monkeypatch.setattr(module, "plan_factory", lambda *_, **__: factory)
        return groups

    return set_answers


def test_changes_of_gateways_and_factory_are_one_list(asked):
    groups = asked()
    outcome = module.plan(Context(), "rack", None)
    assert [(row.host, row.step) for row in outcome.changes] == [
        ("rack-antenna", "tunnel"),
        ("rack-login", "peer"),
    ]
    assert (outcome.diff, outcome.exit_code, outcome.is_first) == ("- old\n+ new\n", 0, True)
    assert groups == ["antenna_coast", "antenna_hills"]


def test_a_gateway_that_is_down_is_left_out_and_the_code_is_3(asked):
    groups = asked(unreached={"coast": "down"}, silent={"rack-login": "no route"})
    outcome = module.plan(Context(), "rack", None)
    assert groups == ["antenna_hills"]
    assert outcome.unreached == {"coast": "down", "rack-login": "no route"}
    assert outcome.exit_code == 3


def test_a_new_bundle_is_a_change(asked, facility_like_rack):
    asked()
    file = facility_like_rack(lambda data: data["antennas"]["hills"].update(reached_by="bundle"))
    steps = {row.host: row.step for row in module.plan(Context(), file, None).changes}
    assert steps["rack-antenna2"].startswith("new bundle: it takes bundles")


def test_a_plan_leaves_no_key_behind(asked, home):
    asked()
    module.plan(Context(), "rack", None)
    assert [path for path in home.rglob("*") if path.is_file()] == []
