"""``millwright nodes commission``: what is refused before a node is drained, and how a run ends."""

import pytest

from millwright.app.change import commission
from millwright.app.context import Context
from millwright.core.errors import BadInputError, NotTestableError
from millwright.fleet.rollout.journal import latest_journal
from millwright.fleet.service.upkeep import Fate, NodeLine


class Upkeep:
    def __init__(self, fate):
        self.fate = fate

    def round(self, wave, nodes, _wait):
        if self.fate is None:
            raise KeyboardInterrupt("ended by SIGTERM")
        return tuple(NodeLine(node, wave, self.fate) for node in nodes)


@pytest.fixture
def rounds(monkeypatch, tmp_path):
    """Pretend that a round ends with a fate; the drains that each round may take over."""
    monkeypatch.setattr(commission, "state_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(commission, "reclaim", lambda *_: ())
    monkeypatch.setattr(commission.MaintenanceContext, "service", lambda _self: None)
    taken_over = []

    def pretend(fate):
        def upkeep(_self, _terms, owners):
            taken_over.append(owners)
            return Upkeep(fate)

        monkeypatch.setattr(commission.MaintenanceContext, "upkeep", upkeep)
        return taken_over

    return pretend


def commission_nodes(context=None, nodes="rack-c2", **options):
    force_owner = options.pop("force_owner", "")
    return commission.commission_nodes(context or Context(), "rack", nodes, options, force_owner=force_owner)


def test_too_few_peers_are_reported_before_anything_is_drained(rounds, tmp_path):
    owners = rounds(Fate.IN_SERVICE)
    with pytest.raises(NotTestableError) as refused:
        commission_nodes(force_owner="root")
    text = str(refused.value)
    assert "rack-c2: too few nodes of the same class to compare with, 1 of 5" in text
    assert "millwright nodes commission rack rack-c2 --force-owner root --admit-inconclusive" in text
    assert owners == []
    assert not (tmp_path / "rack").exists()


def test_the_option_that_the_refusal_names_works(rounds, tmp_path):
    owners = rounds(Fate.IN_SERVICE)
    report = commission_nodes(admit_inconclusive=True, force_owner="root")
    assert (report.exit_code, report.next_step) == (0, "")
    assert owners == [("quarantine", "commission", "drain", "root")]
    assert latest_journal(tmp_path / "rack", "commission").entries()[-1]["event"] == "end"


def test_a_node_that_is_not_in_service_comes_with_the_command_that_tries_again(rounds):
    rounds(Fate.UNREACHABLE)
    report = commission_nodes(admit_inconclusive=True, threshold=0.1, results_dir="my results")
    assert report.exit_code == 3
    options = "--admit-inconclusive --threshold 0.1 --results-dir 'my results'"
    assert report.next_step.startswith(f"millwright nodes commission rack rack-c2 {options} tries again")


def test_an_interrupted_run_warns_which_nodes_are_in_service(rounds, tmp_path):
    warnings = []
    rounds(None)
    with pytest.raises(KeyboardInterrupt):
        commission_nodes(Context(warn=warnings.append), admit_inconclusive=True)
    assert "only those that got their verdict are in service" in warnings[0]
    assert "millwright nodes commission rack rack-c2 --admit-inconclusive takes them over" in warnings[0]
    assert latest_journal(tmp_path / "rack", "commission").entries()[-1]["by"] == "ended by SIGTERM"


def test_unknown_nodes_are_bad_input(rounds):
    with pytest.raises(BadInputError, match="nosuch: unknown"):
        commission_nodes(nodes="nosuch")
