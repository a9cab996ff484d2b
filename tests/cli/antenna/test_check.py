"""``millwright antenna check``: each proof is one line as soon as it is made, or all are JSON."""

import json

import pytest

from millwright.app.antenna import check as application
from millwright.app.antenna.check import AntennaCheck, ProofRow
from millwright.cli.main import run
from millwright.core.verdict import Verdict

PASSED = ProofRow(antenna="coast", user="ada", name="proof 0", outcome=Verdict.PASS, detail="[red]why[/]")
FAILED = ProofRow(antenna="coast", user=None, name="proof 1", outcome=Verdict.FAIL, detail="a\x1b[2Jb\nc")


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """The arguments of the check, which makes two proofs."""
    given = []

    def check(_context, facility, antenna, access_mode, *, on_proof=lambda _: None):
        given.append((facility, antenna, access_mode))
        for proof in (PASSED, FAILED):
            on_proof(proof)
        return AntennaCheck(facility=facility, exit_code=1, proofs=(PASSED, FAILED))

    monkeypatch.setattr(application, "check", check)
    return given


def test_each_proof_is_one_line_and_hostile_text_in_it_is_harmless(asked, capsys):
    assert run(["antenna", "check", "rack", "-a", "coast", "--access-mode", "batch"]) == 1
    assert asked == [("rack", "coast", "batch")]
    assert capsys.readouterr().out.splitlines() == [
        "PASS         coast/ada        proof 0: [red]why[/]",
        "FAIL         coast            proof 1: a?[2Jb?c",
    ]


def test_json_is_one_document_with_the_words_as_they_came(capsys):
    assert run(["antenna", "check", "rack", "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == "millwright-antenna-check/1"
    assert printed["proofs"][0] == {
        "antenna": "coast",
        "user": "ada",
        "name": "proof 0",
        "outcome": "PASS",
        "detail": "[red]why[/]",
    }
    assert printed["proofs"][1]["detail"] == "a\x1b[2Jb\nc"
