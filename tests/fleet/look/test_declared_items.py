"""What a task declared, as things to look at: one case a module, and what no look can see."""

import pytest

from millwright.fleet.look import program
from millwright.fleet.look.declared_items import PROOF, declarations, is_unseen, things_of


def task(module, arguments=(), **changes):
    told = {
        "host": "c1",
        "roles": ["base"],
        "task": "Ensure it",
        "module": module,
        "status": "ok",
        "arguments": dict(arguments),
        "reads_only": False,
        "delegated": False,
    }
    return told | changes


CASES = [
    (
        task("file", {"path": "/etc/localtime", "src": "/usr/share/zoneinfo/Etc/UTC", "state": "link"}),
        ("path", {"path": "/etc/localtime"}, {"type": "link", "target": "/usr/share/zoneinfo/Etc/UTC"}, []),
    ),
    (
        task("file", {"path": "/srv", "state": "directory", "mode": "0755", "owner": "slurm"}),
        ("path", {"path": "/srv"}, {"exists": True, "mode": "0755"}, ["type", "owner"]),
    ),
    (
        task("file", {"path": "/old", "state": "absent"}),
        ("path", {"path": "/old"}, {"exists": False}, []),
    ),
    (
        task("template", {"src": "a.j2", "dest": "/etc/a", "mode": "0644", "reached_dest": "/etc/a"}),
        ("path", {"path": "/etc/a"}, {"exists": True, "mode": "0644"}, ["type", "digest"]),
    ),
    (
        task("copy", {"dest": "/etc/munge/munge.key", "mode": "0400", "owner": "munge", "group": "munge"}),
        (
            "path",
            {"path": "/etc/munge/munge.key"},
            {"exists": True, "mode": "0400"},
            ["owner", "group", "type", "digest"],
        ),
    ),
    (
        task("copy", {"dest": "/etc/", "src": "files/motd", "mode": "u=rw"}),
        ("path", {"path": "/etc/motd"}, {"exists": True}, ["mode", "type", "digest"]),
    ),
    (
        task("copy", {"dest": "/etc/kept", "force": False}),
        ("path", {"path": "/etc/kept"}, {"exists": True}, []),
    ),
    (
        task("copy", {"dest": "/opt/tree", "src": "tree/"}),
        ("tree", {"path": "/opt/tree"}, {}, ["digest"]),
    ),
    (
        task("blockinfile", {"path": "/etc/hosts", "marker": "# {mark} M"}),
        (
            "block",
            {"path": "/etc/hosts", "begin": "# BEGIN M", "end": "# END M"},
            {"blocks": 1},
            ["digest"],
        ),
    ),
    (
        task("lineinfile", {"path": "/etc/fstab", "line": "a b c"}),
        ("line", {"path": "/etc/fstab", "line": "a b c"}, {"there": True}, []),
    ),
    (
        task("systemd_service", {"name": "munge", "enabled": True, "state": "restarted"}),
        ("service", {"name": "munge"}, {"active": True, "enabled": True}, []),
    ),
    (
        task("systemd_service", {"name": "x", "enabled": "no", "state": "stopped", "masked": "yes"}),
        ("service", {"name": "x"}, {"active": False, "enabled": False, "masked": True}, []),
    ),
    (
        task("apt", {"name": "slurmd=24.11", "state": "present"}),
        ("package", {"name": "slurmd"}, {"installed": True}, []),
    ),
    (
        task("user", {"name": "ada"}),
        ("user", {"name": "ada"}, {"exists": True}, ["uid", "gid", "home", "shell"]),
    ),
    (task("group", {"name": "hpc"}), ("group", {"name": "hpc"}, {"exists": True}, ["gid"])),
    (
        task("command", {"creates": "/opt/done"}),
        ("path", {"path": "/opt/done"}, {"exists": True}, []),
    ),
    (
        task("find", {"paths": "/etc/principals", "excludes": ["ada"]}),
        ("entries", {"path": "/etc/principals"}, {}, ["names"]),
    ),
    (
        task("reached_state", {"settings": {"net.core.somaxconn": 4096}}),
        ("setting", {"name": "net.core.somaxconn"}, {"value": "4096"}, []),
    ),
    (
        task("reached_state", {"commands": [{"argv": ["a", "b"], "prints": "c", "means": "it is c"}]}),
        ("answer", {"argv": ["a", "b"], "prints": "c", "means": "it is c"}, {"good": True}, []),
    ),
]


