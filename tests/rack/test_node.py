"""How a node is started, and what makes the shared image this node."""

import base64
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from millwright.rack.cgroups import Cgroup, Hierarchies
from millwright.rack.keys import client_key, host_key
from millwright.rack.node import launch, nspawn_argv, render_hosts, render_seed
from millwright.rack.processes import start_time

IMAGE = Path("/home/ada/.cache/millwright/images/0123456789abcdef")


@pytest.fixture
def keyed(plan, tmp_path):
    """The plan with key files in place."""
    here = replace(plan, state=tmp_path)
    for path in (client_key(here), *(host_key(here, node.name) for node in here.nodes)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"PRIVATE {path.name}\n")
        path.with_name(path.name + ".pub").write_text("ssh-ed25519 AAAA comment\n")
    return here


def written(seed):
    """Files that a seed writes: path to (mode, text)."""
    lines = [line.split(" ") for line in seed.splitlines()]
    return {f[1]: (f[2], base64.b64decode(f[6]).decode()) for f in lines if f[0] == "f~"}


def test_the_arguments_of_a_pinned_node(plan, golden):
    argv = nspawn_argv(plan, plan.node("bench-b"), IMAGE, plan.state / "run" / "bench-b.seed", tun=True)
    golden("nspawn.txt", "\n".join(argv) + "\n")


def test_an_unpinned_node_starts_systemd_nspawn_directly(plan):
    argv = nspawn_argv(plan, plan.node("bench-a"), IMAGE, plan.state / "seed", tun=False)
    assert argv[0] == "systemd-nspawn"
    assert not any("tun" in argument for argument in argv)


def test_a_colon_in_a_folder_does_not_split_a_bind(plan):
    odd = replace(plan, state=Path("/home/a:b\\c"))
    argv = nspawn_argv(odd, odd.node("bench-a"), IMAGE, Path("/seed"), tun=False)
    assert r"--bind=/home/a\:b\\c/shared:/shared" in argv


def test_the_seed_holds_what_is_the_nodes_own(keyed):
    files = written(render_seed(keyed, keyed.node("bench-a"), "trixie", "main"))
    assert files["/etc/ssh/ssh_host_ed25519_key"] == ("0600", "PRIVATE ssh_host_ed25519_key\n")
    assert files["/root/.ssh/authorized_keys"][1].startswith("ssh-ed25519 AAAA")
    assert files["/etc/ssh/sshd_config.d/50-rack.conf"] == ("0644", "PerSourcePenalties no\n")
    assert (
        "URIs: http://10.97.113.1/debian\nSuites: trixie\n"
        in files["/etc/apt/sources.list.d/rack.sources"][1]
    )
    assert "find-links = http://10.97.113.1/wheels/" in files["/etc/pip.conf"][1]


def test_the_client_key_never_leaves_the_host(keyed):
    seed = render_seed(keyed, keyed.node("bench-a"), "trixie", "main")
    assert not any("PRIVATE id_ed25519" in text for _, text in written(seed).values())


def test_a_node_knows_all_names_at_boot(plan):
    assert "10.97.113.6 bench-b.bench.internal bench-b\n" in render_hosts(plan)
    assert render_hosts(plan).startswith("127.0.0.1 localhost\n")


def wait_for_end(pid):
    deadline = time.monotonic() + 20
    while start_time(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not start_time(pid)


def test_a_program_joins_its_cgroup_before_it_starts(tmp_path):
    groups = [tmp_path / "unified" / "a b", tmp_path / "systemd" / "$(reboot)"]
    for folder in groups:
        folder.mkdir(parents=True)
        (folder / "cgroup.procs").touch()
    log = tmp_path / "log"
    name = "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY"
    code = f"import os; print(os.getpid(), os.environ['{name}'], os.getsid(0))"
    pid = launch(
        [sys.executable, "-c", code], Cgroup(tuple(groups)), log, Hierarchies(tuple(groups), unified=False)
    )
    wait_for_end(pid)
    assert log.read_text().split() == [str(pid), "1", str(pid)]
    assert {(folder / "cgroup.procs").read_text().strip() for folder in groups} == {str(pid)}


def test_a_program_that_can_not_join_does_not_start(tmp_path):
    log = tmp_path / "log"
    pid = launch(
        ["echo", "started"], Cgroup((tmp_path / "none",)), log, Hierarchies((tmp_path,), unified=True)
    )
    wait_for_end(pid)
    assert "started" not in log.read_text()
