"""What real sites are like, read from what their Slurm says, each with its right answer."""

from pathlib import Path

import pytest
import yaml

from millwright.app.site.facility_discover import find_missing_keys
from millwright.core.node_sets import expand
from millwright.discovery.ask import read_captured
from millwright.discovery.cluster import read_cluster
from millwright.discovery.describe import DiscoveryHints, describe
from millwright.discovery.sources import SOURCES
from millwright.discovery.writing import write_facility
from millwright.facility import load_facility

SITES = Path(__file__).resolve().parents[1] / "data/sites"


def discovered(folder, **changes):
    texts = {**read_captured(SITES / folder), **changes}
    cluster = read_cluster(texts)
    return describe(cluster, DiscoveryHints(login=cluster.asked_host, harness=cluster.asked_host))


def everything(found):
    return "\n".join(f"{key}: {text}" for key, texts in found.unknown.items() for text in texts)


def test_what_an_ordinary_user_can_not_see_is_remarked():
    found = discovered("06-hidden-partitions/as-user")
    for name, nodes in (("acceptance", "acc[01-04]"), ("debug", "cn01"), ("chem", "gn[01-02]")):
        assert any(f"{name} with {nodes} is not shown" in text for text in found.unknown["partitions"])
    assert found.unknown["asked_as"]
    assert "access_modes" not in found.data
    assert found.unknown["access_modes"]
    assert "asked_as" not in discovered("06-hidden-partitions/as-user", **{"user.txt": "root\n"}).unknown


def test_slurm_is_asked_for_what_it_hides():
    for name, argv in SOURCES.items():
        if argv[0] in {"scontrol", "sinfo"} and not name.startswith(("scontrol-config", "scontrol-topology")):
            assert "--all" in argv, name


def test_overlapping_partitions_are_queues_over_sets_of_equal_nodes():
    found = discovered("06-hidden-partitions/as-user")
    assert {name: each["nodes"] for name, each in found.data["partitions"].items()} == {
        "batch": "cn[01-03]",
        "gpu": "gn[01-02]",
    }
    assert found.data["queues"]["all"]["partitions"] == ["batch", "gpu"]
    assert found.data["queues"]["gpu"]["max_time_min"] == "unlimited"
    assert found.data["queues"]["gpu"]["allow_accounts"] == ["ai"]


def test_blocks_are_described(tmp_path):
    found = discovered("08-block-topology/captured")
    assert found.data["blocks"] == {"rack1": "g[01-18]", "rack2": "g[19-36]"}
    assert found.data["block_sizes"] == [18, 36]
    path = tmp_path / "facility.yaml"
    path.write_text(write_facility(found))
    assert len(load_facility(path).blocks) == 2


@pytest.mark.parametrize("line", ["BlockName=rack3 Nodes=g[01-02] Colour=red", "PodName=p1 Nodes=g[01-02]"])
def test_a_topology_that_is_not_understood_is_remarked(line):
    text = (SITES / "08-block-topology/captured/scontrol-topology.txt").read_text()
    found = discovered("08-block-topology/captured", **{"scontrol-topology.txt": f"{text}{line}\n"})
    assert line.split()[-1] in everything(found)


def test_no_answer_about_the_topology_is_remarked():
    assert discovered("08-block-topology/captured", **{"scontrol-topology.txt": ""}).unknown["switches"]


def test_a_controller_keeps_its_place_whatever_its_address_is():
    found = discovered("09-controller-address/captured")
    assert found.data["services"]["controller"] == "ctl"
    assert found.data["services"]["backup_controller"] == "ctl2"
    assert "ctl" not in found.data["addresses"]
    assert any("ctl-mgmt.example.org" in text for text in found.unknown["addresses.ctl"])


@pytest.mark.parametrize(
    ("entries", "controller", "backup", "remark"),
    [
        (["a b c", "ctl2(10.0.0.2)"], "a b c", "ctl2", None),
        (["ctl.example.org(10.0.0.1)"], "ctl", None, None),
        (["c0", "c1", "c2(10.0.0.3)"], "c0", "c1,c2", None),
        ([f"c{n}" for n in range(11)], "c0", ",".join(f"c{n}" for n in range(1, 11)), None),
    ],
)
def test_ordered_lists_never_shift(entries, controller, backup, remark):
    lines = "".join(f"SlurmctldHost[{n}] = {entry}\n" for n, entry in enumerate(entries))
    text = f"ClusterName = k\nAccountingStorageHost = dbd\n{lines}"
    found = discovered("09-controller-address/captured", **{"scontrol-config.txt": text})
    assert found.data["services"]["controller"] == controller
    assert found.data["services"].get("backup_controller") == backup
    assert remark is None or remark in everything(found)


