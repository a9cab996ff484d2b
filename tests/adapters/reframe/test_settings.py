"""The facility as ReFrame's configuration."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from millwright.adapters.reframe.settings import references, site_configuration
from millwright.checks.registry import shipped_checks
from millwright.core.node_sets import expand
from millwright.core.places import facility_file, shipped_facilities
from millwright.facility import load_facility

STATE = Path("/state")
HEADER = """
plugin: facility
name: site
title: "A } $(site) <script>"
kind: physical
network: {cidr: 10.0.0.0/24, domain: site.example}
services: {controller: h1, database: h1, login: h2, harness: h2}
health: {min_link_gbit_s: {"mlx5_0:1": 400}}
node_classes:
  plain: {architecture: x86_64, sockets: 2, cores_per_socket: 8, threads_per_core: 2, memory_mib: 64000}
  gpu:
    architecture: x86_64
    cores_per_socket: 8
    memory_mib: 64000
    accelerators: {part: nvidia_h100_sxm, count: 4}
    fabric: {kind: infiniband, devices: ["mlx5_0:1", "mlx5_1:1"]}
  divided:
    architecture: x86_64
    cores_per_socket: 8
    memory_mib: 64000
    accelerators: {part: nvidia_h100_sxm, count: 4, partitioning: {mig: {3g.40gb: 2}}}
    fabric: {kind: slingshot, devices: [cxi0]}
  riscv: {architecture: riscv64, cores_per_socket: 4, memory_mib: 8000}
  riscv-emulated: {architecture: riscv64, cores_per_socket: 4, memory_mib: 8000, emulated: true}
