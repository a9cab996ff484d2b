"""Whole converges with the real Ansible; hosts are this machine, and the ssh of looks is a stand-in."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from millwright.adapters.ansible.events import ApplyOptions
from millwright.core.errors import ExitCode
from millwright.facility import load_facility
from millwright.fleet.look import sealing
from millwright.fleet.look.converge import converge, converge_roles, read_tasks
from millwright.fleet.look.declared_items import HOST
from millwright.fleet.look.plan import make_plan

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[3]
TEXT = "do-not-tell-this"
FACILITY = """
plugin: facility
name: small
title: Hosts that are all this machine
kind: virtual
addresses: {h-ctl: 127.0.0.1, "h-c[1-2]": "127.0.0.[2-3]"}
services: {controller: h-ctl, database: h-ctl, login: h-ctl, harness: h-ctl}
node_classes: {plain: {architecture: x86_64, cores_per_socket: 1, memory_mib: 100}}
partitions: {cpu: {nodes: "h-c[1-2]", node_class: plain}}
"""
SITE = """
- name: Try
  hosts: managed
  connection: local
  gather_facts: false
  vars: {{ansible_python_interpreter: "{python}", folder: "{folder}"}}
  roles:
    - {{role: files, tags: [files]}}
    - {{role: other, tags: [other]}}
"""
FILES = """
- name: Ensure a line
  ansible.builtin.copy:
    content: "{{ inventory_hostname }} {{ word }}\\n"
    dest: "{{ folder }}/{{ inventory_hostname }}"
    mode: "0644"
- name: Ensure names
  ansible.builtin.copy: {content: "x", dest: "{{ folder }}/{{ item }}-{{ inventory_hostname }}", mode: "0600"}
  loop: [a, b]
"""
OTHER = """
- name: Ensure a secret
  ansible.builtin.copy:
    content: "{{ secret }}"
    dest: "{{ folder }}/s-{{ inventory_hostname }}"
    mode: "0600"
  no_log: true
  diff: false
- name: Check that nothing is in the way
  ansible.builtin.assert: {that: "(folder ~ '/fail') is not exists"}
