"""People of a facility on a host: who is made, locked, unlocked and removed, and who is left alone."""

import importlib
import importlib.util
from pathlib import Path

import ansible.module_utils
import pytest

from millwright.facility.unix_users import COUNT, FIRST_ID

ROOT = Path(__file__).resolve().parents[2]
OURS = str(ROOT / "playbooks/module_utils")
if OURS not in ansible.module_utils.__path__:
    ansible.module_utils.__path__.append(OURS)
former = importlib.import_module("ansible.module_utils.former_people")
SPEC = importlib.util.spec_from_file_location("unix_people", ROOT / "playbooks/library/unix_people.py")
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)

ACCOUNTS = """\
root:x:0:0:root:/root:/bin/sh
mwbench:x:19999:19999:Millwright site:/shared/home/mwbench:/bin/bash
ada:x:22152:22152:Millwright site:/shared/home/ada:/bin/bash
bob:x:30000:30000:Millwright site:/shared/home/bob:/bin/bash
eve:x:30001:30001:Millwright other:/home/eve:/bin/bash
kim:x:30002:30002:Kim of the site:/home/kim:/bin/bash
low:x:1000:1000:Millwright site:/home/low:/bin/bash
"""
EXPIRIES = "root:*:1::::::\nada:!*:1::::::\nbob:!*:1::::::\n"


def changes(passwd=ACCOUNTS, shadow=EXPIRIES, **given):
    params = {
        "people": [{"name": "mwbench", "uid": 19999}, {"name": "ada", "uid": 22152}],
        "comment": "Millwright site",
        "home": "/shared/home",
        "shell": "/bin/bash",
        "removed": {},
        "holds_homes": False,
        **given,
    }
    return [(each.name, each.before, each.after) for each in module.changes(params, passwd, shadow)]


def test_ids_of_people_are_those_of_the_facility():
    assert (former.FIRST_ID, former.LAST_ID) == (FIRST_ID, FIRST_ID + COUNT - 1)


def test_who_left_is_locked_and_nobody_else_is_touched():
    assert changes() == [("bob", "present", "locked")]


def test_who_is_locked_stays_so_and_is_the_declared_state():
    locked = ACCOUNTS.replace("bob:/bin/bash", "bob:/usr/sbin/nologin")
    assert changes(locked, EXPIRIES.replace("bob:!*:1::::::", "bob:!*:1:::::1:")) == []


def test_who_comes_back_is_unlocked():
    people = [{"name": "bob", "uid": 30000}, {"name": "ada", "uid": 22152}]
    shadow = EXPIRIES.replace("bob:!*:1::::::", "bob:!*:1:::::1:")
    assert changes(shadow=shadow, people=people) == [("bob", "locked", "present")]


def test_a_user_of_the_site_with_the_same_name_is_never_unlocked():
    shadow = EXPIRIES + "kim:!:1:::::1:\n"
    assert changes(shadow=shadow, people=[{"name": "kim", "uid": 30002}]) == [
        ("ada", "present", "locked"),
        ("bob", "present", "locked"),
    ]


def test_who_is_named_is_removed_if_it_was_one_of_ours():
    removed = {"bob": "account", "kim": "account", "ghost": "account"}
    assert changes(removed=removed) == [("bob", "present", "absent")]


def test_new_people_are_made_at_once():
    people = [{"name": "new", "uid": 40000}, {"name": "ada", "uid": 22152}, {"name": "bob", "uid": 30000}]
    assert changes(people=people) == [("new", "absent", "present")]
    params = {"people": people, "comment": "Millwright site", "home": "/h", "shell": "/bin/bash"}
    assert module.sysusers(params, ["new"]) == 'u new 40000 "Millwright site" /h/new /bin/bash\n'


@pytest.mark.parametrize(
    ("holds", "what", "gone"),
    [(True, "account_and_home", ["bob"]), (True, "account", []), (False, "account_and_home", [])],
)
def test_a_home_goes_only_on_request_and_where_it_is(tmp_path, holds, what, gone):
    (tmp_path / "bob").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "bob")
    removed = {"bob": what, "link": what, "ada": what, "nobody": what}
    params = {"home": str(tmp_path), "removed": removed, "holds_homes": holds}
    assert module.homes_to_remove(params, ["ada"]) == [tmp_path / name for name in gone]


GROUPS = "root:x:0:\np_coast:x:70001:ada,bob\np_same:x:70002:\n"


def group_changes(*groups):
    params = {"groups": [dict(zip(("name", "gid", "members"), group, strict=True)) for group in groups]}
    return [" ".join(change.command) for change in module.group_changes(params, GROUPS)]


def test_groups_of_accounts_have_exactly_their_users():
    assert group_changes(("p_coast", 70001, ["ada"]), ("p_same", 70002, [])) == [
        "gpasswd --members ada p_coast"
    ]
    assert group_changes(("p_coast", 70001, ["bob", "ada"])) == []
    assert group_changes(("p_new", 70003, ["ada"])) == [
        "groupadd --gid 70003 p_new",
        "gpasswd --members ada p_new",
    ]
    assert group_changes(("p_new", 70003, [])) == ["groupadd --gid 70003 p_new"]


def test_a_group_with_another_id_is_refused():
    with pytest.raises(ValueError, match="p_coast has the id 70001 here"):
        group_changes(("p_coast", 70009, []))
