"""Rendered, discovered and rendered again: slurm.conf means the same, for sites of different shapes.

No slurmctld is asked here: the answers are made from the rendered files in the form that ``scontrol`` prints.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conf_as_answers import answers, differences, meaning

from millwright.core.node_sets import expand
from millwright.discovery.cluster import read_cluster
from millwright.discovery.describe import DiscoveryHints, describe
from millwright.facility import load_facility

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
SITES = {
    "services on hosts of their own": "tests/playbooks/cases/services.facility.yaml",
    "processors of several kinds": "tests/playbooks/cases/mixed.facility.yaml",
}
FILES = ("slurm_controller/slurm.conf.j2", "slurm_controller/topology.conf.j2")


def rendered(path, home):
    facility = load_facility(path)
    done = subprocess.run(
        [sys.executable, ROOT / "tests/playbooks/render.py", path, facility.services.controller, *FILES],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(done.stdout)[name] for name in FILES]


def filled_in(found, facility):
    """What an admin fills in by the remarks: devices divided or shared, and by what jobs are charged."""
    data = yaml.safe_load(yaml.safe_dump(found.data, sort_keys=False))
    for name, node_class in data["node_classes"].items():
        key, known = f"node_classes.{name}", facility.node_classes[name].accelerators
        is_remarked = f"{key}.accelerators" in found.unknown or "resource" in str(found.unknown.get(key))
        if known and is_remarked:
            node_class["accelerators"] = known.model_dump(mode="json", exclude_none=True)
    for key in (key for key in found.unknown if key.endswith(".charged_as")):
        queue = key.split(".")[1]
        data["queues"][queue]["charged_as"] = data["queues"][queue]["partitions"][0]
    del data["manages"]  # once every role is managed
    if facility.services.rest:
        data["services"]["rest"] = facility.services.rest
    serving = {host for text in data["services"].values() for host in expand(text)}
    nodes = {node for partition in facility.partitions.values() for node in partition.node_names()}
    addresses = facility.host_addresses()
    data["addresses"] = {host: addresses[host] for host in addresses if host in serving | nodes}
    return data


@pytest.mark.parametrize("path", SITES.values(), ids=SITES)
def test_slurm_conf_means_the_same(path, tmp_path):
    facility = load_facility(ROOT / path)
    conf, topology = rendered(ROOT / path, tmp_path)
    services = facility.services
    hints = DiscoveryHints(login=",".join(services.hosts()["login"]), harness=services.harness)
    found = describe(read_cluster(answers(conf, topology)), hints)
    data = filled_in(found, facility)
    again = tmp_path / "again.facility.yaml"
    again.write_text(yaml.safe_dump(data, sort_keys=False))
    conf_again, topology_again = rendered(again, tmp_path)
    assert differences(meaning(conf), meaning(conf_again)) == {}
    assert sorted(topology_again.splitlines()) == sorted(topology.splitlines())
