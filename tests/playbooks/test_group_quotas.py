"""Limits of groups: what the tools print in, commands out."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("group_quotas", ROOT / "playbooks/library/group_quotas.py")
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)

REPQUOTA = """\
Group,BlockStatus,FileStatus,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed,FileSoftLimit,FileHardLimit,FileGrace
#0,ok,ok,20,0,0,0,2,0,0,0
#71234,ok,ok,4,0,1048576,0,1,0,500,0
"""


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("        /scratch 1024* 0 524288000 - 12 0 100000 -\n", (524288000, 100000)),
        ("        /scratch 0 0 0 - 0 0 0 -\n", (0, 0)),
    ],
)
def test_lustre_prints_limits(text, limits):
    assert module.read_lfs(text) == limits


@pytest.mark.parametrize("text", ["", "quotactl failed\n", "/scratch none\n"])
def test_an_answer_that_is_not_understood_is_no_limit(text):
    with pytest.raises(ValueError, match="not understood"):
        module.read_lfs(text)
    with pytest.raises(ValueError, match="not understood"):
        module.read_repquota(text)


def test_only_what_differs_is_set():
    found = module.read_repquota(REPQUOTA)
    assert found == {0: (0, 0), 71234: (1048576, 500)}
    same = {"gid": 71234, "space_kib": 1048576, "files": 500}
    other = {"gid": 71235, "space_kib": 1048576, "files": 0}
    assert list(module.different([same, other], found)) == [(other, (0, 0))]
    assert list(module.different([{**same, "files": 0}], found)) == [({**same, "files": 0}, (1048576, 500))]


def test_commands_of_both_kinds():
    quota = {"gid": 71235, "space_kib": 1024, "files": 7}
    assert module.command("local", "/srv", quota) == [
        "setquota",
        "-g",
        "71235",
        "0",
        "1024",
        "0",
        "7",
        "/srv",
    ]
    assert " ".join(module.command("lustre", "/scratch", quota)) == (
        "lfs setquota -g 71235 -b 0 -B 1024K -i 0 -I 7 /scratch"
    )
