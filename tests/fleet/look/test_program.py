"""Every kind of thing: found as declared, then changed in a root of the test's own, then found different."""

import ast
import json
import os
import pwd
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.fleet.look import program
from millwright.fleet.look.finding import Order, read_answer
from millwright.fleet.look.over_ssh import source_for

KEY = "00" * 32
UNITS = {
    "good": "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nMainPID=4711",
    "stopped": "LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled",
    "disabled": "LoadState=loaded\nActiveState=active\nUnitFileState=disabled",
    "masked": "LoadState=masked\nActiveState=inactive\nUnitFileState=masked",
    "failing": "LoadState=loaded\nActiveState=activating\nUnitFileState=enabled\nNeedDaemonReload=yes",
    "unknown": "LoadState=not-found\nActiveState=inactive\nUnitFileState=",
}
DPKG = """Package: slurmd
Status: install ok installed
Provides: slurm-daemon, other (= 1)

Package: gone
Status: deinstall ok config-files

Package: half
Status: install ok half-configured
"""


def run(argv, _data="", _variables=None):
    if argv[:2] == ["systemctl", "show"]:
        asked = argv[2].removeprefix("--property=").split(",")
        assert {line.split("=")[0] for unit in UNITS.values() for line in unit.split("\n")} <= set(asked)
        return 0, "\n\n".join(UNITS[name] for name in argv[argv.index("--") + 1 :]) + "\n"
    return {
        "yes": (0, "HASH_VAL = Match\n"),
        "no": (0, "HASH_VAL = Different\n"),
        "fails": (1, ""),
        "grants": (0, "tide=1\ncoast=2\n"),
    }[argv[0]]


@pytest.fixture
def root(tmp_path):
    for folder in ("etc", "proc/sys/net/core", "var/lib/dpkg", "run/systemd/system"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/file").write_text("content\n")
    (tmp_path / "etc/file").chmod(0o644)
    (tmp_path / "etc/link").symlink_to("/etc/file")
    (tmp_path / "etc/hosts").write_text("127.0.0.1 localhost\n# BEGIN M\n10.0.0.1 c1\n# END M\n")
    (tmp_path / "etc/folder").mkdir(mode=0o755)
    (tmp_path / "etc/folder/ada").write_text("ada\n")
    (tmp_path / "etc/os-release").write_text('NAME="Debian"\nVERSION_ID="13"\nID=debian\n')
    (tmp_path / "proc/sys/net/core/somaxconn").write_text("4096\n")
    (tmp_path / "var/lib/dpkg/status").write_text(DPKG)
    return tmp_path


def look(root, *things):
    return program.look({"root": str(root), "key": KEY, "things": list(things)}, run)


def thing(kind, of, wants=(), seal=()):
    return {"kind": kind, "of": of, "wants": dict(wants), "seal": list(seal)}


def sealed(root, kind, of, *seal):
    """A thing that wants what the host is now."""
    found = look(root, thing(kind, of, (), seal))
    assert not found["untested"], found
    return thing(kind, of, found["sealed"]["0"])


def differing(root, *things):
    found = look(root, *things)
    assert not found["untested"], found
    return {attribute for _, attribute, _, _ in found["differs"]}


FILE = ("path", {"path": "/etc/file"}, "exists", "type", "mode", "owner", "group", "digest")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: path.write_text("Content\n"), {"digest"}),
        (lambda path: path.chmod(0o600), {"mode"}),
        (lambda path: path.chmod(0o4644), {"mode"}),
        (lambda path: os.chown(path, 12345, -1), {"owner"}),
        (lambda path: os.chown(path, -1, 12345), {"group"}),
        (lambda path: path.unlink(), {"exists", "type", "mode", "owner", "group", "digest"}),
    ],
    ids=["content", "mode", "setuid", "owner", "group", "gone"],
)
def test_a_file_that_was_changed_by_hand_is_found(root, change, told):
    wanted = sealed(root, *FILE)
    assert differing(root, wanted) == set()
    if os.geteuid() and told & {"owner", "group"}:
        pytest.skip("only root gives files away")
    change(root / "etc/file")
    assert differing(root, wanted) == told


