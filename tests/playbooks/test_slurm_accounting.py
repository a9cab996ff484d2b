"""Slurm's accounting: what sacctmgr prints in, differences and commands out."""

import datetime
import importlib
from pathlib import Path

import ansible.module_utils
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.adapters.slurm.access import access_variables
from millwright.facility import load_facility

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
CASES = sorted((HERE / "cases/slurm_accounting").glob("*.yaml"))
CAPTURED = HERE / "data/slurm_accounting"
OURS = str(ROOT / "playbooks/module_utils")
TODAY = datetime.date(2026, 11, 24)
PRINTED = {"GraceTime": "00:00:00", "PreemptMode": "cluster", "UsageFactor": "1.000000", "Share": "1"}
"""What sacctmgr prints for a new record; nothing for the other columns."""

if OURS not in ansible.module_utils.__path__:
    ansible.module_utils.__path__.append(OURS)
records, declared, changes, removal, leavers = (
    importlib.import_module(f"ansible.module_utils.slurm_{name}")
    for name in ("records", "declared", "changes", "removal", "open_grants")
)


def mode(name, **given):
    scopes = ("job", "user", "account")
    limits = {f"max_{what}_per_{scope}": None for what in ("accelerators", "nodes") for scope in scopes}
    limits |= {f"max_{what}_per_{scope}": None for what in ("jobs", "submitted") for scope in scopes[1:]}
    plain = {"priority": 0, "max_wall_min": None, "protected_min": None, "grace_s": 0, "usage_factor": 1.0}
    return {"name": name, "preempts": [], "when_preempted": "requeue", **limits, **plain, **given}


def wanted_state(case):
    told = case["declared"]
    params = {
        "default_qos": "normal",
        "qos": [mode(**each) for each in told.get("qos", [])],
        "shares": told.get("shares", []),
        "accounts": [{"parent": "root", "fair_share": 1, **each} for each in told.get("accounts", [])],
        "users": told.get("users", {}),
    }
    return declared.declared_state(params, case.get("today", TODAY))


def printer(found):
    """A sacctmgr that prints these rows, each with the columns that differ from a new record's."""

    def run(arguments):
        entity = arguments[arguments.index("show") + 1]
        columns = arguments[-1].removeprefix("format=").split(",")
        rows = [PRINTED | row for row in found.get(entity, [])]
        return "".join("|".join(str(row.get(column, "")) for column in columns) + "\n" for row in rows)

    return run


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path):
    case = yaml.safe_load(path.read_text())
    wanted, found = wanted_state(case), records.read_state(printer(case["found"]), "rack")
    wanted["association"].update(declared.closed_to(found, wanted, case.get("former", [])))
    commands = [" ".join(command) for command in changes.plan("rack", found, wanted)]
    assert commands == case["commands"]
    if "differences" in case:
        told = [" ".join(map(str, row)) for row in changes.differences(found, wanted)]
        assert told == case["differences"]
    if "undeclared" in case:
        assert [" ".join(pair) for pair in changes.undeclared(found, wanted, ("root", "normal"))] == case[
            "undeclared"
        ]
    assert leavers.open_grants(found, wanted) == case.get("open_grants", [])


def captured(arguments):
    return (CAPTURED / f"{arguments[arguments.index('show') + 1]}.txt").read_text()


def shipped_params():
    facility = load_facility(ROOT / "inventories/rack/facility.yaml")
    told = access_variables(facility)
    return {
        "default_qos": "normal",
        "qos": told["facility_access_modes"],
        "shares": told["facility_shares"],
        "accounts": told["facility_accounts"],
        "users": {**told["facility_charged_accounts"], "mwbench": ["mwbench"]},
    }


def test_what_slurmdbd_printed_after_an_apply_is_as_the_shipped_rack_declares():
    found = records.read_state(captured, "rack")
    wanted = declared.declared_state(shipped_params(), TODAY)
    assert changes.differences(found, wanted) == []
    assert list(changes.plan("rack", found, wanted)) == []
    assert changes.undeclared(found, wanted, ("root", "normal")) == []


def test_three_questions_and_few_commands_for_five_thousand_accounts():
    grants = [
        {
            "name": f"p{number}",
            "access_mode": "playground",
            "billing_min": 60,
            "start": "2026-01-01",
            "end": "2026-12-31",
        }
        for number in range(5000)
    ]
    users = {f"u{number}": [f"p{number}"] for number in range(5000)}
    case = {"declared": {"qos": [{"name": "playground"}], "accounts": grants, "users": users}}
    asked = []

    def run(arguments):
        asked.append(arguments)
        return printer({})(arguments)

    found = records.read_state(run, "rack")
    commands = list(changes.plan("rack", found, wanted_state(case)))
    assert len(asked) == 3
    assert sum(command[1] == "account" for command in commands) == 50
    assert sum(command[1] == "user" for command in commands) == 5000
    assert changes.batch(commands).count("\n") == len(commands) + 1


