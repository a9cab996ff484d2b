"""Every external program that the code calls is declared, and every declared one is called."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from millwright.core.programs import (
    Need,
    Side,
    declared_programs,
    host_programs,
    package_of,
    packages_of,
    read_programs,
)
from program_calls import calls_in_ansible, calls_in_makefile, calls_in_python, calls_in_shell

ROOT = Path(__file__).resolve().parents[1]

ON_NODES = re.compile(
    r"(playbooks|reframe_checks|antennas)/"
    r"|tools/.*(/look/|/slurm_?\w*[./]|/discovery/.*sources\.py|/guard\.sh|/job\.py|/things\.py|/node_service\.py)"
    r"|tests/data/probes/faults/"
)
"""Files whose programs run on the hosts of a facility."""

NO_CALLS = re.compile(r"tests/(data/reframe/|test_programs\.py|program_calls\.py)|tests/.*/golden/")
"""Captured output of other tools, and the comparison itself."""

NO_PROGRAMS = {
    *("antenna", "demo", "facility", "image", "maintain", "nodes", "plan", "rack", "run", "tender"),  # ours,
    *("apply", "bundle", "check", "config", "drain", "revoke"),  # and theirs
    *("commit", "init"),  # git's
    *("bench-a", "cpu", "n1", "rack-c1"),  # nodes and partitions
    "guard",  # a program of ours on gateways
    "python",  # the path of an interpreter that a test makes up
    "pci.bus_id",  # a field that is asked for
    "no-such-tool",
}
"""Words at the beginning of lists that look like argument lists."""

ELSEWHERE = {
    *("ib_write_bw", "rpm", "scontrol", "setquota"),  # replaced by a stand-in of the test
    *("runuser", "systemd-run"),  # inside a container of the rack
}
"""Programs in tests that start with a host of the rack, or with a stand-in, in front."""


@pytest.fixture(scope="module")
def all_calls():
    return [call for file in listed_files() for call in calls_in(file)]


@pytest.fixture(scope="module")
def calls(all_calls):
    """The places of every program that is called, by side."""
    found = {side: defaultdict(set) for side in Side}
    for call in all_calls:
        side = Side.NODE if ON_NODES.match(call.file) else Side.HOST
        is_elsewhere = side is Side.HOST and call.file.startswith("tests/") and call.program in ELSEWHERE
        if not is_elsewhere and call.program not in NO_PROGRAMS:
            found[side][call.program].add(f"{call.file}:{call.line}")
    return found


def listed_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name and not NO_CALLS.match(name)]
    return [name for name in names if (ROOT / name).is_file()]


def calls_in(file):
    path = ROOT / file
    if path.suffix == ".py":
        return calls_in_python(path.read_text(), file)
    if path.name == "Makefile":
        return calls_in_makefile(path.read_text(), file)
    if path.suffix == ".yml" and file.startswith("playbooks/"):
        return calls_in_ansible(yaml.safe_load(path.read_text()), file)
    with path.open("rb") as opened:
        first = opened.readline()
    if re.match(rb"#!.*\b(ba)?sh\b", first):
        return calls_in_shell(path.read_text(), file)
    return ()


@pytest.mark.parametrize("side", Side)
def test_every_program_that_is_called_is_declared(calls, side):
    declared = {program.name for program in declared_programs() if program.side is side}
    undeclared = {name: sorted(places)[:3] for name, places in calls[side].items() if name not in declared}
    assert undeclared == {}, "declare them in tools/millwright/core/programs.toml"


@pytest.mark.parametrize("side", Side)
def test_every_declared_program_is_called(calls, side):
    declared = {p.name: p for p in declared_programs() if p.side is side and not p.is_file}
    unused = {name for name, program in declared.items() if not program.through} - set(calls[side])
    assert unused == set(), "nothing calls them"
    assert {p.through for p in declared.values() if p.through} <= set(declared)


def test_every_declared_file_is_read():
    texts = "".join((ROOT / name).read_text(errors="replace") for name in listed_files() if name[:2] != "do")
    for program in declared_programs():
        if program.is_file:
            assert Path(program.name).name.replace("*", "") in texts.replace("programs.toml", "")


def test_a_word_that_is_left_out_is_still_met(all_calls):
    """Or the list of exceptions would hide a program of that name later."""
    assert {call.program for call in all_calls} >= NO_PROGRAMS | ELSEWHERE


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("subprocess.run(['nft', '-f', '-'], check=True)", {"nft"}),
        ("run(('ip', 'link'))", {"ip"}),
        ("subprocess.run([*sudo(), 'ip', 'link', 'add'])", {"sudo", "ip"}),
        ("argv = ['taskset', '--cpu-list', core]", {"taskset"}),
        ("def ssh_argv(): return ['ssh', host]", {"ssh"}),
        ("find_program('iptables') is None", {"iptables"}),
        ("StringCommand('umask 077 && wg genkey >', new, '&& mv', new, path)", {"wg", "mv"}),
        ("run(['sudo', '-n', '-u', 'ada', 'getent', 'passwd'])", {"sudo", "getent"}),
        ("run(['sh', '-c', 'set -e; a=$(tr a b <x | sort) && exec wg show'])", {"sh", "tr", "sort", "wg"}),
        ("JOIN = 'mkfifo x'\nrun(['/bin/sh', '-c', JOIN])", {"sh", "mkfifo"}),
        ("[*('unshare', '--mount', '--propagation=private', 'mmdebstrap')]", {"unshare", "mmdebstrap"}),
        ("names = ['rack-c1', 'rack-c2']", set()),
        ("subprocess.run([sys.executable, '-m', 'millwright'])", set()),
        ("run([*ssh, 'rm -r /x'])", set()),
    ],
)
def test_calls_are_found_in_python(source, programs):
    assert {call.program for call in calls_in_python(source, "a.py")} == programs


def test_calls_are_found_in_shell():
    script = """
    # don't read this: reboot
    as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
    case $1 in
    sshd) sshd -t -f "$2" ;;
    nftables) nft -c -f "$2" || true ;;
    esac
    command -v apt-get >/dev/null || as_root true
    LC_ALL=C sort "it's | quoted" | uniq; while read -r line; do cut -d: -f1; done
    cat <<END
    don't run this
    END
    """
    programs = {call.program for call in calls_in_shell(script, "a.sh")}
    assert programs == {"id", "sudo", "sshd", "nft", "apt-get", "sort", "uniq", "cut", "cat"}


def test_calls_are_found_in_tasks_and_makefiles():
    tasks = [
        {"ansible.builtin.command": "wg show {{ interface }}"},
        {"block": [{"ansible.builtin.command": {"argv": ["runuser", "-u", "{{ user }}", "--", "sbatch"]}}]},
        {"ansible.builtin.shell": {"cmd": "umask 077; wg genkey | tee x"}},
        {"ansible.builtin.command": {"argv": "{{ ['sysctl', '--values'] + wanted }}"}},
        {"ansible.builtin.command": "{{ program }} now"},
    ]
    found = {call.program for call in calls_in_ansible(tasks, "main.yml")}
    assert found == {"wg", "runuser", "sbatch", "tee", "sysctl"}
    makefile = "P := $(shell grep -c x y)\nall: other\n\t@$(BIN)/pytest && touch x\n\t-rm -rf $(BIN)\n"
    assert {call.program for call in calls_in_makefile(makefile, "Makefile")} == {"grep", "touch", "rm"}


def test_the_table_is_read_with_all_its_problems():
    text = """
    [host]
    good = { package = "a", for = ["rack"], through = "b" }
    twice = { package = "a", pypi = "b", for = ["rack"] }
    unknown = { package = "a", for = ["rack"], packages = 1 }
    idle = { package = "a" }
    strange = { package = "a", for = ["coffee"] }
    """
    with pytest.raises(ValueError, match=r"host\.twice") as refused:
        read_programs(text)
    for name in ("host.unknown", "host.idle", "host.strange"):
        assert name in str(refused.value)
    assert "host.good" not in str(refused.value)


def test_a_need_is_met_by_its_packages():
    assert "nftables" in packages_of(host_programs(Need.TESTS))
    rack = packages_of(host_programs(Need.RACK))
    assert {"mmdebstrap", "nginx", "systemd-container", "debian-archive-keyring"} <= set(rack)
    assert "nftables" not in rack
    assert "iptables" not in rack, "optional programs are used if they are there"
    assert package_of("mksquashfs") == "squashfs-tools"
    with pytest.raises(KeyError):
        package_of("no-such-program")


def test_set_up_runs_without_an_environment():
    """With the standard library alone: set-up installs packages before there is anything else."""
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'tools')!r}); sys.argv = ['packages.py']; "
    run = "import runpy; runpy.run_path(sys.argv[0])"
    folder = ROOT / "tools" / "setup"
    command = [sys.executable, "-I", "-S", "-c", code + run]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
