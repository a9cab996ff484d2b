"""Checking antennas: each proof is passed on at once, and the worst one decides."""

import pytest

from millwright.antennas.proof.proofs import Proof
from millwright.app.antenna import check as module
from millwright.app.context import Context
from millwright.core.errors import BadInputError, NotTestableError
from millwright.core.verdict import Verdict


@pytest.fixture
def proofs(monkeypatch):
    """Let the check of an antenna come to these outcomes."""

    def give(*outcomes):
        made = [Proof("coast", "ada", f"proof {n}", outcome, "why") for n, outcome in enumerate(outcomes)]
        monkeypatch.setattr(module, "check_antennas", lambda *_: iter(made))

    return give


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([Verdict.PASS, Verdict.PASS], 0),
        ([Verdict.PASS, Verdict.FAIL, Verdict.NOT_MEASURED], 1),
        ([Verdict.PASS, Verdict.NOT_MEASURED], 3),
        ([], 3),
    ],
)
def test_the_exit_code_is_the_worst_outcome(proofs, outcomes, code):
    proofs(*outcomes)
    outcome = module.check(Context(), "rack", "coast", None)
    assert outcome.exit_code == code
    assert [proof.outcome for proof in outcome.proofs] == outcomes


def test_each_proof_is_passed_on_before_the_next_one_is_made(monkeypatch):
    seen = []

    def check_antenna(*_):
        yield Proof("coast", None, "first", Verdict.PASS, "")
        assert [(proof.subject, proof.name) for proof in seen] == [("coast", "first")]
        yield Proof("coast", "ada", "second", Verdict.PASS, "")

    monkeypatch.setattr(module, "check_antennas", check_antenna)
    outcome = module.check(Context(), "rack", "coast", None, on_proof=seen.append)
    assert tuple(seen) == outcome.proofs
    assert seen[1].subject == "coast/ada"


@pytest.mark.parametrize(
    ("facility", "antenna", "mode", "expected"),
    [
        ("nowhere", None, None, "expected one of"),
        ("rack", "hill", None, "expected one of"),
        ("rack", None, "vip", "expected one of"),
        ("workstation", None, None, "expected a facility with antennas"),
    ],
)
def test_unknown_names_are_bad_input(facility, antenna, mode, expected):
    with pytest.raises(BadInputError, match=expected):
        module.check(Context(), facility, antenna, mode)


def test_a_facility_that_was_never_up_can_not_be_tested(rack_reached_by):
    with pytest.raises(NotTestableError, match="ssh_config is missing"):
        module.check(Context(), rack_reached_by(None), None, None)


def test_a_facility_that_is_down_is_not_measured_and_nothing_failed(rack_down):
    outcome = module.check(Context(), rack_down, None, None)
    assert outcome.exit_code == 3
    assert [proof.outcome for proof in outcome.proofs] == ["NOT MEASURED"] * (9 + 18)