"""
SSH = f"""#!/bin/sh
# The host is this machine: run what the last argument says, unless the host is away.
for last; do :; done
case "$*" in *"$AWAY_HOST"*) [ -n "$AWAY_HOST" ] && {{ echo 'no route to host' >&2; exit 255; }} ;; esac
exec {sys.executable} -I -S -
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A checkout with Ansible's real configuration and plugins, and two roles."""
    shutil.copy(ROOT / "ansible.cfg", tmp_path)
    shutil.copytree(ROOT / "inventories/plugins", tmp_path / "inventories/plugins")
    shutil.copytree(ROOT / "inventories/catalogue", tmp_path / "inventories/catalogue")
    shutil.copytree(ROOT / "playbooks/callback_plugins", tmp_path / "playbooks/callback_plugins")
    for name, tasks in (("files", FILES), ("other", OTHER)):
        (tmp_path / f"playbooks/roles/{name}/tasks").mkdir(parents=True)
        (tmp_path / f"playbooks/roles/{name}/tasks/main.yml").write_text(tasks)
    for name in ("out", "bin", "group_vars", "state"):
        (tmp_path / name).mkdir()
    (tmp_path / "playbooks/site.yml").write_text(SITE.format(python=sys.executable, folder=tmp_path / "out"))
    (tmp_path / "facility.yaml").write_text(FACILITY)
    (tmp_path / "group_vars/all.yml").write_text(f"word: first\nsecret: {TEXT}\n")
    (tmp_path / "bin/ssh").write_text(SSH)
    (tmp_path / "bin/ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("MILLWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWAY_HOST", "")
    # This machine may be a container without systemd, which no playbook here asks for.
    monkeypatch.setattr(sealing, "HOST", {**HOST, "wants": {}})
    return tmp_path


def run(tree, minute, maker=converge, **options):
    file = tree / "facility.yaml"
    told = []
    now = datetime(2026, 11, 24, 17, minute, tzinfo=UTC)
    state = tree / "state"
    result = maker(
        file, load_facility(file), ApplyOptions(**options), state=state, now=now, on_event=told.append
    )
    tasks = {event["name"] for event in told if event["event"] == "task"}
    return result, tasks


def states(result):
    return {host.host: host.state for host in result.hosts}


def document(tree, host):
    return json.loads((tree / f"state/declared/hosts/{host}.json").read_text())


def test_a_run_that_changes_nothing_starts_no_ansible_and_a_change_by_hand_is_repaired(tree):
    first, _ = run(tree, 0)
    assert set(states(first).values()) == {"changed"}
    second, _ = run(tree, 1)
    assert second.log is None
    assert states(second) == {"h-ctl": "ok", "h-c1": "ok", "h-c2": "ok"}

    (tree / "out/b-h-c1").chmod(0o666)
    third, tasks = run(tree, 2)
    assert states(third) == {"h-ctl": "ok", "h-c1": "changed", "h-c2": "ok"}
    assert "other : Ensure a secret" not in tasks
    assert (tree / "out/b-h-c1").stat().st_mode & 0o777 == 0o600
    assert run(tree, 3)[0].log is None
    assert run(tree, 4, is_full=True)[0].log is not None


def test_a_secret_that_was_changed_is_found_and_told_nowhere(tree):
    run(tree, 0)
    (tree / "out/s-h-c2").write_text("another secret")
    found, _ = run(tree, 1)
    assert states(found)["h-c2"] == "changed"
    assert (tree / "out/s-h-c2").read_text() == TEXT
    for path in (tree / "state").rglob("*"):
        if path.is_file():
            assert TEXT not in path.read_text(errors="replace"), path


def test_a_changed_variable_sends_its_role_and_a_plan_says_so_and_touches_nothing(tree):
    run(tree, 0)
    (tree / "group_vars/all.yml").write_text(f"word: second\nsecret: {TEXT}\n")
    plan, _ = run(tree, 1, make_plan)
    assert plan.would_change
    assert {told.detail for told in plan.reasons} == {"its role or variables changed"}
    assert "+h-c1 second" in "".join(change.text for change in plan.check.changes)
    assert (tree / "out/h-c1").read_text() == "h-c1 first\n"
    changed, tasks = run(tree, 2)
    assert set(states(changed).values()) == {"changed"}
    assert "other : Ensure a secret" not in tasks
    assert not run(tree, 3, make_plan)[0].would_change


def test_a_host_that_is_away_is_told_and_holds_up_nobody(tree, monkeypatch):
    run(tree, 0)
    (tree / "out/h-c2").write_text("by hand")
    monkeypatch.setenv("AWAY_HOST", "127.0.0.2")
    found, _ = run(tree, 1)
    assert states(found) == {"h-ctl": "ok", "h-c1": "unreachable", "h-c2": "changed"}
    assert found.exit_code is ExitCode.NOT_TESTED


def test_what_failed_is_run_again_although_the_host_looks_as_declared(tree):
    run(tree, 0)
    (tree / "out/fail").touch()
    (tree / "group_vars/all.yml").write_text(f"word: second\nsecret: {TEXT}2\n")
    failed, _ = run(tree, 1)
    assert set(states(failed).values()) == {"failed"}
    assert not any(role["is_settled"] for role in document(tree, "h-c1")["roles"].values())
    (tree / "out/fail").unlink()
    again, tasks = run(tree, 2)
    assert again.exit_code is ExitCode.OK
    assert "other : Ensure a secret" in tasks


def test_a_run_that_was_killed_is_made_good(tree):
    """The roles that were about to run are marked before Ansible starts."""
    run(tree, 0)
    (tree / "playbooks/roles/files/tasks/main.yml").write_text(
        FILES + "- name: Check that it is killed here\n  ansible.builtin.command: sleep 60\n"
    )
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from millwright.facility import load_facility; from millwright.fleet.look.converge import converge\n"
        "from millwright.adapters.ansible.events import ApplyOptions\n"
        "file = Path(sys.argv[1]) / 'facility.yaml'\n"
        "def tell(event):\n"
        "    if 'killed here' in str(event.get('name')): raise KeyboardInterrupt\n"
        "converge(file, load_facility(file), ApplyOptions(), state=file.parent / 'state',"
        " now=datetime.now(UTC), on_event=tell)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tree)], capture_output=True, check=False)
    assert done.returncode
    assert document(tree, "h-c1")["roles"]["files"]["is_settled"] is False
    assert document(tree, "h-c1")["roles"]["other"]["is_settled"] is True
    (tree / "playbooks/roles/files/tasks/main.yml").write_text(FILES)
    found, tasks = run(tree, 2)
    assert found.exit_code is ExitCode.OK
    assert "files : Ensure a line" in tasks


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"host": "c1"}\n',
        '{"host": "c1"}\n{"end": true, "recorded": 2, "lost": 0}\n',
        '{"host": "c1"}\n{"end": true, "recorded": 1, "lost": 1}\n',
        '{"host": "c1"}\n{"end": tr',
    ],
    ids=["nothing", "no-end", "one-missing", "one-lost", "cut-off"],
)
def test_half_a_record_is_none(tmp_path, text):
    (tmp_path / "told").write_text(text)
    assert read_tasks(tmp_path / "told") is None
    (tmp_path / "told").write_text('{"host": "c1"}\n{"end": true, "recorded": 1, "lost": 0}\n')
    assert read_tasks(tmp_path / "told") == [{"host": "c1"}]


def run_roles(tree, minute, hosts, roles):
    now = datetime(2026, 11, 24, 18, minute, tzinfo=UTC)
    file = tree / "facility.yaml"
    return converge_roles(file, load_facility(file), hosts, roles, state=tree / "state", now=now)


def test_some_roles_of_a_host_are_repaired_and_the_others_left(tree):
    run(tree, 30)
    (tree / "out/h-c1").write_text("by hand\n")
    (tree / "out/s-h-c1").write_text("by hand\n")
    assert states(run_roles(tree, 1, ["h-c1"], {"files"})) == {"h-c1": "changed"}
    assert (tree / "out/h-c1").read_text() == "h-c1 first\n"
    assert (tree / "out/s-h-c1").read_text() == "by hand\n"

    again = run_roles(tree, 2, ["h-c1"], {"files"})
    assert (again.log, states(again)) == (None, {"h-c1": "ok"}), "no Ansible where a look does"


def test_no_role_runs_by_itself_on_a_host_that_never_converged(tree):
    assert run_roles(tree, 1, ["h-c2"], {"files"}) is None
    assert not (tree / "out/h-c2").exists()
