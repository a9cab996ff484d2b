"""Runs against a baseline: what is refused, repeated, traced, and what the exit code says."""

import datetime
from types import SimpleNamespace

import pytest

from millwright.app.context import Context
from millwright.app.regress import confirm as confirming
from millwright.app.regress.baseline import BaselineRequest, accept_baseline
from millwright.app.regress.check import CheckRequest, check_run
from millwright.app.regress.observed import REPEATS_ROOT
from millwright.core.errors import BadInputError, NotTrustedError
from millwright.core.places import state_folder
from millwright.fleet.rollout.journal import open_journal
from millwright.results.run_info import RUN_ID

NOW = datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC)


def accept(results, **options):
    return accept_baseline(Context(now=lambda: NOW), BaselineRequest("rack", results=results, **options))


def check(results, run=None, **options):
    return check_run(Context(), CheckRequest("rack", run, results=results, **options))


def triad(found):
    (one,) = [s for s in found.series if (s.metric, s.node) == ("triad_bw", "rack-c1")]
    return one


@pytest.fixture
def baseline(results, add_run):
    """Five runs with hardly any noise."""
    for number, factor in enumerate((1.0, 1.001, 0.999, 1.0005, 0.9995)):
        add_run(number, factor)
    return accept(results)


def test_a_run_like_the_baseline_passes_by_the_90_percent_rule_alone(results, baseline, add_run):
    add_run(10)
    found = check(results)
    one = triad(found)
    assert (one.verdict, one.look, one.keeps_90) == ("PASS", "too few runs", True)
    assert "5 runs, 30 needed for two looks" in one.reason
    assert one.smallest_drop < 0.01
    assert found.exit_code == 0


def test_a_run_below_90_percent_is_a_regression(results, baseline, add_run):
    run = add_run(10, 0.8)
    found = check(results)
    one = found.series[0]
    assert (found.exit_code, one.metric, one.node, one.verdict) == (1, "triad_bw", "rack-c1", "FAIL")
    assert one.drop == pytest.approx(0.2, abs=0.002)
    assert check(results, run).exit_code == 1


def test_repeats_decide_what_was_suspicious(results, baseline, add_run, monkeypatch):
    """A single bad run whose four repeats are as before is no regression; asking again repeats nothing."""
    run = add_run(10, 0.8)
    asked = []

    def run_checks(_context, request):
        asked.append(request)
        add_run(11 + len(asked), 1.0, root=request.results, confirms=request.confirms)
        return SimpleNamespace(was_interrupted=False)

    monkeypatch.setattr(confirming, "run_checks", run_checks)
    found = check(results, confirm=True)
    one = triad(found)
    assert (found.exit_code, one.verdict, len(one.repeats), len(found.repeats)) == (0, "PASS", 4, 4)
    assert {each.confirms for each in asked} == {run}
    assert {each.checks for each in asked} == {("MemoryBandwidth",)}
    assert {each.nodes for each in asked} == {"rack-c1"}
    assert {each.results for each in asked} == {results / REPEATS_ROOT}
    assert check(results, confirm=True).exit_code == 0
    assert len(asked) == 4
    assert check(results).run == run, "repeats are no runs of the facility"


def test_repeats_go_on_after_a_kill(results, baseline, add_run, monkeypatch):
    add_run(10, 0.8)
    asked = []

    def run_checks(_context, request):
        asked.append(request)
        if len(asked) == 3:
            raise KeyboardInterrupt
        add_run(11 + len(asked), 0.8, root=request.results, confirms=request.confirms)
        return SimpleNamespace(was_interrupted=False)

    monkeypatch.setattr(confirming, "run_checks", run_checks)
    with pytest.raises(KeyboardInterrupt):
        check(results, confirm=True)
    found = check(results, confirm=True)
    assert (len(asked), len(found.repeats), found.exit_code) == (5, 4, 1)
    assert triad(found).reason == "below 90% of the baseline (the mean of 4 repeats)"


def test_a_change_of_level_names_what_was_done_before_it(results, baseline, add_run):
    for number in range(10, 14):
        add_run(number, 0.8, tool_versions={"reframe": "4.10.5"})
    journal = open_journal(state_folder("rack"), "apply", "20261110T080000Z-00000000")
    at = datetime.datetime(2026, 11, 10, 8, tzinfo=datetime.UTC)
    for host, changed in (("rack-c1", 3), ("rack-c2", 2), ("rack-ctl", 1)):
        journal.note(at, "host", host=host, changed=changed)
    (change,) = triad(check(results)).changes
    assert (change.started, change.is_between) == ("2026-11-10T10:21:47Z", True)
    assert change.after == pytest.approx(0.8 * change.before, rel=0.01)
    texts = {
        cause.kind: cause.text
        for cause in change.causes
        if "rack-c1" in cause.text or "reframe" in cause.text
    }
    assert texts["product"] == "reframe 4.10.4 to 4.10.5"
    assert texts["provisioning"].endswith("changed 3 tasks on rack-c1")
    assert not [cause for cause in change.causes if "rack-c2" in cause.text]
    assert [cause for cause in change.causes if cause.text.endswith("1 task on rack-ctl")]


def test_without_a_baseline_the_message_names_the_command(results, add_run):
    add_run(1)
    with pytest.raises(
        BadInputError, match=r"no baseline is stored.*millwright regress baseline rack.*MW6602"
    ):
        check(results)


def test_a_run_of_the_baseline_is_not_judged_by_itself(results, baseline):
    with pytest.raises(BadInputError, match=r"part of the baseline.*MW6606"):
        check(results)


def test_a_baseline_of_another_facility_is_refused(results, baseline, add_run):
    add_run(10)
    other = results / "other"
    (results / "rack").rename(other)
    (results / "rack").mkdir()
    (other / ".baselines").rename(results / "rack" / ".baselines")
    path = next((results / "rack" / ".baselines").glob("0001-*"))
    text = path.read_text().replace('"facility":"rack"', '"facility":"other"')
    path.chmod(0o644)
    path.write_text(text)
    with pytest.raises(BadInputError, match="MW6605"):
        check(results, "20261110T102147Z-0000000a")
    from millwright.regress.stored import _sum

    path.rename(path.with_name(f"0001-{_sum(text)}.json"))
    for run in other.iterdir():
        if RUN_ID.fullmatch(run.name):
            run.rename(results / "rack" / run.name)
    with pytest.raises(BadInputError, match=r"a baseline of the facility 'other'.*MW6603"):
        check(results)


def test_runs_that_were_changed_are_refused(results, baseline, add_run):
    run = add_run(10)
    file = results / "rack" / run / "run.json"
    file.chmod(0o644)
    file.write_text(file.read_text().replace("4.10.4", "4.10.9"))
    with pytest.raises(NotTrustedError):
        check(results)
