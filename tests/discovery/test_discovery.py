"""From recorded answers to a facility file: what is known, what is marked, and what no text can break."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.discovery.ask import read_captured
from millwright.discovery.cluster import read_cluster
from millwright.discovery.describe import Description, Wishes, describe
from millwright.discovery.nodes import parse_nodes_json, parse_nodes_text
from millwright.discovery.sources import SOURCES, capture_commands
from millwright.discovery.writing import write_facility
from millwright.errors import BadInputError
from millwright.facility import load_facility

DATA = Path(__file__).parent / "data"


def discovered(name, inventory="", **wishes):
    cluster = read_cluster(read_captured(DATA / name), inventory)
    return describe(cluster, Wishes(**{"login": cluster.asked_host, **wishes}))


def test_the_rack_describes_itself_as_it_was_declared(tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_text(write_facility(discovered("rack", harness="rack-login")))
    facility = load_facility(path)
    assert facility.kind == "virtual"
    assert facility.partitions["cpu"].node_names() == ("rack-c1", "rack-c2")
    assert facility.partitions["cpu"].is_default
    assert facility.node_classes["virtual-riscv"].emulated
    assert facility.access_modes["playground"].max_wall_min == 15
    assert facility.services.hosts()["database"] == "rack-ctl"
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
        "partitions.trial.max_time_min",
        "access_modes.long.max_wall_min",
    ):
        assert found.unknown[key], key
    assert "max_time_min" not in found.data["partitions"]["trial"]
    path = tmp_path / "facility.yaml"
    path.write_text(write_facility(found))
    with pytest.raises(BadInputError) as caught:
        load_facility(path)
    keys = {problem.key for problem in caught.value.problems}
    assert {"services.harness", "partitions.Boost"} <= keys


def test_a_class_is_called_by_a_feature_of_its_own():
    classes = discovered("site").data["node_classes"]
    assert list(classes) == ["gold", "class-2"]
    assert classes["gold"]["accelerators"] == {"part": "h100_sxm", "count": 8}
    assert discovered("site").unknown["node_classes.gold"] == ("features that Millwright does not set: ib",)


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
        "scontrol-nodes.json or scontrol-nodes.txt",
        "scontrol-partitions.txt",
    ]


def test_commands_for_an_air_gapped_site_fill_every_file():
    lines = "\n".join(capture_commands())
    assert all(f"captured/{name}" in lines for name in SOURCES)
    forbidden = ("update", "modify", " add ", "delete", "create ")
    assert not any(word in " ".join(argv) for argv in SOURCES.values() for word in forbidden)


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
    for parse in (parse_nodes_json, parse_nodes_text):
        assert isinstance(parse(text), tuple)
    parse_nodes_text(f"NodeName={text}")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(SOURCES)), st.text(max_size=200)))
def test_any_answers_give_a_description_or_a_clear_refusal(texts):
    try:
        cluster = read_cluster(texts)
    except BadInputError:
        return
    yaml.safe_load(write_facility(describe(cluster, Wishes())))
