"""Runs of the real ansible-playbook on this machine, with playbooks of the test's own."""

import fcntl
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from millwright.adapters.ansible.events import ApplyOptions
from millwright.adapters.ansible.playbook import apply, new_log, playbook_argv
from millwright.core.errors import BadInputError, ExitCode, FailedError, NotTestableError
from millwright.facility import load_facility

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
FACILITY = """
plugin: facility
name: small
title: Hosts that are all this machine
kind: virtual
addresses: {h-ctl: 127.0.0.1, "h-c[1-2]": "127.0.0.[2-3]", h-gw: 127.0.0.4}
services: {controller: h-ctl, database: h-ctl, login: h-ctl, harness: h-ctl}
node_classes: {plain: {architecture: x86_64, cores_per_socket: 1, memory_mib: 100}}
partitions: {cpu: {nodes: "h-c[1-2]", node_class: plain}}
antennas:
  coast:
    title: Coast
    gateway: h-gw
    factory: small
    tunnel: {factory_address: 198.51.100.1, gateway_address: 198.51.100.2}
    users: [{name: ada, account: coast}]
"""
PLAY = """
- name: Try
  hosts: managed
  connection: {connection}
  gather_facts: false
  vars: {{ansible_port: 9, ansible_python_interpreter: "{python}"}}
  tasks:
    - name: Ensure a line
      ansible.builtin.copy:
        content: "{{{{ inventory_hostname }}}} has a }} in it\\n"
        dest: {folder}/{{{{ inventory_hostname }}}}
        mode: "0644"
    - name: Ensure a secret
      ansible.builtin.copy:
        content: do-not-tell
        dest: {folder}/secret-{{{{ inventory_hostname }}}}
        mode: "0600"
      no_log: true
      diff: false
    - name: Check the second node
      ansible.builtin.assert:
        that: inventory_hostname != '{failing}'
        fail_msg: <script>alert(1)</script> }} [red]
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A checkout with Ansible's real configuration and plugins, whose site.yml a test writes."""
    shutil.copy(ROOT / "ansible.cfg", tmp_path)
    shutil.copytree(ROOT / "inventories/plugins", tmp_path / "inventories/plugins")
    shutil.copytree(ROOT / "playbooks/callback_plugins", tmp_path / "playbooks/callback_plugins")
    (tmp_path / "facility.yaml").write_text(FACILITY)
    (tmp_path / "out").mkdir()
    monkeypatch.setenv("MILLWRIGHT_HOME", str(tmp_path))
    yield tmp_path
    (tmp_path / "go").touch()  # whatever a failed test left waiting ends


def write_play(tree, failing="nobody", connection="local"):
    play = PLAY.format(folder=tree / "out", failing=failing, connection=connection, python=sys.executable)
    (tree / "playbooks/site.yml").write_text(play)


def run(tree, **options):
    file = tree / "facility.yaml"
    seen = []
    result = apply(
        file,
        load_facility(file),
        ApplyOptions(**options),
        state=tree / "state",
        now=NOW,
        on_event=seen.append,
    )
    return result, seen


def test_a_second_run_changes_nothing(tree):
    write_play(tree)
    first, seen = run(tree)
    kinds = [event["event"] for event in seen]
    assert (kinds[:3], kinds[-1]) == (["start", "play", "task"], "stats")
    assert [(host.host, host.state, host.changed) for host in first.hosts] == [
        ("h-c1", "changed", 2),
        ("h-c2", "changed", 2),
        ("h-ctl", "changed", 2),
    ]
    file = tree / "facility.yaml"
    later = NOW.replace(minute=1)
    second = apply(
        file, load_facility(file), ApplyOptions(), state=tree / "state", now=later, on_event=lambda _: None
    )
    assert {host.state for host in second.hosts} == {"ok"}
    assert second.exit_code is ExitCode.OK


def test_a_check_of_some_hosts_changes_nothing_and_tells_the_difference_without_secrets(tree):
    write_play(tree)
    result, _ = run(tree, check=True, diff=True, limit=("h-c1", "controller"))
    assert [host.host for host in result.hosts] == ["h-c1", "h-ctl"]
    assert list((tree / "out").iterdir()) == []
    assert {change.task for change in result.changes} == {"Ensure a line"}
    assert "+h-c1 has a } in it" in "".join(change.text for change in result.changes)
    written = "".join(path.read_text() for path in (tree / "state/logs").iterdir())
    assert "do-not-tell" not in written


def test_a_failed_host_fails_the_run_and_says_why(tree):
    write_play(tree, failing="h-c2")
    result, _ = run(tree, limit=("h-c2",))
    assert result.exit_code is ExitCode.FAIL
    assert {host.host: host.state for host in result.hosts}["h-c2"] == "failed"
    (failure,) = result.failures
    assert (failure.host, failure.task) == ("h-c2", "Check the second node")
    assert failure.message == "<script>alert(1)</script> } [red]"


def test_hosts_that_can_not_be_reached_are_not_failed(tree):
    """The port is closed, so that every connection is refused at once."""
    write_play(tree, connection="ssh")
    result, _ = run(tree, limit=("h-ctl",))
    assert result.exit_code is ExitCode.NOT_TESTED
    assert [(host.host, host.state) for host in result.hosts] == [("h-ctl", "unreachable")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("h-gw", "pyinfra manages"),
        ("nosuch", "no such host"),
        ("all;id", "no such host"),
        ("h-ctll", "did you mean h-ctl"),
    ],
)
def test_a_limit_of_foreign_hosts_is_refused_before_anything_runs(tree, name, message):
    write_play(tree)
    with pytest.raises(BadInputError, match=message):
        run(tree, limit=("h-c1", name))
    assert not (tree / "state").exists()


