"""The module that looks at everything a role declared on a host."""

import getpass
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("reached_state", ROOT / "playbooks/library/reached_state.py")
state = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(state)


def wants(path, **options):
    return list(state.file_differences({"path": str(path), "kind": "file", **options}))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "key"
    path.write_text("first\nsecond \n")
    path.chmod(0o640)
    return path


def test_a_file_as_declared_differs_in_nothing(file):
    assert wants(file, mode="0640", owner=getpass.getuser(), holds=["first", "second"]) == []


def test_every_difference_of_a_file_is_named(file):
    found = wants(file, mode="0400", owner="nobody", holds=["third"])
    assert len(found) == 3
    assert f"{file} has mode 0640, not 0400" in found
    assert f"{file} lacks the line 'third'" in found


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nothing", {}, "is missing"),
        ("key", {"kind": "directory"}, "is no directory"),
        ("key", {"kind": "absent"}, "should not be"),
        ("way", {"kind": "link", "target": "elsewhere"}, "points to key, not elsewhere"),
        ("way", {}, "is no file"),
    ],
)
def test_kinds(file, name, options, message):
    (file.parent / "way").symlink_to("key")
    (found,) = wants(file.parent / name, **options)
    assert message in found


def test_an_absent_file_is_absent(tmp_path):
    assert wants(tmp_path / "nothing", kind="absent") == []


def saying(answers):
    return lambda argv, **_: answers[argv[1]]


def test_a_service_has_to_run_now_and_after_a_boot():
    good = saying({"is-active": (0, "active\n", ""), "is-enabled": (0, "enabled\n", "")})
    bad = saying({"is-active": (3, "failed\n", ""), "is-enabled": (1, "disabled\n", "")})
    assert list(state.service_differences(["munge"], good)) == []
    assert list(state.service_differences(["munge"], bad)) == ["munge is failed", "munge is disabled"]


def test_a_service_that_systemd_does_not_know_differs():
    assert list(state.service_differences(["munge"], lambda *_, **__: (4, "", "no such unit")))


def test_kernel_settings(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net/rmem").write_text("4096\t131072\t6291456\n")
    assert list(state.setting_differences({"net.rmem": "4096 131072 6291456"}, tmp_path)) == []
    assert list(state.setting_differences({"net.rmem": 1, "net.none": 1}, tmp_path)) == [
        "the kernel has no setting net.none",
        "net.rmem is 4096 131072 6291456, not 1",
    ]


@pytest.mark.parametrize(
    ("answer", "prints", "differs"),
    [
        ((0, "STATUS: Success\n", ""), "Success$", False),
        ((0, "STATUS: Failed\n", ""), "Success$", True),
        ((1, "STATUS: Success\n", "no"), "Success$", True),
        ((0, "", ""), None, False),
    ],
)
def test_commands(answer, prints, differs):
    wanted = {"argv": ["unmunge"], "prints": prints, "means": "credentials decode"}
    found = list(state.command_differences(wanted, lambda *_, **__: answer))
    assert bool(found) is differs
    assert all(text.startswith("credentials decode: not so; unmunge") for text in found)


def test_everything_is_looked_at(tmp_path):
    params = {
        "files": [
            {"path": str(tmp_path / "a"), "kind": "file"},
            {"path": str(tmp_path / "b"), "kind": "file"},
        ],
        "services": ["munge"],
        "settings": {"no.such": 1},
        "commands": [{"argv": ["x"], "means": "x works"}],
    }
    assert len(state.find_differences(params, lambda *_, **__: (1, "", ""))) == 6