@pytest.mark.parametrize("word", ["kvm", "vmware", "microsoft", "amazon", "lxc", "docker"])
def test_one_virtual_login_host_makes_no_virtual_site(word):
    found = discovered("10-vm-login/captured", **{"virtualisation.txt": word})
    assert "kind" not in found.data
    assert word in found.unknown["kind"][0]
    assert any(line.startswith("kind") for line in find_missing_keys(write_facility(found)))


FREE = ("Reason", "Comment", "Extra")


@pytest.mark.parametrize("folder", ["11-reason-text/captured"])
def test_free_text_never_becomes_hardware(folder):
    found = discovered(folder)
    assert list(found.data["node_classes"]) == ["h100"]
    assert found.data["node_classes"]["h100"]["accelerators"] == {"part": "h100_sxm", "count": 8}
    assert expand(found.data["partitions"]["gpu"]["nodes"]) == ("g1", "g2", "g3", "g4")
    for text in ("RMA, runs with Gres=gpu:h100_sxm:4", "RealMemory=500000", "board from NodeName=g9"):
        assert text in everything(found)


@pytest.mark.parametrize("key", FREE)
@pytest.mark.parametrize("text", ["Partitions=none State=IDLE", "NodeName=x Sockets=9", "a=b Gres=gpu:1"])
def test_any_free_text_stays_one(key, text):
    nodes = (SITES / "11-reason-text/captured/scontrol-nodes.txt").read_text().splitlines()
    nodes[0] = f"{nodes[0]} {key}={text}"
    found = discovered("11-reason-text/captured", **{"scontrol-nodes.txt": "\n".join(nodes)})
    assert found.data["node_classes"] == discovered("11-reason-text/captured").data["node_classes"]


def test_every_parameter_of_a_partition_is_kept():
    found = discovered("21-partition-settings/captured")
    assert found.data["queues"]["secure"] == {
        "partitions": ["secure"],
        "default": True,
        "max_time_min": 1440,
        "default_time_min": 10,
        "priority_tier": 10,
        "qos": "med",
        "oversubscribe": "EXCLUSIVE",
        "allow_groups": ["patients"],
        "allow_accounts": ["med"],
        "allow_qos": ["med"],
        "hidden": True,
        "state": "drain",
        "settings": {
            "AllocNodes": "login2",
            "DisableRootJobs": "YES",
            "ExclusiveUser": "YES",
            "MaxNodes": "1",
            "LLN": "YES",
            "MaxCPUsPerNode": "60",
            "ReqResv": "YES",
            "DefMemPerCPU": "2000",
            "MaxMemPerNode": "200000",
        },
    }
    assert found.data["node_classes"]["plain"]["settings"] == {
        "CoreSpecCount": "4",
        "MemSpecLimit": "16000",
        "TmpDisk": "900000",
        "Weight": "50",
    }


def test_what_was_kept_is_a_good_facility(tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_text(write_facility(discovered("21-partition-settings/captured")))
    queue = load_facility(path).queues["secure"]
    assert queue.settings["ExclusiveUser"] == "YES"


def test_defaults_of_all_partitions_hold_for_those_after_them():
    text = "PartitionName=DEFAULT MaxTime=2:00:00 Hidden=YES\nPartitionName=gpu Nodes=g[1-4] Default=YES\n"
    found = discovered("11-reason-text/captured", **{"scontrol-partitions.txt": text})
    assert found.data["queues"]["gpu"]["max_time_min"] == 120
    assert found.data["queues"]["gpu"]["hidden"] is True


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("60:00", 60), ("90", 90), ("2-0", 2880), ("1-12", 2160), ("1-00:30", 1470), ("01:00:00", 60)],
)
def test_every_form_of_a_time_is_read(text, minutes):
    line = f"PartitionName=gpu Nodes=g[1-4] MaxTime={text}\n"
    found = discovered("11-reason-text/captured", **{"scontrol-partitions.txt": line})
    assert found.data["partitions"]["gpu"]["max_time_min"] == minutes


def test_a_description_with_all_of_it_reads_back():
    found = discovered("21-partition-settings/captured")
    assert yaml.safe_load(write_facility(found)) == found.data