def test_a_file_in_place_of_a_link_is_found_and_a_link_that_leads_elsewhere_too(root):
    wanted = thing("path", {"path": "/etc/link"}, {"type": "link", "target": "/etc/file"})
    assert differing(root, wanted) == set()
    (root / "etc/link").unlink()
    (root / "etc/link").symlink_to("/etc/other")
    assert differing(root, wanted) == {"target"}
    (root / "etc/link").unlink()
    (root / "etc/link").write_text("content\n")
    assert differing(root, wanted) == {"type", "target"}


def test_a_pipe_in_place_of_a_file_is_told_and_never_read(root):
    wanted = sealed(root, *FILE)
    (root / "etc/file").unlink()
    os.mkfifo(root / "etc/file")
    assert {"type", "digest"} <= differing(root, wanted)


def test_what_should_be_gone_is_found(root):
    wanted = thing("path", {"path": "/etc/extra"}, {"exists": False})
    assert differing(root, wanted) == set()
    (root / "etc/extra").touch()
    assert differing(root, wanted) == {"exists"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# BEGIN M\n10.0.0.1 c1\n# END M\nmore of others\n", set()),
        ("# BEGIN M\n10.0.0.2 c1\n# END M\n", {"digest"}),
        ("# BEGIN M\n# END M\n", {"digest"}),
        ("127.0.0.1 localhost\n", {"blocks", "digest"}),
        ("# BEGIN M\n10.0.0.1 c1\n# END M\n# BEGIN M\n6.6.6.6 c1\n# END M\n", {"blocks", "digest"}),
        ("# END M\n10.0.0.1 c1\n# BEGIN M\n", {"blocks", "digest"}),
    ],
    ids=["others-may-write", "changed", "emptied", "removed", "twice", "turned-round"],
)
def test_a_block_in_a_file_of_others(root, text, told):
    of = {"path": "/etc/hosts", "begin": "# BEGIN M", "end": "# END M"}
    wanted = sealed(root, "block", of, "blocks", "digest")
    (root / "etc/hosts").write_text(text)
    found = differing(root, wanted)
    assert bool(found) == bool(told)
    assert found <= told


def test_a_line(root):
    wanted = thing("line", {"path": "/etc/hosts", "line": "127.0.0.1 localhost"}, {"there": True})
    assert differing(root, wanted) == set()
    (root / "etc/hosts").write_text("# 127.0.0.1 localhost\n")
    assert differing(root, wanted) == {"there"}


def test_a_name_too_many_in_a_folder_is_found(root):
    wanted = sealed(root, "entries", {"path": "/etc/folder"}, "names")
    assert differing(root, wanted) == set()
    (root / "etc/folder/mallory").touch()
    assert differing(root, wanted) == {"names"}


@pytest.mark.parametrize("change", ["content", "new", "gone", "link"])
def test_everything_below_a_folder(root, change):
    wanted = sealed(root, "tree", {"path": "/etc/folder"}, "digest")
    (root / "etc/folder/__pycache__").mkdir()
    (root / "etc/folder/__pycache__/x.pyc").touch()
    assert differing(root, wanted) == set()
    match change:
        case "content":
            (root / "etc/folder/ada").write_text("eve\n")
        case "new":
            (root / "etc/folder/sub").mkdir()
            (root / "etc/folder/sub/file").touch()
        case "gone":
            (root / "etc/folder/ada").unlink()
        case "link":
            (root / "etc/folder/link").symlink_to("/etc/shadow")
    assert differing(root, wanted) == {"digest"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("good", set()),
        ("stopped", {"active"}),
        ("disabled", {"enabled"}),
        ("masked", {"active", "enabled", "masked"}),
        ("failing", {"active"}),
        ("unknown", {"active", "enabled"}),
    ],
)
def test_services(root, name, told):
    wants = {"active": True, "enabled": True, "masked": False}
    others = [thing("service", {"name": other}, {}) for other in UNITS]
    assert differing(root, thing("service", {"name": name}, wants), *others) == told


