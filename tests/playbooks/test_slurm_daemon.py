"""When a configless daemon is restarted, and what is said where no controller answers."""

import importlib.util
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("slurm_daemon", ROOT / "playbooks/library/slurm_daemon.py")
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)

RUNS = module.Unit(active=True, enabled=True, stale=False, pid=7)
WAITS = module.Unit(active=False, enabled=True, stale=False, pid=7, starting=True)
TWO = ["a:1", "b:1"]


def test_what_systemd_says():
    text = "ActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=yes\nMainPID=12\n"
    assert module.parse_unit(text) == module.Unit(active=True, enabled=True, stale=True, pid=12)
    assert module.parse_unit("ActiveState=activating\nUnitFileState=enabled\nMainPID=7\n") == WAITS
    assert module.parse_unit("") == module.Unit(active=False, enabled=False, stale=False, pid=0)


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        (b"slurmd\0--systemd\0--conf-server\0a:1\0", "a:1"),
        (b"slurmd\0--conf-server=a:1,b:1\0", "a:1,b:1"),
        (b"slurmd\0--conf-server\0", ""),
        (b"slurmd\0", ""),
        (b"", ""),
    ],
)
def test_the_controllers_that_a_process_asks(line, asked):
    assert module.asked_controllers(line) == asked


@pytest.mark.parametrize(
    ("unit", "asked", "pending", "steps"),
    [
        (RUNS, "a:1,b:1", False, ()),
        (RUNS, "a:1", False, ("restart",)),
        (RUNS, "a:1,b:1", True, ("daemon-reload", "restart")),
        (module.Unit(active=True, enabled=True, stale=True, pid=7), "a:1,b:1", False, ("daemon-reload",)),
        (module.Unit(active=True, enabled=False, stale=False, pid=7), "a:1,b:1", False, ("enable",)),
        (module.Unit(active=False, enabled=False, stale=False, pid=0), "", False, ("enable", "start")),
        (WAITS, "a:1,b:1", False, ("restart",)),
    ],
)
def test_what_is_due(unit, asked, pending, steps):
    assert module.find_steps(unit, asked, TWO, pending=pending) == steps


def test_a_controller_answers_where_something_listens():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert module.answers(f"127.0.0.1:{port}", 1.0)
    assert not module.answers(f"127.0.0.1:{port}", 1.0)


def test_what_is_said_without_a_controller_names_all_and_what_to_do():
    said = module.explain("slurmd", TWO, active=True)
    assert "a:1, b:1" in said
    assert "goes on with its earlier options" in said
    assert "apply again" in said
    assert "will start by itself" in module.explain("slurmd", TWO, active=False)


def test_the_first_step_that_fails_ends_it():
    calls = []

    def run(argv):
        calls.append(argv)
        return (1, "", "Job failed\n") if argv[1] == "restart" else (0, "", "")

    problem = module.do(run, "slurmd", ["daemon-reload", "restart", "enable"])
    assert problem == "systemctl restart slurmd ended with 1: Job failed"
    assert calls == [["systemctl", "daemon-reload"], ["systemctl", "restart", "slurmd"]]


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("0", False), (None, False)])
def test_the_tree_of_an_image_has_no_systemd(value, offline):
    assert module.is_offline({"SYSTEMD_OFFLINE": value} if value else {}) is offline


@pytest.mark.parametrize(("state", "changed"), [("enabled", False), ("disabled", True)])
def test_there_a_daemon_is_enabled_and_never_started(state, changed):
    told = []

    def run(words):
        told.append(words[1])
        return 0, f"{state}\n", ""

    assert module.enable_only(run, "slurmd") == (changed, "")
    assert told == ["is-enabled", *(["enable"] if changed else [])]