def test_a_playbook_that_does_not_parse_fails_with_the_end_of_the_log(tree):
    (tree / "playbooks/site.yml").write_text("- hosts: managed\n  tasks: [nonsense: {}]\n")
    with pytest.raises(FailedError, match="nonsense"):
        run(tree)


def test_a_second_run_at_the_same_time_is_refused(tree):
    write_play(tree)
    (tree / "state").mkdir()
    with (tree / "state/apply.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 4711, since today")
        lock.flush()
        with pytest.raises(NotTestableError, match=r"already: process 4711, since today; wait"):
            run(tree)
    assert list((tree / "out").iterdir()) == []


STARTER = (
    "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # nohup around the tests ignores it
    "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
    "from millwright.cli.signals import unwind_on_signals; unwind_on_signals()\n"
    "from millwright.facility import load_facility; from millwright.adapters.ansible.playbook import apply\n"
    "from millwright.adapters.ansible.events import ApplyOptions\n"
    "file = Path(sys.argv[1]) / 'facility.yaml'\n"
    "apply(file, load_facility(file), ApplyOptions(), state=file.parent / 'state',"
    " now=datetime.now(UTC), on_event=lambda _: None)\n"
)


def start_waiting_play(tree):
    """A process that runs a playbook, once its first task waits for a file."""
    wait = f"until test -e {tree}/go; do sleep 0.1; done"
    (tree / "playbooks/site.yml").write_text(
        "- hosts: controller\n  connection: local\n  gather_facts: false\n  tasks:\n"
        f"    - ansible.builtin.raw: touch {tree}/begun; {wait}\n"
        f"    - ansible.builtin.raw: touch {tree}/ran-on\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(tree)], stderr=subprocess.DEVNULL)
    wait_for((tree / "begun").exists)
    return starter


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_that_is_told_to_end_ends_its_ansible_with_all_its_workers(tree, number):
    """What a task has begun on a host goes on there, as over a lost connection; no other task follows."""
    starter = start_waiting_play(tree)
    (ansible,) = re.findall(r"Ansible ([0-9]+)", (tree / "state/apply.lock").read_text())
    starter.send_signal(number)
    assert starter.wait(20) != 0
    assert not Path("/proc", ansible).exists()
    with (tree / "state/apply.lock").open() as lock:  # which every worker would have inherited
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    (tree / "go").touch()
    time.sleep(0.5)
    assert not (tree / "ran-on").exists()


def test_the_lock_lasts_as_long_as_the_run_even_if_its_starter_is_killed(tree):
    """The playbook waits for a file; what started it is killed meanwhile."""
    starter = start_waiting_play(tree)
    try:
        starter.kill()
        starter.wait()
        with pytest.raises(NotTestableError, match=f"process {starter.pid}, .* was killed, and its Ansible"):
            run(tree)
    finally:
        starter.kill()
        (tree / "go").touch()

    def has_ended():
        with (tree / "state/apply.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    wait_for(has_ended)


def wait_for(condition, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.mark.parametrize(("wanted", "taken"), [(None, "mitogen_linear"), ("linear", "linear")])
def test_mitogen_carries_the_tasks_unless_the_environment_names_another_strategy(
    tree, monkeypatch, wanted, taken
):
    monkeypatch.delenv("ANSIBLE_STRATEGY", raising=False)
    if wanted:
        monkeypatch.setenv("ANSIBLE_STRATEGY", wanted)
    (tree / "playbooks/site.yml").write_text(
        "- hosts: controller\n  connection: local\n  gather_facts: false\n"
        f'  vars: {{ansible_python_interpreter: "{sys.executable}"}}\n  tasks:\n'
        "    - ansible.builtin.copy:\n"
        "        content: \"{{ lookup('ansible.builtin.config', 'DEFAULT_STRATEGY') }}\"\n"
        f"        dest: {tree}/out/strategy\n        mode: '0644'\n"
    )
    result, _ = run(tree)
    assert [host.state for host in result.hosts] == ["changed"]
    assert (tree / "out/strategy").read_text() == taken


def test_a_facility_without_managed_hosts_needs_no_run(tmp_path):
    file = ROOT / "inventories/workstation/facility.yaml"
    options = ApplyOptions()
    result = apply(file, load_facility(file), options, state=tmp_path / "s", now=NOW, on_event=lambda _: None)
    assert (result.hosts, result.log, result.exit_code) == ((), None, ExitCode.OK)


def test_a_file_that_ansible_would_not_take_is_refused(tmp_path, tree):
    file = tree / "mine.yaml"
    file.write_text(FACILITY)
    with pytest.raises(BadInputError, match=r"ends in facility\.yaml"):
        apply(file, load_facility(file), ApplyOptions(), state=tree / "s", now=NOW, on_event=lambda _: None)


def test_the_command_line_is_that_of_ansible_playbook():
    argv = playbook_argv(Path("/f/facility.yaml"), ApplyOptions(check=True, diff=True, limit=("a", "b")))
    assert argv[:5] == [sys.executable, "-m", "ansible", "playbook", "--inventory=/f/facility.yaml"]
    assert argv[5:] == ["--check", "--diff", "--limit=a,b", str(ROOT / "playbooks/site.yml")]


def test_old_logs_go(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(60):
        for end in ("log", "events.jsonl"):
            (folder / f"apply-20260101T0000{number:02}Z.{end}").touch()
    assert new_log(tmp_path, NOW).name == "apply-20261123T170000.000000Z.log"
    assert len(list(folder.iterdir())) == 100
    assert not (folder / "apply-20260101T000009Z.log").exists()
    assert (folder / "apply-20260101T000010Z.events.jsonl").exists()
