"""User ids that no host hands out."""

import zlib
from pathlib import Path

import pytest
import yaml

from millwright.core.places import facility_file
from millwright.facility import load_facility
from millwright.facility.model import Facility
from millwright.facility.unix_users import COUNT, FIRST_ID, find_user_problems, user_id, users_of

FILE = Path("facility.yaml")


def facility(*users, hills=()):
    data = yaml.safe_load(facility_file("rack").read_text())
    coast = data["antennas"]["coast"] | {"users": list(users)}
    data["antennas"] = {"coast": coast}
    if hills:
        tunnel = {"factory_address": "10.92.0.1", "gateway_address": "10.92.0.3"}
        data["antennas"]["hills"] = coast | {"users": list(hills), "tunnel": tunnel}
    return Facility.model_validate(data)


def user(name, account="coast"):
    return {"name": name, "account": account}


def test_ids_stay_clear_of_system_users_and_of_those_that_containers_map():
    ids = [user_id(f"user{number}") for number in range(5000)]
    assert min(ids) >= 20_000
    assert max(ids) < 60_000


def test_the_id_of_a_name_never_changes():
    """Files of users carry these numbers: another formula would give them to somebody else."""
    assert user_id("a") == 20_000 + 3_904_355_907 % 40_000  # the published CRC-32 of "a"
    assert (user_id("ada"), user_id("bea")) == (22152, 33680)


def test_an_id_does_not_depend_on_who_else_is_there():
    alone = {found.name: found.uid for found in users_of(facility(user("ada")))}
    among = {found.name: found.uid for found in users_of(facility(user("zoe"), user("ada"), user("bea")))}
    assert alone["ada"] == among["ada"]


def test_a_user_of_two_antennas_is_one_user_with_both_ways_in():
    (ada,) = users_of(facility(user("ada", "coast"), hills=[user("ada", "hills")]))
    assert ada.accounts == ("coast", "hills")
    assert ada.tunnel_addresses == ("10.92.0.2", "10.92.0.3")


@pytest.mark.parametrize("name", ["root", "slurm", "munge", "mwbench", "sudo", "sshd", "nobody"])
def test_nobody_becomes_a_system_user(name):
    (problem,) = find_user_problems(facility(user(name)), FILE)
    assert problem.key == "antennas.coast.users.0.name"


@pytest.mark.parametrize("account", ["root", "mwbench"])
def test_nobody_charges_the_administrators(account):
    (problem,) = find_user_problems(facility(user("ada", account)), FILE)
    assert problem.key == "antennas.coast.users.0.account"


def test_two_names_with_one_id_are_refused():
    wanted = zlib.crc32(b"ada") % COUNT
    twin = next(
        name
        for name in (f"u{number}" for number in range(1_000_000))
        if zlib.crc32(name.encode()) % COUNT == wanted
    )
    (problem,) = find_user_problems(facility(user("ada"), user(twin)), FILE)
    assert str(FIRST_ID + wanted) in problem.problem
    assert twin in problem.problem


def test_ordinary_users_are_accepted():
    assert list(find_user_problems(facility(user("ada"), user("bea")), FILE)) == []


def test_only_former_users_are_removed(tmp_path):
    data = yaml.safe_load((Path(__file__).parent / "cases/base.yaml").read_text())
    path = tmp_path / "facility.yaml"
    path.write_text(yaml.safe_dump({**data, "removed_users": {"ada": "account", "bob": "account"}}))
    found = [problem.key for problem in find_user_problems(load_facility(path), path)]
    assert found == ["removed_users.ada"]
