"""What the roles for fabrics, storage and software make of a facility that has them all: golden files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FABRIC = ("rdma/ucx.conf.j2", "rdma/naming.rules.j2", "mpi/openmpi-mca-params.conf.j2")
MOUNTS = ("storage:storage_here", "storage/mount.j2*storage_here")
WANTED = {
    "ctl": ("time/chrony.conf.j2", *MOUNTS),
    "login": (
        "time/chrony.conf.j2",
        "nfs_server/exports.j2",
        "modules/profile.sh.j2",
        "modules/facility.lua.j2",
        "ssh_hosts/ssh_known_hosts.j2",
        "ssh_hosts/sshd.conf.j2",
        "directory/sssd.conf.j2",
        "directory/sshd.conf.j2",
        "packages:packages_wanted",
        *MOUNTS,
    ),
    "e1": FABRIC,
    "i1": (
        *FABRIC,
        "containers/subids.j2",
        "containers/storage.conf.j2",
        "containers/containers.conf.j2",
        "containers/enroot.conf.j2",
        "eessi/default.local.j2",
        "eessi/domain.local.j2",
        "directory/sssd.conf.j2",
        "storage/beegfs.conf.j2*storage_here | selectattr('kind', 'eq', 'beegfs')",
        "packages:packages_wanted",
        *MOUNTS,
    ),
    "r1": FABRIC,
    "s1": FABRIC,
    "v1": ("riscv:riscv_is_native", "riscv/binfmt.conf.j2", "packages:packages_wanted"),
}


AUTHORITIES = [f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG{name}" for name in ("hvc3Qga2V5", "5ldyBrZXk")]
"""Two keys, as while one follows the other."""
REGISTERED = {"ssh_hosts_certified": {"stdout": json.dumps({"authorities": AUTHORITIES})}}


def render(host):
    """Each name with its text or, for variables and lists, its JSON."""
    done = subprocess.run(
        [sys.executable, HERE / "render.py", HERE / "cases/software.facility.yaml", host, *WANTED[host]],
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "RENDER_REGISTERED": json.dumps(REGISTERED),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def readable(rendered):
    """One text of everything that was rendered for a host."""
    parts = []
    for name, made in rendered.items():
        texts = made if isinstance(made, list) and "/" in name else [made]
        for text in texts:
            shown = text if isinstance(text, str) else json.dumps(text, indent=1, sort_keys=True) + "\n"
            parts.append(f"=== {name}\n{shown}")
    return "".join(parts)


@pytest.mark.parametrize("host", WANTED)
def test_rendered(host, golden):
    golden(f"software/{host}.txt", readable(render(host)))