def test_what_a_process_was_started_with(root):
    (root / "proc/4711").mkdir(parents=True)
    (root / "proc/4711/cmdline").write_bytes(b"/usr/sbin/slurmd\0--conf-server=a:1,b:1\0")
    wants = {"runs_with_it": True}
    assert differing(root, thing("process", {"name": "good", "argument": "a:1,b:1"}, wants)) == set()
    assert differing(root, thing("process", {"name": "good", "argument": "a:1"}, wants)) == {"runs_with_it"}
    assert differing(root, thing("process", {"name": "stopped", "argument": "a:1"}, wants)) == {
        "runs_with_it"
    }


def test_a_unit_that_systemd_has_not_read_yet(root):
    wanted = thing("service", {"name": "failing"}, {"fresh": True})
    assert differing(root, wanted) == {"fresh"}


def test_services_are_not_taken_for_good_where_systemd_does_not_answer(root):
    wanted = thing("service", {"name": "good"}, {"active": True})
    order = {"root": str(root), "key": KEY, "things": [wanted]}
    found = program.look(order, lambda *_: (1, ""))
    assert found["differs"] == []
    assert found["untested"] == [[0, "systemctl does not tell the state of services"]]


@pytest.mark.parametrize(
    ("name", "installed"),
    [
        ("slurmd", True),
        ("slurm-daemon", True),
        ("other", True),
        ("gone", False),
        ("half", False),
        ("none", False),
    ],
)
def test_packages_of_debian(root, name, installed):
    assert differing(root, thing("package", {"name": name}, {"installed": installed})) == set()
    assert differing(root, thing("package", {"name": name}, {"installed": not installed})) == {"installed"}


def test_packages_where_rpm_keeps_them(root):
    (root / "var/lib/dpkg/status").unlink()
    wanted = [thing("package", {"name": name}, {"installed": True}) for name in ("slurm", "gone")]

    def rpm(argv, *_):
        assert argv[:4] == ["rpm", "--query", "--quiet", "--whatprovides"]
        return (0 if argv[-1] == "slurm" else 1), ""

    found = program.look({"root": str(root), "key": KEY, "things": wanted}, rpm)
    assert [number for number, *_ in found["differs"]] == [1]


def test_a_kernel_setting(root):
    wanted = thing("setting", {"name": "net.core.somaxconn"}, {"value": "4096"})
    assert differing(root, wanted) == set()
    (root / "proc/sys/net/core/somaxconn").write_text("128\n")
    assert differing(root, wanted) == {"value"}
    assert differing(root, thing("setting", {"name": "no.such"}, {"value": "1"})) == {"value"}


def test_users_and_groups(root, monkeypatch):
    me = pwd.getpwuid(os.getuid()).pw_name
    wanted = sealed(root, "user", {"name": me}, "exists", "uid", "gid", "home", "shell")
    assert differing(root, wanted) == set()
    changed = pwd.struct_passwd((me, "x", 0, 0, "", "/elsewhere", "/bin/true"))
    monkeypatch.setattr(pwd, "getpwnam", lambda _: changed)
    assert {"home", "shell"} <= differing(root, wanted)
    assert differing(root, thing("group", {"name": "no-such-group"}, {"exists": True})) == {"exists"}


@pytest.mark.parametrize(("command", "good"), [("yes", True), ("no", False), ("fails", False)])
def test_an_answer(root, command, good):
    of = {"argv": [command], "prints": r"HASH_VAL\s+= Match"}
    assert differing(root, thing("answer", of, {"good": good})) == set()


def test_an_answer_is_never_told(root):
    found = look(root, thing("answer", {"argv": ["no"]}, {"good": False}, ["output"]))
    assert "HASH_VAL" not in json.dumps(found)


