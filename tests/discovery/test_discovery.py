"""From recorded answers to a facility file: what is known, what is marked, and what no text can break."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.core.errors import BadInputError
from millwright.discovery.accelerators import parse_nvidia_smi
from millwright.discovery.access_modes import access_modes
from millwright.discovery.accounting import parse_qos
from millwright.discovery.ask import read_captured
from millwright.discovery.availability import parse_availability, parse_grouped_nodes
from millwright.discovery.cluster import read_cluster
from millwright.discovery.describe import Description, DiscoveryHints, describe
from millwright.discovery.node_sets import Remarks
from millwright.discovery.nodes import parse_nodes_json, parse_nodes_text
from millwright.discovery.sources import SOURCES, capture_commands
from millwright.discovery.topology import parse_topology, switches
from millwright.discovery.writing import write_facility
from millwright.facility import load_facility

DATA = Path(__file__).parent / "data"


def discovered(name, inventory="", **hints):
    cluster = read_cluster(read_captured(DATA / name), inventory)
    return describe(cluster, DiscoveryHints(**{"login": cluster.asked_host, **hints}))


def test_the_rack_describes_itself_as_it_was_declared(tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_text(write_facility(discovered("rack", harness="rack-login")))
    facility = load_facility(path)
    assert facility.kind == "virtual"
    assert facility.partitions["cpu"].node_names() == ("rack-c1", "rack-c2")
    assert facility.partitions["cpu"].is_default
    assert facility.node_classes["virtual-riscv"].emulated
    assert facility.access_modes["playground"].max_wall_min == 15
    assert facility.access_modes["emergency"].preempts[-1] == "playground"
    assert facility.switches["spine"].switches == "leaf[1-2]"
    assert facility.services.hosts()["database"] == ("rack-ctl",)
    assert facility.manages == ()


def test_json_and_text_of_the_same_cluster_say_the_same():
    texts = read_captured(DATA / "rack")
    by_json = parse_nodes_json(texts["scontrol-nodes.json"])
    assert by_json
    assert parse_nodes_text(texts["scontrol-nodes.txt"]) == by_json


def test_what_nobody_can_know_is_marked_and_left_out(tmp_path):
    found = discovered("site")
    assert found.data["kind"] == "physical"
    assert found.data["services"] == {
        "controller": "ctl1",
        "backup_controller": "ctl2",
        "database": "db1",
        "login": "login1",
    }
    for key in (
        "services.harness",
        "addresses.ctl2",
        "addresses.db1",
        "node_classes.class-2.accelerators",
        "access_modes.long.max_wall_min",
        "asked_as",
    ):
        assert found.unknown[key], key
    assert found.data["queues"] == {
        "Boost": {"partitions": ["gold"], "default": True, "max_time_min": 1440},
        "debug": {"nodes": "g001", "max_time_min": 30},
        "trial": {"partitions": ["trial"], "max_time_min": "unlimited"},
    }
    path = tmp_path / "facility.yaml"
    path.write_text(write_facility(found))
    with pytest.raises(BadInputError) as caught:
        load_facility(path)
    keys = {problem.key for problem in caught.value.problems}
    assert {"services.harness"} <= keys


def test_a_class_is_called_by_a_feature_of_its_own():
    classes = discovered("site").data["node_classes"]
    assert list(classes) == ["gold", "class-2"]
    assert classes["gold"]["accelerators"] == {"part": "h100_sxm", "count": 8}
    assert classes["gold"]["features"] == ["ib"]
    assert discovered("site").unknown["node_classes.gold"] == ("g001: Comment: a: b # c",)


def test_nodes_are_known_from_sinfo_alone_where_nothing_else_was_answered():
    found = discovered("grouped")
    assert found.data["node_classes"] == {
        "gold": {
            "sockets": 2,
            "cores_per_socket": 56,
            "threads_per_core": 2,
            "memory_mib": 2000000,
            "accelerators": {"part": "h100_sxm", "count": 4},
        }
    }
    assert "node_classes.gold.architecture" in found.unknown
    assert found.data["partitions"]["gpu"]["nodes"] == "g[1-3]"


def test_a_number_in_which_a_group_of_sinfo_differs_is_not_known():
    text = (DATA / "grouped/sinfo.json").read_text().replace('"maximum": 2000000', '"maximum": 3000000')
    assert {node.memory_mib for node in parse_grouped_nodes(text)} == {0}


def test_nodes_out_of_service_are_told_with_their_reason_as_a_remark():
    (remark,) = discovered("grouped").unknown["partitions"]
    assert remark.startswith("g3 was DOWN+DRAIN (bad DIMM")
    assert "# unknown: g3 was DOWN+DRAIN (bad DIMM?# key: value)" in write_facility(discovered("grouped"))


def test_sinfo_of_slurm_22_prints_nodes_and_is_read_as_such():
    rack = read_captured(DATA / "rack")
    texts = {name: text for name, text in rack.items() if not name.startswith("scontrol-nodes")}
    found = read_cluster({**texts, "sinfo.json": rack["scontrol-nodes.json"]})
    assert found.nodes == parse_nodes_json(rack["scontrol-nodes.json"])


def test_what_nvidia_smi_says_and_slurm_does_not_is_remarked():
    found = discovered("grouped")
    assert found.unknown["node_classes.gold"] == (
        "Slurm and the host disagree: nvidia-smi of g1 has 2 devices, Slurm 4",
    )
    assert found.unknown["node_classes.gold.accelerators"] == (
        "MIG is on for 1 devices, with 2 instances: say in partitioning how each device is divided",
    )


def test_the_product_names_of_the_driver_help_to_name_the_part():
    texts = read_captured(DATA / "grouped")
    texts["sinfo.json"] = texts["sinfo.json"].replace("gpu:h100_sxm:4", "gpu:hopper:2")
    text = describe(read_cluster(texts), DiscoveryHints()).unknown["node_classes.gold.accelerators"]
    assert "the driver of g1 has 2 x 'NVIDIA H100 80GB HBM3' with 81559 MiB" in text[1]


def test_a_log_of_nvidia_smi_with_entities_of_its_own_is_not_read():
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><nvidia_smi_log><gpu/></nvidia_smi_log>'
    assert parse_nvidia_smi(bomb) == ()
    assert parse_nvidia_smi("NVIDIA-SMI has failed because it couldn't communicate with the driver") == ()


def test_every_limit_of_a_qos_is_declared_or_remarked():
    found = discovered("grouped")
    assert found.data["access_modes"] == {
        "small": {
            "title": "Small | short",
            "priority": 10,
            "max_wall_min": 240,
            "protected_min": 10,
            "max_jobs_per_user": 4,
            "max_jobs_per_account": 8,
            "max_submitted_per_user": 20,
            "max_submitted_per_account": 40,
            "max_nodes_per_job": 2,
            "max_accelerators_per_job": 8,
            "max_nodes_per_user": 4,
            "max_accelerators_per_account": 64,
            "usage_factor": 0.5,
        },
        "urgent": {
            "title": "Urgent",
            "priority": 1000,
            "preempts": ["small"],
            "when_preempted": "cancel",
            "grace_s": 30,
        },
    }
    assert found.unknown["access_modes.urgent"] == (
        "GrpTRES=cpu=512 is no limit of an access mode; applying accounts lifts it",
        "MinTRES=cpu=8 is no limit of an access mode; applying accounts lifts it",
        "flags that applying accounts takes away: NoDecay",
    )


def test_the_tree_of_switches_is_described_or_left_out_as_a_whole():
    found = discovered("grouped")
    assert found.data["switches"] == {
        "leaf1": {"nodes": "g[1-2]"},
        "leaf2": {"nodes": "g3"},
        "spine": {"switches": "leaf[1-2]"},
    }
    texts = read_captured(DATA / "grouped")
    texts["scontrol-topology.txt"] += "SwitchName=Core_1 Level=2 LinkSpeed=1 Nodes=g[1-3] Switches=spine\n"
    other = describe(read_cluster(texts), DiscoveryHints())
    assert other.data["switches"] == {}
    assert "Core_1" in other.unknown["switches"][0]


def test_a_cluster_that_takes_tokens_has_a_host_that_nobody_named():
    assert discovered("grouped").unknown["services.rest"]
    assert "services.rest" not in discovered("site").unknown


def test_an_inventory_of_ansible_knows_addresses():
    inventory = (
        '{"_meta": {"hostvars": {"ctl2": {"ansible_host": "10.20.0.2"}, "login1": {"ansible_host": "x"}}}}'
    )
    found = discovered("site", inventory)
    assert found.data["addresses"]["ctl2"] == "10.20.0.2"
    assert "addresses.login1" in found.unknown


def test_a_separator_in_a_description_shifts_no_limit():
    modes = discovered("site").data["access_modes"]
    assert modes["fast"] == {
        "title": 'Fast | lane: "quoted" # not a comment',
        "priority": 200,
        "max_wall_min": 30,
        "max_jobs_per_user": 4,
    }


def test_the_order_is_that_of_the_cluster_and_a_second_run_says_the_same():
    assert write_facility(discovered("site")) == write_facility(discovered("site"))


def test_without_the_needed_answers_every_missing_one_is_named(tmp_path):
    with pytest.raises(BadInputError) as caught:
        read_cluster(read_captured(tmp_path))
    assert [problem.file for problem in caught.value.problems] == [
        "scontrol-config.txt",
        "scontrol-nodes.json, scontrol-nodes.txt or sinfo.json",
        "scontrol-partitions.txt",
    ]


def test_commands_for_an_air_gapped_site_fill_every_file():
    lines = "\n".join(capture_commands())
    assert all(f"captured/{name}" in lines for name in SOURCES)
    forbidden = ("update", "modify", " add ", "delete", "create ")
    assert not any(word in " ".join(argv) for argv in SOURCES.values() for word in forbidden)


PARSERS = (
    parse_nodes_json,
    parse_nodes_text,
    parse_grouped_nodes,
    parse_availability,
    parse_nvidia_smi,
    parse_topology,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["node", "nodes", "reason", "sockets", "memory", "gres", "features"]), JSON
        )
    )
)
def test_any_groups_of_sinfo_are_read_or_left_out(groups):
    text = json.dumps({"sinfo": groups})
    assert isinstance(parse_availability(text), tuple)
    assert isinstance(parse_grouped_nodes(text), tuple)


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), min_size=23, max_size=23), st.text(max_size=12))
def test_any_qos_and_switch_are_described_or_remarked(cells, switch):
    head = (DATA / "grouped/sacctmgr-qos.txt").read_text().splitlines()[0]
    found = parse_topology(f"SwitchName={switch} Level=0 Nodes={cells[0]} Switches={cells[1]}")
    data = {
        "access_modes": dict(access_modes(parse_qos(f"{head}\n{'|'.join(cells)}\n"), Remarks())),
        "switches": dict(switches(found, {"n1"}, Remarks())),
    }
    assert yaml.safe_load(write_facility(Description(data))) == data


HOSTILE = st.text(max_size=60)


@settings(deadline=None)
@given(name=HOSTILE, feature=HOSTILE, comment=HOSTILE, title=HOSTILE)
def test_no_text_breaks_the_file(name, feature, comment, title):
    """Whatever a cluster says reads back as the same data, and a remark never becomes a key."""
    data = {
        "plugin": "facility",
        "title": title,
        "addresses": {name: feature},
        "partitions": {name: {"nodes": comment, feature or "x": [title]}},
        "manages": [],
    }
    remarks = {"title": (comment,), f"partitions.{name}": (comment, title), f"else.{feature}": (name,)}
    text = write_facility(Description(data, remarks))
    assert yaml.safe_load(text) == data


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_parsed_or_left_out(text):
    for parse in PARSERS:
        assert isinstance(parse(text), tuple)
    parse_nodes_text(f"NodeName={text}")
    parse_topology(f"SwitchName={text}")
    parse_nvidia_smi(f"<?xml version='1.0'?><nvidia_smi_log><gpu>{text}</gpu></nvidia_smi_log>")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(SOURCES)), st.text(max_size=200)))
def test_any_answers_give_a_description_or_a_clear_refusal(texts):
    try:
        cluster = read_cluster(texts)
    except BadInputError:
        return
    yaml.safe_load(write_facility(describe(cluster, DiscoveryHints())))
