"""``millwright accounts plan, diff, apply``: documents and exit codes; slurmdbd is a stand-in."""

import pytest

from millwright.adapters.ansible.accounts import AccountingReport, Difference, OpenGrant
from millwright.app.change import accounts
from millwright.app.context import Context
from millwright.core.errors import NotTestableError

TIDE = OpenGrant("tide", "playground", "billing=60000000000", ("ada", "bea"), ("account=tide", "user=bea"))
AS_DECLARED = AccountingReport((), (("account", "tide"),), (TIDE,), (), (), ())
DIFFERS = AccountingReport(
    (
        Difference("account", "coast", "GrpTRESMins", "billing=60000000000", ""),
        Difference("user", "ada", "DefaultAccount", None, "coast"),
    ),
    (),
    (),
    ("account tide",),
    ("qos=x",),
    (("modify", "user", "ada"),),
)


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """A database that holds a report's state; the last arguments that it was compared with."""
    monkeypatch.setenv("HOME", str(tmp_path))
    calls = []

    def pretend(report):
        def compare(*_, **options):
            options["on_event"]({"event": "task", "name": "Ensure accounts"})
            calls.append((list(options["delete"]), options["check"]))
            return report

        monkeypatch.setattr(accounts, "compare_accounting", compare)
        return calls

    return pretend


def test_a_grant_that_left_before_its_end_comes_with_the_command_that_closes_it(asked):
    asked(AS_DECLARED)
    (grant,) = accounts.plan_accounts(Context(), "rack").open_grants
    assert grant.text == "playground, 1000 hours, charged by ada, bea"
    assert grant.close == "millwright accounts apply rack --delete account=tide --delete user=bea"


def test_only_a_diff_fails_for_a_difference(asked):
    calls = asked(DIFFERS)
    plan = accounts.plan_accounts(Context(), "rack", ["account=tide"])
    diff = accounts.diff_accounts(Context(), "rack")
    change = accounts.apply_accounts(Context(), "rack", ["user=bea"])
    assert [each.exit_code for each in (plan, diff, change)] == [0, 1, 0]
    assert calls == [(["account=tide"], True), ([], True), (["user=bea"], False)]
    assert not plan.is_as_declared
    assert plan.model_dump(exclude={"format"}) == change.model_dump(exclude={"format"})
    asked(AS_DECLARED)
    found = accounts.diff_accounts(Context(), "rack")
    assert (found.exit_code, found.is_as_declared) == (0, True)


def test_values_are_shown_as_people_read_them(asked):
    asked(DIFFERS)
    first, second = accounts.plan_accounts(Context(), "rack").differences
    assert (first.is_new, first.transition) == (False, "1000 hours → none")
    assert (second.is_new, second.transition) == (True, "coast")


def test_after_an_apply_drift_compares_with_what_slurmdbd_holds_now(asked, monkeypatch):
    sealed = []
    asked(AS_DECLARED)
    monkeypatch.setattr(accounts, "reseal", lambda host, role, *_: sealed.append((host, role)))
    accounts.plan_accounts(Context(), "rack")
    accounts.diff_accounts(Context(), "rack")
    assert sealed == []
    accounts.apply_accounts(Context(), "rack")
    assert sealed == [("rack-ctl", "slurm_accounts")]


def test_an_apply_beside_another_command_warns_that_drift_is_behind(asked, monkeypatch):
    warnings = []
    asked(AS_DECLARED)

    def busy(*_):
        raise NotTestableError("rack is being provisioned already", code="MW9001")

    monkeypatch.setattr(accounts, "only_one", busy)
    assert accounts.apply_accounts(Context(warn=warnings.append), "rack").exit_code == 0
    reason = "rack is being provisioned already"
    assert f"drift still compares with those before: {reason}" in warnings[0]
    assert "millwright accounts apply rack" in warnings[0]
