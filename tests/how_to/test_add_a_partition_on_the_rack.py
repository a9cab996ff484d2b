"""``docs/how-to/add-a-partition.md``, walked with six machines of a class that nobody ever measured."""

import pytest

from millwright.results.runs import list_runs, load_run

from .conftest import NODES
from .walk import Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]
NEW = NODES[1:]
SUBMIT = "runuser -u mwbench -- sbatch --parsable --chdir=/tmp --output=/dev/null --nodelist=site-n1"
HARDWARE = {"architecture": "x86_64", "cores_per_socket": 1, "memory_mib": 1400}
"""What the virtual nodes have in place of the how-to's many processors."""
CHECKS = {"MemoryBandwidth", "Gemm"}
HERE = {
    "big[01-40]": "site-n[2-7]",
    "10.91.0.[101-140]": "10.95.0.[12-17]",
    "leaf3": "leaf2",
    "leaf[1-3]": "leaf[1-2]",
}


@pytest.fixture
def site(described):
    """One node in service, in a facility with switches; its jobs go at the end."""
    found = described(1)
    yield found
    found.on("site-ctl", "scancel --user=mwbench")


def test_six_machines_become_a_partition_of_a_new_class(site, tmp_path):
    site.merge({"switches": {"leaf1": {"nodes": "site-n1"}, "spine": {"switches": "leaf1"}}})
    site.millwright("apply", str(site.file))
    site.renew(NEW)
    job = site.on("site-ctl", f"{SUBMIT} --time=30 --wrap='sleep 1700'")
    begun = site.on("site-ctl", "date +%FT%T")
    walk = Walk("add-a-partition", {"FACILITY": str(site.file), **HERE})
    told = walk.declares()
    assert set(told["node_classes"]) == {told["partitions"]["large"]["node_class"]} == {"large-memory"}
    assert set(told["partitions"]["large"]["checks"]) == CHECKS
    told["node_classes"]["large-memory"] = HARDWARE
    told["partitions"]["large"] |= {"shared_hardware": True, "max_time_min": 30}  # one machine runs them all
    site.merge(told)
    assert "no problem found" in walk.runs("facility check")
    shown = walk.runs("apply")
    assert "+NodeName=site-n[2-7]" in shown
    assert "+PartitionName=large" in shown
    assert "+SwitchName=leaf2" in shown
    assert set(site.states()) == {"site-n1"}
    walk.runs("apply")
    assert set(site.states()) == set(NODES)
    assert "drained: site-n[2-7]" in walk.runs("nodes drain")
    stored = ("--results-dir", str(tmp_path))
    told = walk.runs("nodes commission", *stored, "--threshold", "0.8")
    assert told.count("in service PASS") == len(NEW)
    assert told.count("of 5 peers") >= 2 * len(NEW), "each by each check with the five others"
    assert {site.states()[node] for node in NEW} == {"idle"}
    assert jobs_since(site, begun, "site-n[2-7]") == sorted(CHECKS)
    assert "every host is in its declared state" in walk.runs("apply")
    assert all(node in site.on("site-n1", "cat /etc/hosts") for node in NEW)
    state = site.on("site-ctl", f"squeue --noheader --job={job} --Format=State:20,RestartCnt:4")
    assert state.split() == ["RUNNING", "0"]
    site.on("site-ctl", f"scancel {job}")  # what measures the whole facility waits for its nodes
    walk.runs("run", *stored)
    assert walk.is_through()
    run = load_run(*list_runs(tmp_path, "site").runs)
    measured = {(sample.check, sample.node) for sample in run.samples if sample.partition == "large"}
    assert measured == {(check, node) for check in CHECKS for node in NEW}


def jobs_since(site, begun, nodes):
    """Checks of the jobs that ran on exactly these nodes; one that was repeated stands there twice."""
    columns = "--format=JobName%60,NodeList%60"
    told = site.on("site-ctl", f"sacct --noheader -X --user=mwbench --starttime={begun} {columns}")
    names = [line.split()[0] for line in told.splitlines() if line.split()[1:] == [nodes]]
    return sorted(name.removeprefix("rfm_").split("_")[0] for name in names)
