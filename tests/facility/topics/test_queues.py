"""Queues over partitions: what is refused, which one measures a partition, and what jobs in one cost."""

from pathlib import Path

import pytest
import yaml

from millwright.adapters.slurm.queues import queue_lines
from millwright.capacity.charges import charge
from millwright.core.node_sets import expand, fold_for_slurm
from millwright.facility import load_facility
from millwright.facility.consistency import find_inconsistencies
from millwright.facility.model import Facility
from millwright.facility.topics.queues import job_limit_min, queue_of
from millwright.results.accounting import UsageRow

CASE = Path(__file__).resolve().parents[2] / "playbooks/cases/queues.facility.yaml"


def changed(**keys):
    data = yaml.safe_load(CASE.read_text())
    for path, value in keys.items():
        *above, last = path.split("__")
        place = data
        for key in above:
            place = place[key]
        place[last] = value
    return Facility.model_validate(data)


def codes(facility):
    return [finding.code for finding in find_inconsistencies(facility)]


def test_overlapping_queues_count_each_node_once():
    facility = load_facility(CASE)
    assert sum(len(partition.node_names()) for partition in facility.partitions.values()) == 6
    assert len(queue_lines(facility)) == 4


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"queues__all__nodes": "n1"}, "MW1522"),
        ({"queues__all__partitions": ["cpu", "gpus"]}, "MW1523"),
        ({"queues__long__nodes": "n[1-9]"}, "MW1524"),
        ({"queues": {"batch": {"partitions": ["cpu"]}}}, "MW1525"),
        ({"queues__batch__charged_as": "gpu"}, "MW1526"),
        ({"queues__gpu__default": True}, "MW1528"),
        ({"partitions__cpu__default": True}, "MW1529"),
        ({"queues__all__settings": {"maxtime": "5"}}, "MW1530"),
        ({"node_classes__fat__settings": {"realmemory": "5"}}, "MW1530"),
        ({"queues__Default": {"partitions": ["cpu"]}}, "MW1521"),
        ({"switches": {"s": {"nodes": "n[1-4],gpu[1-2]-ib"}}}, "MW1531"),
        ({"blocks": {}}, "MW1532"),
        ({"blocks__rack2": "n[3-5]"}, "MW1533"),
        ({"blocks__rack2": "n[2-4]"}, "MW1534"),
        ({"block_sizes": [2, 6]}, "MW1535"),
        ({"block_sizes": [3]}, "MW1536"),
    ],
)
def test_contradictions(keys, code):
    assert code in codes(changed(**keys))


def test_jobs_of_grants_in_a_queue_over_two_kinds_of_node_need_one_charge():
    grant = {
        "organisation": "Sea",
        "kind": "sme",
        "member_state": "BE",
        "access_mode": "open",
        "share": "hosting",
        "granted_hours": 1,
        "unit": "node-hour",
        "partition": "cpu",
        "start": "2026-01-01",
        "end": "2036-01-01",
        "users": ["ada"],
    }
    keys = {"access_modes": {"open": {"title": "Open"}}, "accounts": {"sea": grant}}
    assert "MW1527" not in codes(changed(**keys))
    assert "MW1527" in codes(changed(**keys, queues__all__charged_as=None))


def test_a_partition_is_measured_through_its_own_queue_or_an_open_one_over_all_its_nodes():
    facility = changed(queues__all__hidden=False)
    assert queue_of(facility, "gpu") == "gpu"
    assert queue_of(facility, "cpu") == "batch"
    assert job_limit_min(facility, "cpu", "batch") == 60
    assert job_limit_min(changed(partitions__cpu__max_time_min="unlimited"), "cpu", "batch") == 1440
    assert queue_of(facility.model_copy(update={"queues": {}}), "cpu") == "cpu"


@pytest.mark.parametrize("queue", ["batch", "long", "all"])
def test_a_job_costs_the_same_in_every_queue_of_its_partition(queue):
    row = UsageRow("a", "u", "open", queue, "cpu=8,mem=1G,node=1", 1, 3600)
    assert charge(load_facility(CASE), row) == pytest.approx(1.0)


def test_a_queue_that_is_gone_costs_nothing_that_is_known():
    row = UsageRow("a", "u", "open", "old", "cpu=8", 1, 3600)
    assert charge(load_facility(CASE), row) is None


@pytest.mark.parametrize(
    ("nodes", "text"),
    [
        ("gpu[1-4]-ib", "gpu1-ib,gpu2-ib,gpu3-ib,gpu4-ib"),
        ("x1000c0s[0-1]b[0-1]n0", "x1000c0s0b0n0,x1000c0s0b1n0,x1000c0s1b0n0,x1000c0s1b1n0"),
        ("x1000c0s[0-1]b0n[0-1]", "x1000c0s0b0n[0-1],x1000c0s1b0n[0-1]"),
        ("n[1-4],g[1-2]", "g[1-2],n[1-4]"),
        ("cn[001-003,010]", "cn[001-003,010]"),
        ("login", "login"),
    ],
)
def test_only_what_slurm_can_read_is_folded(nodes, text):
    assert fold_for_slurm(expand(nodes)) == text
    assert sorted(expand(text)) == sorted(expand(nodes))