def test_a_row_with_another_number_of_columns_is_not_guessed_at():
    with pytest.raises(ValueError, match="printed 2 columns"):
        records.read_state(lambda _: "playground|100\n", "rack")


@pytest.mark.parametrize(
    "word", ["name=a b", "name=a;quit", 'name="a"', "name=a\nquit", "name=$(id)", "name=a'"]
)
def test_a_word_that_sacctmgr_could_take_apart_is_refused(word):
    with pytest.raises(ValueError, match="can't be given to sacctmgr"):
        changes.batch([["add", "qos", word]])


@settings(deadline=None)
@given(st.integers(0, 10**7))
def test_a_printed_time_is_read_back_to_the_second(total):
    days, rest = divmod(total, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    printed = f"{days}-{clock}" if days else clock
    assert records.seconds(printed) == str(total)
    assert records.minutes(printed) == str(total // 60)


NAMES = st.from_regex(r"[a-z]+(/[a-z]+)?", fullmatch=True)


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.integers(0, 2**63).map(str)), st.randoms())
def test_resources_in_any_order_are_the_same_limit(counts, random):
    pairs = [f"{name}={count}" for name, count in counts.items()]
    shuffled = random.sample(pairs, len(pairs))
    assert records.tres(",".join(shuffled)) == counts
    assert records.comparable("grptres", ",".join(shuffled)) == records.comparable("grptres", ",".join(pairs))


@settings(deadline=None)
@given(st.text())
def test_no_text_of_a_deletion_is_guessed_at(text):
    try:
        found = removal.parse_removal(text)
    except ValueError:
        return
    assert f"{found.kind}={found.name}" == text


FOUND = {
    "association": [
        {"Account": "root"},
        {"Account": "coast", "ParentName": "root"},
        {"Account": "tide", "ParentName": "coast", "QOS": "retired"},
        {"Account": "coast", "User": "ada"},
        {"Account": "tide", "User": "ada"},
        {"Account": "tide", "User": "bea"},
    ],
    "user": [{"User": "ada", "DefaultAccount": "tide"}, {"User": "bea", "DefaultAccount": "tide"}],
    "qos": [{"Name": "normal"}, {"Name": "retired"}],
}
OTHERS_JOBS = {"qos=retired": ["17"]}


@pytest.mark.parametrize(
    ("names", "objection"),
    [
        (["account=tide"], "account tide: bea has no other account; name user=bea too"),
        (["account=coast"], "account coast: the facility still declares it"),
        (["account=coast"], "account coast: tide lie below it"),
        (["qos=retired"], "qos retired: 1 jobs wait or run (17)"),
        (["qos=retired"], "qos retired: accounts tide may still use it"),
        (["account=root"], "account root: belongs to Slurm itself"),
        (["association=bea/tide"], "association bea/tide: bea has no other account"),
    ],
)
def test_a_deletion_is_refused(names, objection):
    found = records.read_state(printer(FOUND), "rack")
    wanted = wanted_state({"declared": {"users": {"ada": ["coast"]}}})
    removals = [removal.parse_removal(name) for name in names]
    jobs = {removal.parse_removal(name): numbers for name, numbers in OTHERS_JOBS.items()}
    told = list(removal.objections(found, wanted, removals, lambda one: jobs.get(one, [])))
    assert any(line.startswith(objection) for line in told), told


def test_a_deletion_by_name_takes_no_default_account_from_under_anybody():
    found = records.read_state(printer(FOUND), "rack")
    wanted = wanted_state({"declared": {"users": {"ada": ["coast"]}}})
    removals = [removal.parse_removal(name) for name in ("account=tide", "user=bea", "account=gone")]
    assert list(removal.objections(found, wanted, removals, lambda _: [])) == []
    assert [" ".join(command) for command in removal.removal_commands("rack", found, removals)] == [
        "delete user where name=bea cluster=rack",
        "modify user where name=ada cluster=rack set defaultaccount=coast",
        "delete account where name=tide cluster=rack",
    ]
    assert removal.losses(found, removals[0]).startswith("account tide: may be charged by ada, bea; ")


@pytest.mark.parametrize(
    ("named", "gone"),
    [("user=bea", True), ("account=hills", True), ("association=bea/hills", True), ("user=ada", False)],
)
def test_a_former_association_that_is_removed_is_not_closed_as_well(named, gone):
    assert removal.is_removed([removal.parse_removal(named)], "bea/hills") is gone
