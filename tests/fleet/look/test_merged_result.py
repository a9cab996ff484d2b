"""Runs and looks as one result: what ends one run early says nothing of hosts that it did not go to."""

from millwright.adapters.ansible.events import ApplyResult, HostCounts, summarize
from millwright.fleet.look.merged_result import merge


def run(*hosts, plays=1):
    """A run that was to have two plays and reached some of them."""
    counts = {host: {"ok": 3, "changed": 0, "failures": 0, "unreachable": 0} for host in hosts}
    events = [
        {"event": "start", "plays": 2},
        *[{"event": "play"}] * plays,
        {"event": "stats", "hosts": counts},
    ]
    return summarize(events, status=0, log=None, seconds=1.0)


def test_a_run_that_ended_early_leaves_its_own_hosts_unfinished_and_no_others():
    merged = merge([run("n1", plays=2), run("n2", plays=1)], seconds=2.0)
    assert {host.host: host.is_finished for host in merged.hosts} == {"n1": True, "n2": False}
    assert not merged.is_complete


def test_a_host_of_two_runs_is_finished_where_both_were():
    merged = merge([run("n1", plays=2), run("n1", plays=1)], seconds=2.0)
    assert merged.hosts == (HostCounts("n1", 6, 0, 0, 0, is_finished=False),)


def test_nothing_is_complete():
    assert merge([], seconds=0.0) == ApplyResult((), (), (), 0, None, 0.0)
