"""What ``millwright accounts`` prints of what slurmdbd holds and the facility does not."""

import json

import pytest

from millwright.adapters.ansible.accounts import AccountingReport, OpenGrant
from millwright.cli.change import accounts as command
from millwright.cli.main import run
from millwright.core.errors import NotTestableError

TIDE = OpenGrant("tide", "playground", "billing=60000000000", ("ada", "bea"), ("account=tide", "user=bea"))
TOLD = """\
not declared, stays as it is: account tide
still open, and no longer in the facility: account tide (playground, 1000 hours, charged by ada, bea)
    closed by name: millwright accounts apply rack --delete account=tide --delete user=bea
rack: slurmdbd holds what is declared, grants still open that the facility no longer has: 1.
"""


@pytest.fixture(autouse=True)
def slurmdbd(monkeypatch, tmp_path):
    """A database that holds what is declared, and a grant that left the facility before its end."""
    monkeypatch.setenv("HOME", str(tmp_path))
    report = AccountingReport((), (("account", "tide"),), (TIDE,), (), (), ())
    monkeypatch.setattr(command, "compare_accounting", lambda *_, **__: report)


@pytest.mark.parametrize("verb", ["plan", "diff", "apply"])
def test_a_grant_that_left_before_its_end_is_told_with_the_command_that_closes_it(verb, capsys):
    assert run(["accounts", verb, "rack"]) == 0
    assert capsys.readouterr().out == TOLD


def test_as_json(capsys):
    assert run(["accounts", "plan", "rack", "--json"]) == 0
    (grant,) = json.loads(capsys.readouterr().out)["open_grants"]
    assert (grant["name"], grant["delete"]) == ("tide", ["account=tide", "user=bea"])


def test_after_an_apply_drift_compares_with_what_slurmdbd_holds_now(monkeypatch):
    told = []
    monkeypatch.setattr(command, "reseal", lambda host, role, *_: told.append((host, role)))
    for verb in ("plan", "diff", "apply"):
        assert run(["accounts", verb, "rack"]) == 0
    assert told == [("rack-ctl", "slurm_accounts")]


def test_drift_that_could_not_be_brought_up_to_date_is_reported(monkeypatch, capsys, tmp_path):
    def refuse(*_):
        raise NotTestableError("rack is being provisioned already: process 12")

    monkeypatch.setattr(command, "reseal", refuse)
    assert run(["accounts", "apply", "rack"]) == 0
    warning = capsys.readouterr().err
    assert "drift still compares with those before: rack is being provisioned already: process 12" in warning
    assert "millwright accounts apply rack" in warning
