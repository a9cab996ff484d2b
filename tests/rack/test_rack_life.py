"""The life of a real rack of two nodes, beside the shipped one: up, half up, broken, down, nothing left."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from millwright.rack.cgroups import cgroup_of, find_hierarchies
from millwright.rack.emulation import BINFMT
from millwright.rack.kernel_limits import INSTANCES
from millwright.rack.mounts import MOUNTINFO
from millwright.rack.session import open_journal, open_plan

pytestmark = [pytest.mark.rack, pytest.mark.own_rack]

FACILITY = Path(__file__).parent / "data" / "bench-rack.yaml"
COMMAND = [sys.executable, "-m", "millwright", "rack"]
# The same commands without the rest of the program, which takes a while to load. What is
# expected to end in an error goes through COMMAND, where errors become messages and exit codes.
GROUP_ALONE = [sys.executable, "-c", "from millwright.cli.site.rack import app; app()"]


def rack_command(verb, *arguments, through=GROUP_ALONE):
    return subprocess.run(
        [*through, verb, "--facility", str(FACILITY), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


def start_command(verb):
    return subprocess.Popen(
        [*GROUP_ALONE, verb, "--facility", str(FACILITY)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def interrupt_up_at(plan, moment, number):
    """Start ``up`` and signal it as soon as its journal speaks of ``moment``."""
    process = start_command("up")
    deadline = time.monotonic() + 60
    while not (plan.journal.exists() and f'"{moment}"' in plan.journal.read_text()):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.002)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == (-number if number == signal.SIGKILL else 130)


def states():
    answer = json.loads(rack_command("status", "--json").stdout)
    return {node["name"]: node["state"] for node in answer["nodes"]}


def traces():
    """Everything on this host that belongs to the bench rack, and what the host looks like besides."""
    plan = open_plan(str(FACILITY))
    group = cgroup_of(find_hierarchies(MOUNTINFO.read_text()), plan.name)
    interfaces = {name for _, name in socket.if_nameindex()}
    return {
        "processes": sorted(group.pids()),
        "cgroups": [str(folder) for folder in group.folders if folder.exists()],
        "interfaces": sorted(interfaces & {plan.bridge, *(f"vb-{node.name}" for node in plan.nodes)}),
        "emulators": [path.name for path in BINFMT.glob("millwright-bench-rack*")],
        "mounts": [line for line in MOUNTINFO.read_text().splitlines() if "bench-" in line],
        "files": [path.name for path in (plan.journal, plan.state / "run", plan.shared) if path.exists()],
    }


NO_TRACES = {"processes": [], "cgroups": [], "interfaces": [], "emulators": [], "mounts": [], "files": []}


@pytest.fixture(scope="session")
def alone(rack_or_reason):
    """One test session at a time breaks the bench rack; another one waits."""
    path = Path(tempfile.gettempdir()) / f"millwright-bench-rack-{os.getuid()}.lock"
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def plan(alone):
    """The bench rack, down before and after the test."""
    assert rack_command("down").returncode == 0
    yield open_plan(str(FACILITY))
    assert rack_command("down").returncode == 0
    assert traces() == NO_TRACES


@pytest.fixture
def up(plan):
    """The bench rack, up."""
    done = rack_command("up")
    assert done.returncode == 0, done.stdout + done.stderr
    return plan


def process_of(plan, name):
    return open_journal(plan).process(name)


def test_up_again_does_nothing(up):
    before = up.journal.read_text(), states()
    again = rack_command("up")
    assert again.returncode == 0
    assert "nothing was done" in again.stdout
    assert (up.journal.read_text(), states()) == before
    assert set(before[1].values()) == {"running"}


def test_exec_passes_on_arguments_output_and_exit_codes(up):
    odd = ["a b", "$(touch /x)", "'", '"', "*", ";", "--help"]
    done = rack_command("exec", "bench-a", "--", "printf", r"%s\n", *odd)
    assert done.stdout.splitlines() == odd
    assert rack_command("exec", "bench-a", "--", "sh", "-c", "exit 7").returncode == 7
    assert rack_command("exec", "bench-b", "hostname").stdout == "bench-b\n"
    assert rack_command("exec", "bench-b", "--", "no-such-program").returncode == 127


def test_nodes_are_hosts_of_their_own(up):
    script = "hostname -f; nproc; test -c /dev/net/tun; systemctl is-active ssh dbus; cat /etc/machine-id"
    a, b = (
        rack_command("exec", node, "--", "sh", "-c", script).stdout.split() for node in ("bench-a", "bench-b")
    )
    assert (a[0], b[0]) == ("bench-a.bench.internal", "bench-b.bench.internal")
    assert a[-1] != b[-1]
    assert b[1] == "1" or os.cpu_count() == 1, "a partition's node keeps to one core of the host"
    rack_command("exec", "bench-a", "--", "sh", "-c", "echo seen > /shared/file")
    assert rack_command("exec", "bench-b", "cat", "/shared/file").stdout == "seen\n"
    assert rack_command("exec", "bench-a", "ping", "-c1", "-W2", "bench-b").returncode == 0


def test_packages_come_through_the_mirror_and_there_is_no_other_way_out(up):
    script = "apt-get -qq update && apt-get -qq install -y hello >/dev/null && hello"
    assert rack_command("exec", "bench-a", "--", "sh", "-c", script).stdout == "Hello, world!\n"
    script = "python3 -m venv /tmp/v && /tmp/v/bin/pip -q install --require-hashes -r http://10.97.113.1/wheels/harness.lock"
    done = rack_command("exec", "bench-a", "--", "sh", "-c", f"{script} && /tmp/v/bin/reframe --version")
    assert done.returncode == 0, done.stderr
    assert rack_command("exec", "bench-a", "--", "ip", "route", "get", "192.0.2.1").returncode != 0


def test_risc_v_programs_run(up):
    script = (
        "cd /tmp && echo 'int main(void) { return sizeof(long) == 8 ? 42 : 1; }' > a.c && "
        "riscv64-linux-gnu-gcc -static -march=rv64gcv a.c -o a && ./a"
    )
    assert rack_command("exec", "bench-b", "--", "sh", "-c", script).returncode == 42


def test_a_host_key_that_is_not_the_pinned_one_is_refused(up):
    make_another = "rm /etc/ssh/ssh_host_* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key"
    script = f"{make_another} && systemctl restart ssh"
    rack_command("exec", "bench-a", "--", "sh", "-c", script)
    done = rack_command("exec", "bench-a", "true")
    assert done.returncode == 255
    assert states() == {"bench-a": "unreachable", "bench-b": "running"}


def test_a_node_that_died_is_reported_and_brought_back(up):
    survivor, victim = process_of(up, "bench-a"), process_of(up, "bench-b")
    subprocess.run([*sudo(), "kill", "-KILL", str(victim.pid)], check=True)
    time.sleep(0.5)
    status = rack_command("status")
    assert status.returncode == 3
    assert states() == {"bench-a": "running", "bench-b": "down"}
    assert rack_command("exec", "bench-b", "true", through=COMMAND).returncode == 3
    assert rack_command("up").returncode == 0
    assert set(states().values()) == {"running"}
    assert process_of(up, "bench-a") == survivor, "what ran was left alone"
    assert process_of(up, "bench-b") != victim


def test_a_mirror_that_died_is_reported_and_brought_back(up):
    subprocess.run([*sudo(), "kill", "-KILL", str(process_of(up, "mirror").pid)], check=True)
    time.sleep(0.5)
    assert rack_command("status").returncode == 3
    assert rack_command("up").returncode == 0
    assert rack_command("status").returncode == 0


def test_down_leaves_nothing_behind_and_can_be_said_twice(plan):
    limit = INSTANCES.read_text()
    assert rack_command("up").returncode == 0
    found = traces()
    assert all(found[kind] for kind in ("processes", "cgroups", "interfaces", "emulators", "files"))
    down = rack_command("down")
    assert down.returncode == 0
    assert traces() == NO_TRACES
    assert INSTANCES.read_text() == limit
    assert "nothing was done" in rack_command("down").stdout
    assert rack_command("status").returncode == 3


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("bridge", signal.SIGKILL),
        ("mirror", signal.SIGKILL),
        ("binfmt", signal.SIGKILL),
        ("bench-b", signal.SIGKILL),
        ("mirror", signal.SIGTERM),
        ("bench-b", signal.SIGINT),
    ],
)
def test_a_crash_in_the_middle_is_cleaned_up_by_down(plan, moment, number):
    interrupt_up_at(plan, moment, number)
    assert rack_command("down").returncode == 0
    assert traces() == NO_TRACES


def test_a_crash_in_the_middle_is_completed_by_up(plan):
    interrupt_up_at(plan, "bench-a", signal.SIGKILL)
    assert rack_command("up").returncode == 0
    assert set(states().values()) == {"running"}


def test_a_state_folder_that_was_lost_is_no_obstacle(up):
    up.journal.unlink()
    assert set(states().values()) == {"down"}
    assert rack_command("down").returncode == 0
    assert traces()["interfaces"] == traces()["processes"] == []


def test_two_ups_at_once_make_one_rack(plan):
    first, second = start_command("up"), start_command("up")
    outputs = [process.communicate(timeout=120)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    assert sum("nothing was done" in output for output in outputs) == 1
    assert len([line for line in plan.journal.read_text().splitlines() if '"process"' in line]) == 3


def test_a_bridge_of_somebody_else_is_not_taken(plan):
    subprocess.run([*sudo(), "ip", "link", "add", plan.bridge, "type", "bridge"], check=True)
    try:
        refused = rack_command("up", through=COMMAND)
        assert refused.returncode == 1
        assert "was not made by this rack" in refused.stderr
        assert rack_command("down").returncode == 0
        assert plan.bridge in {name for _, name in socket.if_nameindex()}
    finally:
        subprocess.run([*sudo(), "ip", "link", "delete", plan.bridge], check=True)


def test_a_subnet_that_is_in_use_is_not_taken(plan):
    subprocess.run([*sudo(), "ip", "link", "add", "mw-other", "type", "bridge"], check=True)
    try:
        subprocess.run([*sudo(), "ip", "address", "add", "10.97.113.3/24", "dev", "mw-other"], check=True)
        refused = rack_command("up", through=COMMAND)
        assert refused.returncode == 1
        assert "mw-other (10.97.113.3/24)" in refused.stderr
    finally:
        subprocess.run([*sudo(), "ip", "link", "delete", "mw-other"], check=True)


def test_a_changed_facility_is_not_mixed_into_a_running_rack(up, tmp_path):
    moved = tmp_path / "facility.yaml"
    moved.write_text(FACILITY.read_text().replace("bench-b: 10.97.113.6", "bench-b: 10.97.113.7"))
    refused = subprocess.run(
        [*COMMAND, "up", "--facility", str(moved)], check=False, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 1
    assert "another version of the facility" in refused.stderr
    assert set(states().values()) == {"running"}


def sudo():
    return [] if os.geteuid() == 0 else ["sudo", "-n"]
