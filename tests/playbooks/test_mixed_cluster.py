"""One cluster of several architectures and operating systems: each host gets what is its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from millwright.adapters.reframe.settings import site_configuration
from millwright.checks.registry import shipped_checks
from millwright.facility import load_facility

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
CASE = HERE / "cases/mixed.facility.yaml"
DEBIAN = {"distribution": "Debian", "distribution_major_version": "13", "os_family": "Debian"}
EL = {"distribution": "Rocky", "distribution_major_version": "9", "os_family": "RedHat"}
SLES = {"distribution": "SLES", "distribution_major_version": "15", "os_family": "Suse"}
CONTROLLER = tuple(f"slurm_controller/{name}.j2" for name in ("slurm.conf", "gres.conf"))
NODE = ("packages:packages_wanted", "mpi:mpi_system", "rdma/ucx.conf.j2", "time:time_system")
HOSTS = {
    "ctl": (DEBIAN, "x86_64", (*CONTROLLER, "prometheus/dcgm-targets.json.j2")),
    "login": (DEBIAN, "x86_64", ("packages:packages_wanted",)),
    "x1": (DEBIAN, "x86_64", NODE),
    "a1": (EL, "aarch64", NODE),
    "s1": (SLES, "x86_64", NODE),
    "v1": (DEBIAN, "riscv64", (*NODE, "riscv:riscv_is_native")),
}


def render(host):
    """Each name with its text or value, on a host that says this of itself."""
    system, architecture, names = HOSTS[host]
    facts = {**system, "distribution_version": "0", "architecture": architecture}
    done = subprocess.run(
        [sys.executable, HERE / "render.py", CASE, host, *names],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "RENDER_FACTS": json.dumps(facts)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def readable(rendered):
    """One text of everything that was rendered for a host."""
    return "".join(
        f"=== {name}\n{made if isinstance(made, str) else json.dumps(made, indent=1, sort_keys=True)}\n"
        for name, made in rendered.items()
    )


@pytest.mark.parametrize("host", HOSTS)
def test_what_each_host_gets(host, golden):
    golden(f"mixed/{host}.txt", readable(render(host)))


def compilers():
    made = site_configuration(
        load_facility(CASE), registry=shipped_checks(), harness_architecture="x86_64", state=Path("/state")
    )
    return made, {environment["name"]: environment["cc"] for environment in made["environments"]}


def test_checks_are_built_for_the_processor_of_each_partition():
    made, known = compilers()
    built = {
        partition["name"]: [known[name] for name in partition["environs"] if name in known and name != "mpi"]
        for partition in made["systems"][0]["partitions"]
    }
    assert built == {
        "x86": ["gcc"],
        "arm": ["aarch64-linux-gnu-gcc"],
        "suse": ["gcc"],
        "riscv": ["riscv64-linux-gnu-gcc"],
    }


def test_every_compiler_that_checks_ask_for_is_on_the_harness():
    """Debian names a cross compiler's package by the program that it brings."""
    wanted = set(render("login")["packages:packages_wanted"])
    _, known = compilers()
    programs = {name for name in known.values() if name != "mpicc"}
    assert {
        program if program == "gcc" else f"gcc-{program.removesuffix('-gcc')}" for program in programs
    } <= wanted


def test_no_host_is_named_where_its_processor_is_not():
    """EL keeps MPI's settings by architecture, and EESSI's software is not built for RISC-V."""
    assert render("a1")["mpi:mpi_system"]["configuration"].startswith("/etc/openmpi-aarch64/")
    assert "cvmfs" in render("a1")["packages:packages_wanted"]
    assert "cvmfs" not in render("v1")["packages:packages_wanted"]