@pytest.mark.parametrize(("told", "expected"), CASES, ids=lambda case: str(case)[:60])
def test_a_task_as_a_thing(told, expected):
    (found,) = things_of(told)
    assert (found["kind"], found["of"], found["wants"], found["seal"]) == expected


def test_a_slurm_daemon_is_its_service_and_what_its_process_was_told():
    service, process = things_of(task("slurm_daemon", {"name": "slurmd", "controllers": ["a:1", "b:1"]}))
    assert service["wants"] == {"active": True, "enabled": True, "fresh": True}
    assert process["of"] == {"name": "slurmd", "argument": "a:1,b:1"}


def test_a_controller_follows_its_files_and_its_backup_only_runs():
    kinds = {
        standby: [
            found["kind"]
            for found in things_of(task("slurm_configuration", {"step": "follow", "standby": standby}))
        ]
        for standby in (False, True)
    }
    assert kinds == {False: ["service", "answer"], True: ["service"]}
    assert list(things_of(task("slurm_configuration", {"step": "keep"}))) == []


def test_every_package_is_a_thing():
    names = [found["of"]["name"] for found in things_of(task("apt", {"name": ["a", "b"]}))]
    assert names == ["a", "b"]
    assert list(things_of(task("apt", {}))) == []


def test_a_search_that_goes_by_age_or_pattern_says_nothing_about_the_state():
    assert list(things_of(task("find", {"paths": "/opt", "excludes": ["a"], "age": "30d"}))) == []
    assert list(things_of(task("find", {"paths": "/var", "patterns": "*Release"}))) == []


@pytest.mark.parametrize(
    ("told", "unseen"),
    [
        (task("assert"), False),
        (task("command", reads_only=True), False),
        (task("command"), True),
        (task("shell"), True),
        (task("pip"), True),
        (task("some_module_of_a_site"), True),
        (task("some_module_of_a_site", reads_only=True), True),
    ],
)
def test_what_may_have_changed_a_host_unseen(told, unseen):
    assert is_unseen(told) is unseen


def test_what_was_skipped_declares_nothing():
    (role,) = declarations([task("command", status="skipped")])["c1"].values()
    assert (role.things, role.unseen) == ((), ())


def test_the_last_task_about_a_thing_counts():
    tasks = [
        task("file", {"path": "/a", "state": "file", "mode": "0600"}),
        task("file", {"path": "/a", "state": "absent"}),
    ]
    (thing,) = declarations(tasks)["c1"]["base"].things
    assert thing["wants"] == {"exists": False}


def test_a_command_is_seen_through_the_proof_of_its_role_only():
    proof = task("reached_state", {"commands": [{"argv": ["getent"], "means": "users are there"}]})
    act = task("command", task="Ensure the users")
    assert declarations([act])["c1"]["base"].unseen == ("Ensure the users",)
    found = declarations([act, proof])["c1"]["base"]
    assert (found.unseen, found.proved) == ((), ("Ensure the users",))
    elsewhere = declarations([act, proof | {"roles": ["users"]}])["c1"]
    assert elsewhere["base"].unseen == ("Ensure the users",)


def test_what_belongs_to_another_host_or_to_no_role_is_left_out():
    tasks = [
        task("copy", {"dest": "/here"}, delegated=True),
        task("command", roles=[]),
        task("command", roles=[PROOF]),
        task("file", {"path": "/a"}, roles=["slurm_node", "slurm_configless"]),
    ]
    assert list(declarations(tasks)["c1"]) == ["slurm_node"]


@pytest.mark.parametrize(
    ("row", "is_open"),
    [
        ("tide||billing=60000000000||", True),
        ("tide||node=4,billing=600|8|9", True),
        ("tide||billing=600|0|0", False),
        ("tide||billing=600||0", False),
        ("tide|ada|billing=600||", False),
        ("bench||||", False),
    ],
)
def test_a_grant_is_told_by_name_while_jobs_may_start_in_it(row, is_open):
    """The columns are those for which `sacctmgr` is asked, as the module reads them."""
    *_, told = things_of(task("slurm_accounting", {"cluster": "rack"}))
    assert told["of"]["argv"][-1] == "format=Account,User,GrpTRESMins,GrpJobs,GrpSubmit"
    asked = {"root": "/", "key": "00", "things": [told]}
    found = program.look(asked, lambda *_: (0, f"{row}\n"))["names"]
    assert found == ({"0": ["tide"]} if is_open else {})
