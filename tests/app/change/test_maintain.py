"""``millwright maintain``: what is refused before a node is drained, resuming, and the stored report.

The rounds are in tests/fleet/service.
"""

import json
from pathlib import Path

import pytest

from millwright.app.change import maintain, resumable_run
from millwright.app.context import Context
from millwright.core.errors import BadInputError, NotTestableError
from millwright.fleet.rollout.journal import latest_journal
from millwright.fleet.service.upkeep import Fate, NodeLine

NODES = ("rack-c1", "rack-c2")


class Upkeep:
    """Rounds after which nodes have a fate that depends on the terms."""

    def __init__(self, terms, rounds):
        self.terms, self.rounds = terms, rounds
        self.service = self

    def free_nodes(self, nodes, _owner):
        return frozenset(nodes)

    def round(self, wave, nodes, _wait):
        self.rounds.append(tuple(nodes))
        fate = Fate.IN_SERVICE if self.terms.admits_inconclusive or not self.terms.is_checked else Fate.HELD
        return tuple(NodeLine(node, wave, fate) for node in nodes)


@pytest.fixture
def rounds(monkeypatch, tmp_path):
    """Nodes of each round; a round that was not expected would reach for the controller and fail."""
    monkeypatch.setattr(resumable_run, "state_folder", lambda name: tmp_path / name)
    found = []
    monkeypatch.setattr(maintain.MaintenanceContext, "upkeep", lambda _self, terms: Upkeep(terms, found))
    return found


def maintain_nodes(nodes="cpu", *, resume=False, **options):
    return maintain.maintain_nodes(Context(), "rack", nodes, options, resume=resume)


def test_too_few_peers_are_reported_before_anything_is_drained(rounds, tmp_path):
    with pytest.raises(NotTestableError) as refused:
        maintain_nodes()
    text = str(refused.value)
    assert "rack-c[1-2]: too few nodes of the same class to compare with, 1 of 5" in text
    assert "millwright maintain rack cpu --admit-inconclusive" in text
    assert "millwright maintain rack cpu --no-checks" in text
    assert rounds == []
    assert not (tmp_path / "rack").exists(), "nothing to resume is left"


@pytest.mark.parametrize("option", ["admit_inconclusive", "no_checks"])
def test_the_options_that_the_refusal_names_work(rounds, option):
    report = maintain_nodes(**{option: True})
    assert (report.exit_code, report.next_step) == (0, "")
    assert sorted(node for nodes in rounds for node in nodes) == sorted(NODES)
    assert {node.fate for node in report.nodes} == {"in service"}


def test_a_hint_quotes_nodes_and_the_path_as_typed(rounds, rack_file, tmp_path):
    copy = tmp_path / "my site" / "facility.yaml"
    copy.parent.mkdir()
    copy.write_bytes(rack_file.read_bytes())
    nodes = "rack-c[1-2]"
    with pytest.raises(NotTestableError) as refused:
        maintain.maintain_nodes(Context(), str(copy), nodes, {})
    assert f"millwright maintain '{copy}' 'rack-c[1-2]' --no-checks" in str(refused.value)


def test_held_nodes_can_be_admitted_on_resuming(rounds, monkeypatch, tmp_path):
    monkeypatch.setattr(maintain, "require_peers", lambda *_: None)
    held = maintain_nodes(wave_size=2)
    assert held.exit_code == 3
    assert "millwright maintain rack --resume goes on" in held.next_step
    stored = json.loads(Path(held.folder, "report.json").read_text())
    assert type(held).model_validate(stored) == held
    with pytest.raises(BadInputError, match="--wave-size"):
        maintain_nodes("", resume=True, wave_size=3)
    admitted = maintain_nodes("", resume=True, admit_inconclusive=True)
    assert (admitted.exit_code, admitted.run_id) == (0, held.run_id)
    assert latest_journal(tmp_path / "rack", "maintain").entries()[-1]["finished"] is True


def test_nodes_have_to_be_named():
    with pytest.raises(BadInputError, match="NODES: -: missing"):
        maintain_nodes("")