"""
COMMITMENT = {"class": "scored", "source": "contract", "kind": "read", "date": "2026-11-23"}


@pytest.fixture
def site(tmp_path):
    def load(partitions, antennas=None):
        antennas = antennas or {}
        named = [
            "h[1-2]",
            *(each["nodes"] for each in partitions.values()),
            *(each["gateway"] for each in antennas.values()),
        ]
        hosts = sorted({host for nodes in named for host in expand(nodes)})
        addresses = {host: f"10.0.0.{host.removeprefix('h')}" for host in hosts}
        described = {"addresses": addresses, "partitions": partitions, "antennas": antennas}
        text = HEADER + "".join(f"{key}: {json.dumps(value)}\n" for key, value in described.items())
        (tmp_path / "facility.yaml").write_text(text)
        return load_facility(tmp_path / "facility.yaml")

    return load


def configure(facility, harness_architecture="x86_64"):
    return site_configuration(
        facility, registry=shipped_checks(), harness_architecture=harness_architecture, state=STATE
    )


def partition(facility, name, **options):
    (found,) = [p for p in configure(facility, **options)["systems"][0]["partitions"] if p["name"] == name]
    return found


@pytest.mark.parametrize(
    ("node_class", "nodes", "features"),
    [
        ("plain", "h3", ["cpu"]),
        ("plain", "h[3-4]", ["cpu", "mpi"]),
        ("gpu", "h3", ["cpu", "gpu", "gpu_peers"]),
        ("gpu", "h[3-4]", ["cpu", "gpu", "gpu_peers", "gpu_span", "mpi", "rdma"]),
        ("divided", "h[3-4]", ["cpu", "gpu", "mpi"]),
        ("riscv", "h[3-4]", ["cpu", "riscv"]),
        ("riscv-emulated", "h3", ["riscv", "emulated"]),
    ],
)
def test_features_follow_from_the_hardware(site, node_class, nodes, features):
    facility = site({"p": {"title": "P", "nodes": nodes, "node_class": node_class}})

    assert partition(facility, "p")["features"] == features


def test_checks_know_the_rails_and_the_least_rate_of_each(site):
    facility = site({"p": {"title": "P", "nodes": "h[3-4]", "node_class": "gpu"}})

    assert partition(facility, "p")["extras"]["fabric"] == {
        "kind": "infiniband",
        "rails": {"mlx5_0:1": 400, "mlx5_1:1": 0},
        "traffic_class": 0,
    }


def test_a_riscv_harness_builds_for_riscv_natively_and_can_span_its_nodes(site):
    facility = site({"p": {"title": "P", "nodes": "h[3-4]", "node_class": "riscv"}})
    native = configure(facility, "riscv64")
    crossed = configure(facility, "x86_64")

    assert {e["name"]: e["cc"] for e in native["environments"]}["gnu-riscv64"] == "gcc"
    assert {e["name"]: e["cc"] for e in crossed["environments"]}["gnu-riscv64"] == "riscv64-linux-gnu-gcc"
    assert "mpi" in partition(facility, "p", harness_architecture="riscv64")["features"]


def test_the_tolerance_applies_on_the_bad_side_only(site):
    def commitment(value, unit, tolerance):
        return {**COMMITMENT, "value": value, "unit": unit, "tolerance": tolerance}

    checks = {
        "MpiPointToPoint": {"latency": commitment(2, "us", 0.1), "bandwidth": commitment(20, "GB/s", 0.05)},
        "RiscvVector": {"kernel_mismatches": commitment(0, "count", 0), "triad_speedup": None},
    }
    facility = site({"p": {"title": "P", "nodes": "h[3-4]", "node_class": "plain", "checks": checks}})

    assert references(facility.partitions["p"].checks, shipped_checks()) == {
        "MpiPointToPoint": {"latency": (2, None, 0.1, "us"), "bandwidth": (20, -0.05, None, "GB/s")},
        "RiscvVector": {"kernel_mismatches": (0, None, 0, "count")},
    }


def test_extras_carry_what_checks_need(site):
    facility = site({"p": {"title": "P", "nodes": "h[3-4]", "node_class": "gpu", "shared_hardware": True}})
    extras = partition(facility, "p")["extras"]

    assert extras.pop("references") == {}
    assert extras.pop("fabric")["kind"] == "infiniband"
    assert extras == {
        "nodes": ["h3", "h4"],
        "queue": "p",
        "reservation": "",
        "cores_per_node": 8,
        "cpus_per_node": 8,
        "memory_mib": 64000,
        "accelerators": 4,
        "shared_hardware": True,
        "emulated": False,
        "repetitions": None,
        "warm_up_s": None,
    }


def test_a_virtual_facility_says_how_often_checks_measure():
    settings = site_configuration(
        load_facility(facility_file("rack")),
        registry=shipped_checks(),
        harness_architecture="x86_64",
        state=STATE,
    )
    partitions = settings["systems"][0]["partitions"]
    assert {part["extras"]["repetitions"] for part in partitions} == {6}


def test_slurm_partitions_go_through_srun_one_job_at_a_time(site):
    facility = site({"p": {"title": "P", "nodes": "h3", "node_class": "plain", "max_time_min": 90}})
    found = partition(facility, "p")

    assert (found["scheduler"], found["launcher"], found["access"]) == ("slurm", "srun", ["--partition=p"])
    assert (found["max_jobs"], found["time_limit"]) == (1, "90m")
    assert found["processor"]["num_cpus"] == 32


def test_a_partition_without_a_title_goes_by_its_name(site):
    """ReFrame takes nothing but text for it."""
    facility = site({"cpu": {"nodes": "h[3-4]", "node_class": "plain"}})
    assert partition(facility, "cpu")["descr"] == "cpu"


def test_a_local_partition_may_leave_its_hardware_open(site):
    facility = site({"p": {"title": "P", "nodes": "h3", "scheduler": "local"}})
    found = partition(facility, "p", harness_architecture="aarch64")

    assert (found["scheduler"], found["launcher"], found["access"]) == ("local", "local", [])
    assert found["features"] == ["cpu"]
    assert found["environs"] == ["builtin", "gnu-aarch64"]
    assert found["extras"]["cores_per_node"] is None


def test_an_antenna_is_a_local_partition_with_its_users_configuration(site):
    antenna = {
        "title": "Coast",
        "gateway": "h9",
        "factory": "site",
        "tunnel": {"factory_address": "10.1.0.1", "gateway_address": "10.1.0.2"},
        "users": [{"name": "ada", "account": "coast"}],
    }
    facility = site({"p": {"title": "P", "nodes": "h3", "node_class": "plain"}}, {"coast": antenna})
    found = partition(facility, "coast")

    assert (found["scheduler"], found["features"]) == ("local", ["antenna"])
    assert found["extras"]["nodes"] == ["h9"]
    assert found["extras"]["ssh_config"] == "/state/antennas/coast/ssh_config"
    assert found["extras"]["job"] == ["--account=coast"], "an account without a grant has no mode of its own"


def test_a_tunnel_is_cut_only_if_its_recovery_is_expected():
    facility = load_facility(facility_file("rack"))

    assert partition(facility, "coast")["features"] == ["antenna", "recovery"]
    assert partition(facility, "hills")["features"] == ["antenna"]


@pytest.mark.parametrize("name", shipped_facilities())
def test_shipped_facilities_configure_reframe_as_plain_data(name):
    configuration = configure(load_facility(shipped_facilities()[name]))

    assert json.loads(json.dumps(configuration)).keys() == configuration.keys()
    names = [p["name"] for p in configuration["systems"][0]["partitions"]]
    assert len(names) == len(set(names))


def test_settings_need_no_reframe():
    code = "import sys, millwright.adapters.reframe.settings; sys.exit('reframe' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
