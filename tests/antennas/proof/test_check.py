"""Which proofs are made, and that none is lost on the way."""

import datetime
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from millwright.antennas.proof import check as module
from millwright.antennas.proof import prove
from millwright.antennas.proof.check import check_antenna, check_antennas, choose_partition, plan_check
from millwright.antennas.proof.proofs import Answer, Attempt, Proof
from millwright.core.errors import BadInputError, FailedError, NotTestableError
from millwright.core.verdict import Verdict

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
PROOFS = [
    "tunnel is up",
    "gateway keeps to its rules",
    "clocks agree",
    "login with certificate",
    "job runs",
    "expired certificate refused",
    "another project's certificate refused",
    "key without certificate refused",
    "no shell on the gateway",
    "no other way through",
]


@pytest.fixture
def make_proofs(shipped_rack, monkeypatch, tmp_path):
    """Run the check with every question answered by the test."""

    def run(*, gateway=Answer.ENTERED, judge=lambda _: (Verdict.PASS, "good"), facility=shipped_rack):
        class Visitor:
            def __init__(self, access):
                pass

            @contextmanager
            def at_gateway(self, _):
                yield None, Attempt(gateway, "words", 0.1)

        monkeypatch.setattr(module, "Visitor", Visitor)
        access = type("Access", (), {"certificate": None})()
        monkeypatch.setattr(module, "ensure_user_access", lambda *_, **__: access)
        for name in [each for each in vars(module) if each.startswith("prove_")]:
            monkeypatch.setattr(module, name, lambda *_, name=name: judge(name))
        given = plan_check(facility, state=tmp_path, now=NOW)
        return list(check_antenna(facility, "coast", given))

    return run


def test_every_proof_is_made_for_every_user(make_proofs):
    proofs = make_proofs()
    assert [proof.name for proof in proofs] == PROOFS
    assert [proof.user for proof in proofs] == [None] * 3 + ["ada"] * 7


def test_a_gateway_that_takes_bundles_is_judged_from_the_factory_and_by_its_word(make_proofs, facility_with):
    facility = facility_with(lambda data: data["antennas"]["coast"].update(reached_by="bundle"))
    proofs = make_proofs(facility=facility)
    assert [proof.name for proof in proofs] == ["tunnel is up", "gateway's signed result", *PROOFS[3:]]


@pytest.mark.parametrize(
    ("answer", "login"),
    [
        (Answer.REFUSED, Verdict.FAIL),
        (Answer.UNREACHABLE, Verdict.NOT_MEASURED),
        (Answer.WRONG_HOST, Verdict.FAIL),
    ],
)
def test_where_the_gateway_lets_nobody_in_only_the_login_is_judged(make_proofs, answer, login):
    proofs = make_proofs(gateway=answer)
    assert [proof.name for proof in proofs] == PROOFS
    assert [proof.outcome for proof in proofs[3:]] == [login] + [Verdict.NOT_MEASURED] * 6


@pytest.mark.parametrize(
    "error", [NotTestableError("lost", code="MW9001"), FailedError("lost", code="MW9001")]
)
def test_a_proof_that_could_not_be_made_is_not_measured_and_the_others_go_on(make_proofs, error):
    def judge(name):
        if name == "prove_job":
            raise error
        return Verdict.PASS, "good"

    outcomes = {proof.name: proof.outcome for proof in make_proofs(judge=judge)}
    assert outcomes.pop("job runs") is Verdict.NOT_MEASURED
    assert set(outcomes.values()) == {Verdict.PASS}


def test_the_job_goes_to_the_default_partition(shipped_rack, tmp_path):
    given = plan_check(shipped_rack, state=tmp_path, now=NOW)
    assert given.partition == "cpu"
    assert given.nonce() != given.nonce()


@pytest.mark.parametrize(
    ("asked", "account", "expected"),
    [(None, "coast", "fast-lane"), (None, "unlisted", None), ("emergency", "coast", "emergency")],
)
def test_a_job_goes_under_the_accounts_own_access_mode(facility_with, monkeypatch, asked, account, expected):
    facility = facility_with(lambda data: data["accounts"]["coast"].update(access_mode="fast-lane"))
    seen = []

    class Visitor:
        access = type("Access", (), {"user": "ada", "certificate": None})

        @contextmanager
        def at_factory(self, _):
            yield None, Attempt(Answer.ENTERED, "", 0.1)

    monkeypatch.setattr(prove, "run_on", lambda _: None)
    monkeypatch.setattr(prove, "run_job", lambda request, *_, **__: seen.append(request.access_mode))
    given = plan_check(facility, state=Path(), now=NOW, access_mode=asked)
    prove.prove_job(facility, Visitor(), given, account)
    assert seen == [expected]


def test_without_a_default_the_first_scheduled_partition_is_taken(facility_with):
    assert choose_partition(facility_with(lambda data: data["partitions"]["cpu"].pop("default"))) == "cpu"


def test_an_unknown_access_mode_is_refused(shipped_rack, tmp_path):
    with pytest.raises(BadInputError, match="unknown access mode 'vip', expected one of playground"):
        plan_check(shipped_rack, state=tmp_path, now=NOW, access_mode="vip")


def test_antennas_are_proved_at_the_same_time(shipped_rack, monkeypatch):
    """Each waits for the other one: a check of one after the other would never end."""
    both = threading.Barrier(2, timeout=10)

    def check_one(facility, antenna, given, say):
        both.wait()
        yield Proof(antenna, None, "tunnel is up", Verdict.PASS, "good")

    monkeypatch.setattr(module, "check_antenna", check_one)
    proofs = list(check_antennas(shipped_rack, ("coast", "hills"), None, print))
    assert sorted(proof.antenna for proof in proofs) == ["coast", "hills"]


def test_an_antenna_that_cannot_be_asked_costs_no_proof_of_the_others(shipped_rack, monkeypatch):
    def check_one(facility, antenna, given, say):
        if antenna == "coast":
            raise NotTestableError("no pinned host key", code="MW9001")
        yield Proof(antenna, None, "tunnel is up", Verdict.PASS, "good")

    monkeypatch.setattr(module, "check_antenna", check_one)
    found = check_antennas(shipped_rack, ("coast", "hills"), None, print)
    assert next(found).antenna == "hills"
    with pytest.raises(NotTestableError, match="no pinned host key"):
        next(found)
