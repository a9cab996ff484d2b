"""The sample of mutants, what is counted of it, and the second look at survivors."""

import json
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "mutants"
SOURCE = """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    value: int | None = 3

    def is_met(self, found: int) -> bool:
        return found + 1 < (self.value or 7)
"""


@pytest.fixture
def tools(monkeypatch):
    """The modules of ``make mutants``, which import each other by their bare names."""
    monkeypatch.syspath_prepend(str(TOOLS))
    names = ("run", "sampling", "verdict", "forks")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    run = __import__("run")
    yield run
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def mutations(tools, tmp_path):
    (tmp_path / "limit.py").write_text(SOURCE)
    return list(tools.find_mutations(tmp_path, ["limit.py"]))


def test_only_places_are_mutated_that_a_test_could_notice(mutations):
    assert {mutation.text for mutation in mutations} <= {
        "value: int | None = 3",
        "return found + 1 < (self.value or 7)",
    }
    assert {"core/NumberReplacer", "core/ReplaceComparisonOperator"} <= {each.family for each in mutations}
    assert not any("Operator_BitOr_" in mutation.operator for mutation in mutations), (
        "an annotation is no calculation"
    )


def test_a_sample_depends_on_its_seed_alone(tools, mutations):
    chosen = tools.sample(mutations, 4, seed=1)
    assert len(chosen) == 4
    assert chosen == tools.sample(list(reversed(mutations)), 4, seed=1)
    assert any(chosen != tools.sample(mutations, 4, seed=seed) for seed in range(2, 6))


def test_a_sample_has_one_mutation_a_place_and_family(tools, mutations):
    chosen = tools.sample(mutations, 1000, seed=1)
    places = [(each.start, each.family) for each in chosen]
    assert len(places) == len(set(places)) < len(mutations)


def test_equivalents_and_stillborn_mutants_are_not_counted(tools):
    found, equal = (tools.Change("a.py", "x < 1", after) for after in ("x <= 1", "x != 1"))
    summary = tools.summarise(7, [found, equal], 2, [equal])
    assert (summary.survived, summary.equivalent, summary.stillborn) == ((found,), (equal,), 2)
    assert summary.counted == 8
    assert summary.share == pytest.approx(1 / 8)
    assert "12.5%" in tools.describe(summary)


def test_a_sample_of_nothing_is_no_success(tools):
    assert tools.summarise(0, [], 3, []).share > tools.MOST_SURVIVING


def test_an_equivalent_needs_a_reason_and_its_line(tools, tmp_path):
    (tmp_path / "limit.py").write_text(SOURCE)
    file = tmp_path / "equivalent.yaml"
    entry = {"module": "limit.py", "before": "value: int | None = 3", "after": "value: int | None = 4"}
    file.write_text(json.dumps([{**entry, "reason": " "}]))
    with pytest.raises(ValueError, match="without a reason"):
        tools.read_equivalents(file)
    gone = {**entry, "before": "value = 9"}
    file.write_text(json.dumps([{**each, "reason": "the same"} for each in (entry, gone)]))
    outdated = tools.find_outdated(tools.read_equivalents(file), tmp_path)
    assert [change.before for change in outdated] == ["value = 9"]


def test_again_tries_what_survived_and_adds_up(tools, mutations, tmp_path, monkeypatch, capsys):
    """Three mutants were killed before; of two survivors, one is killed now."""
    monkeypatch.setattr(tools, "STATE", tmp_path / "state.json")
    monkeypatch.setattr(tools, "EQUIVALENTS", tmp_path / "equivalent.yaml")
    (tmp_path / "equivalent.yaml").write_text("[]")
    monkeypatch.setattr(tools, "_copy_checkout", lambda _target: None)
    tools._write_state(tools.State(killed=3, stillborn=1, survivors=tuple(mutations[:2])))
    tried = []

    def try_all(_root, chosen):
        tried.extend(chosen)
        change = tools.Change("limit.py", "a", "b")
        return tools.Tried((tools.Outcome.KILLED, tools.Outcome.SURVIVED), ((chosen[1], change),))

    monkeypatch.setattr(tools, "_try_all", try_all)
    monkeypatch.setattr(sys, "argv", ["", "--again"])
    assert tools.main() == 1
    assert tried == mutations[:2]
    assert tools._read_state() == tools.State(killed=4, stillborn=1, survivors=(mutations[1],))
    assert "5 mutants counted: 4 killed, 1 survived (20.0%" in capsys.readouterr().out
    assert not (tmp_path / "state.json.new").exists()


def test_again_without_an_earlier_run_says_what_to_do(tools, tmp_path, monkeypatch):
    monkeypatch.setattr(tools, "STATE", tmp_path / "state.json")
    monkeypatch.setattr(sys, "argv", ["", "--again"])
    with pytest.raises(SystemExit, match="without --again"):
        tools.main()