def test_a_command_that_hangs_is_untested():
    with pytest.raises(program.Untested, match=r"did not end within 0\.1 s"):
        program.run_command(["sleep", "5"], timeout_s=0.1)


def test_a_command_gets_no_shell(tmp_path):
    hostile = f"$(touch {tmp_path}/hit); `touch {tmp_path}/hit`"
    assert program.run_command(["echo", hostile]) == (0, hostile + "\n")
    assert list(tmp_path.iterdir()) == []


def test_what_the_host_is(root):
    wanted = sealed(root, "host", {}, "hostname", "system", "architecture", "systemd")
    assert wanted["wants"]["system"] == "debian 13"
    assert wanted["wants"]["hostname"] == socket.gethostname().split(".")[0]
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=14\n")
    assert differing(root, wanted) == {"system"}


def test_a_file_that_can_not_be_read_is_untested(root, monkeypatch):
    wanted = sealed(root, *FILE)

    def refuse(*_):
        raise PermissionError(13, "not for you")

    monkeypatch.setattr(program.Host, "digest_file", refuse)
    found = look(root, wanted, thing("path", {"path": "/etc/folder"}, {"exists": True}))
    assert found["differs"] == []
    assert [number for number, _ in found["untested"]] == [0]


def test_a_digest_says_nothing_without_the_key(root):
    """Short secrets could be guessed from a plain digest."""
    one = look(root, thing("path", {"path": "/etc/file"}, (), ["digest"]))
    order = {
        "root": str(root),
        "key": "01" * 32,
        "things": [thing("path", {"path": "/etc/file"}, (), ["digest"])],
    }
    other = program.look(order, run)
    assert one["sealed"]["0"]["digest"] != other["sealed"]["0"]["digest"]


HOSTILE = st.text(max_size=40) | st.sampled_from(["'); import os #", '"""', "\\", "\n", "$(id)", "{{ 1 }}"])


@settings(max_examples=25, deadline=None)
@given(path=HOSTILE.filter(lambda text: "\0" not in text))
def test_whatever_a_path_is_called_it_stays_data(path):
    source = source_for(Order((thing("path", {"path": "/nowhere/" + path}, {"exists": False}),)), b"k")
    *_, last = ast.parse(source).body
    assert isinstance(last, ast.Expr)
    (literal,) = last.value.args
    assert json.loads(literal.value)["things"][0]["of"]["path"] == "/nowhere/" + path


def test_the_program_runs_as_it_is_sent(tmp_path):
    """As a host runs it: fed to a Python without site packages."""
    hostile = tmp_path / "a 'b' $(c)"
    hostile.write_text("x")
    source = source_for(Order((thing("path", {"path": str(hostile)}, {"mode": "0000"}),)), b"k")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-"], input=source, capture_output=True, text=True, check=True
    )
    found = read_answer("c1", "Welcome!\n" + done.stdout, "", (0.0, 2e9))
    (difference,) = found.differences
    assert (difference.attribute, difference.wanted) == ("mode", "0000")
    assert stat.filemode(hostile.stat().st_mode)


def test_the_program_uses_nothing_but_the_standard_library():
    tree = ast.parse(Path(program.__file__).read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def test_a_command_may_hold_numbers():
    """Roles give ports and seconds as YAML has them."""
    assert program.run_command(["printf", "%s", 6817]) == (0, "6817")
    assert program.run_command(["printenv", "PATIENCE"], variables={"PATIENCE": 3}) == (0, "3\n")


def test_names_are_told_and_are_no_difference(root):
    of = {"argv": ["grants"], "finds": r"^(\w+)=", "name": "open grants"}
    found = look(root, thing("names", of))
    assert (found["differs"], found["untested"]) == ([], [])
    assert found["names"] == {"0": ["coast", "tide"]}
    assert look(root, thing("names", {**of, "argv": ["no"]}))["names"] == {}
    silent = look(root, thing("names", {**of, "argv": ["fails"]}))
    assert silent["untested"] == [[0, "fails ended with 1"]]
