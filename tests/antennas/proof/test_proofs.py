"""Judging answers: a proof passes only if the question was asked and the answer is the right one."""

import itertools

import pytest

from millwright.antennas.proof.proofs import (
    Answer,
    Attempt,
    Proof,
    exit_code_of,
    join_judgements,
    judge_entry,
    judge_expiry,
    judge_handshake,
    judge_refusal,
)
from millwright.core.verdict import Verdict

PASS, FAIL, NOT_MEASURED = Verdict.PASS, Verdict.FAIL, Verdict.NOT_MEASURED
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def said(answer):
    return Attempt(Answer(answer), "words", 0.1)


@pytest.mark.parametrize(
    ("answer", "entry", "refusal"),
    [
        (Answer.ENTERED, PASS, FAIL),
        (Answer.REFUSED, FAIL, PASS),
        (Answer.UNREACHABLE, NOT_MEASURED, NOT_MEASURED),
        (Answer.PROHIBITED, FAIL, NOT_MEASURED),
        (Answer.WRONG_HOST, FAIL, FAIL),
    ],
)
def test_silence_is_neither_entry_nor_refusal(answer, entry, refusal):
    assert judge_entry(said(answer), "x")[0] is entry
    assert judge_refusal(said(answer), "x", "y")[0] is refusal


def test_expiry_is_proved_only_between_two_entries():
    outcomes = {
        answers: judge_expiry(*(said(answer) for answer in answers), "x")[0]
        for answers in itertools.product(Answer, repeat=3)
    }
    passed = [answers for answers, outcome in outcomes.items() if outcome is PASS]
    assert passed == [(Answer.ENTERED, Answer.REFUSED, Answer.ENTERED)]
    for (_, expired, _), outcome in outcomes.items():
        if expired is Answer.ENTERED:
            assert outcome is FAIL, (
                "whoever gets in with an expired certificate is a FAIL, whatever else happens"
            )
        if expired is Answer.UNREACHABLE:
            assert outcome is NOT_MEASURED


def test_a_refusal_of_everything_does_not_prove_expiry():
    outcome, detail = judge_expiry(said("refused"), said("refused"), said("refused"), "the gateway")
    assert outcome is NOT_MEASURED
    assert "just before" in detail


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        (f"now 1000\n{KEY}\t990\n", PASS, "10 s ago"),
        (f"now 1000\n{KEY}\t820\n", PASS, "180 s ago"),
        (f"now 1000\n{KEY}\t819\n", FAIL, "181 s ago"),
        (f"now 1000\n{KEY}\t0\n", FAIL, "never"),
        ("now 1000\n", FAIL, "no tunnel"),
        (f"now 1000\n{KEY.replace('A', 'B')}\t990\n", FAIL, "no tunnel"),
        (f"{KEY}\t990\n", NOT_MEASURED, "time"),
        ("", NOT_MEASURED, "time"),
    ],
)
def test_the_handshake_is_recent_with_this_factory_or_it_is_no_proof(text, outcome, words):
    found, detail = judge_handshake(text, KEY)
    assert found is outcome
    assert words in detail


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([PASS, PASS], PASS),
        ([PASS, NOT_MEASURED], NOT_MEASURED),
        ([NOT_MEASURED, FAIL, PASS], FAIL),
        ([], NOT_MEASURED),
    ],
)
def test_the_worst_judgement_counts(outcomes, expected):
    assert join_judgements((outcome, str(outcome)) for outcome in outcomes)[0] is expected


@pytest.mark.parametrize(
    ("outcomes", "code"), [([PASS], 0), ([PASS, FAIL, NOT_MEASURED], 1), ([PASS, NOT_MEASURED], 3), ([], 3)]
)
def test_exit_codes_follow_the_outcomes_and_no_proof_is_no_success(outcomes, code):
    assert exit_code_of(Proof("coast", "ada", "x", outcome, "") for outcome in outcomes) == code


def test_a_proof_is_one_line():
    proof = Proof("coast", "ada", "job runs", PASS, "job 7 ran")
    assert str(proof) == "PASS         coast/ada        job runs: job 7 ran"
