"""``millwright accounts``: what is printed, the options, and the exit code."""

import datetime
import json

import pytest

from millwright.app.change.accounts import (
    AccountsChange,
    AccountsDiff,
    AccountsPlan,
    FieldDifference,
    UnclosedGrant,
)
from millwright.app.change.accounts_usage import UsageReport
from millwright.cli.change import accounts
from millwright.cli.main import run

TIDE = UnclosedGrant(
    name="tide",
    access_modes="playground",
    granted="billing=60000000000",
    users=("ada", "bea"),
    delete=("account=tide",),
    close="millwright accounts apply rack --delete account=tide",
)
VALUES = {
    "facility": "rack",
    "exit_code": 0,
    "is_as_declared": True,
    "differences": (),
    "undeclared": (("account", "tide"),),
    "open_grants": (TIDE,),
    "losses": (),
    "not_there": (),
    "commands": (),
}
DIFFERENCES = (
    FieldDifference(kind="account", name="coast", field="Fairshare", found="2", wanted="1"),
    FieldDifference(kind="account", name="coast", field="Parent", found="", wanted="root"),
    FieldDifference(kind="user", name="ada", field="DefaultAccount", found=None, wanted="coast"),
)
USAGE = UsageReport(
    facility="rack",
    exit_code=1,
    begin="2026-01-01T00:00:00Z",
    end="2026-11-24T12:00:00Z",
    accounts=(),
    access=(),
    union=(),
    reference_unit="",
    not_added="",
    unknown=(),
)
OPEN = """\
not declared, stays as it is: account tide
still open, and no longer in the facility: account tide (playground, 1000 hours, charged by ada, bea)
    closed by name: millwright accounts apply rack --delete account=tide
rack: slurmdbd holds what is declared, grants still open that the facility no longer has: 1.
"""


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def pretend(**changes):
        kinds = {"plan": AccountsPlan, "diff": AccountsDiff, "apply": AccountsChange}
        for verb, kind in kinds.items():
            outcome = kind(**VALUES | changes)

            def answer(_context, *arguments, outcome=outcome):
                calls.append(arguments)
                return outcome

            monkeypatch.setattr(accounts, f"{verb}_accounts", answer)
        return calls

    return pretend


@pytest.mark.parametrize("verb", ["plan", "diff", "apply"])
def test_a_grant_that_left_before_its_end_comes_with_the_command_that_closes_it(verb, asked, capsys):
    asked()
    assert run(["accounts", verb, "rack"]) == 0
    assert capsys.readouterr().out == OPEN


@pytest.mark.parametrize(
    ("verb", "ending"), [("plan", "would change"), ("diff", "differ"), ("apply", "were changed")]
)
def test_each_record_is_printed_with_its_fields(verb, ending, asked, capsys):
    undeclared = tuple(("user", f"u{number}") for number in range(22))
    asked(
        exit_code=1,
        is_as_declared=False,
        differences=DIFFERENCES,
        undeclared=undeclared,
        open_grants=(),
        losses=("account tide",),
        not_there=("qos=x",),
    )
    assert run(["accounts", verb, "rack"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:7] == [
        "~ account coast",
        f"    {'Fairshare':24}2 → 1",
        f"    {'Parent':24}none → root",
        "+ user ada",
        f"    {'DefaultAccount':24}coast",
        "- account tide",
        "qos=x is not there: nothing to delete",
    ]
    assert lines[-2] == "not declared, stay as they are: 2 more (--json lists all)"
    assert lines[-1] == f"rack: records that {ending}: 2, deletions: 1."


def test_deletions_are_passed_on(asked):
    calls = asked()
    run(["accounts", "plan", "rack", "--delete", "account=a", "--delete", "user=b"])
    run(["accounts", "apply", "rack", "--delete", "qos=c"])
    run(["accounts", "diff", "rack"])
    assert calls == [("rack", ["account=a", "user=b"]), ("rack", ["qos=c"]), ("rack",)]


@pytest.mark.parametrize("verb", ["plan", "diff", "apply"])
def test_json_is_the_document(verb, asked, capsys):
    asked(differences=DIFFERENCES)
    assert run(["accounts", verb, "rack", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["format"] == f"millwright-accounts-{verb}/1"
    assert found["undeclared"] == [["account", "tide"]]
    assert found["differences"][2]["found"] is None


def test_usage_as_table_json_and_csv(monkeypatch, capsys):
    calls = []

    def accounts_usage(_context, *arguments):
        calls.append(arguments)
        return USAGE, "begin,end\n"

    monkeypatch.setattr(accounts, "accounts_usage", accounts_usage)
    assert run(["accounts", "usage", "rack", "--csv"]) == 1
    assert capsys.readouterr().out == "begin,end\n"
    assert run(["accounts", "usage", "rack", "--json"]) == 1
    assert UsageReport(**json.loads(capsys.readouterr().out)) == USAGE
    assert run(["accounts", "usage", "rack", "--from", "2026-11-01", "--to", "2026-11-02"]) == 1
    assert "2026-01-01T00:00:00Z to" in capsys.readouterr().out
    assert calls[-1] == ("rack", datetime.datetime(2026, 11, 1), datetime.datetime(2026, 11, 2))
    assert run(["accounts", "usage", "rack", "--from", "yesterday"]) == 2
