"""Page one: what is stated is printed, what is not says so, and no state of evidence is passed over."""

import dataclasses

import pytest

from millwright.core.verdict import Verdict
from millwright.report.front import judge_lot
from millwright.report.html import render_html


def first_page(page):
    return page.partition('<section id="decision"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ([], "unscored"),
        ([Verdict.PASS, Verdict.PASS], "accepted"),
        ([Verdict.PASS, Verdict.FAIL], "refused"),
        ([Verdict.FAIL, Verdict.NOT_MEASURED], "refused"),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], "undecided"),
        ([Verdict.PASS, Verdict.NOT_MEASURED], "undecided"),
    ],
)
def test_a_lot_is_accepted_only_if_every_scored_value_passes(verdicts, outcome):
    assert judge_lot(verdicts) == outcome


def test_what_is_stated_stands_on_page_one(small_content, reports_folder):
    text = first_page(render_html(small_content, reports_folder))
    for stated in (
        "TENDER-2026-014",
        "Example Systems",
        "Annex 2, 4.1",
        "superseded by version 3",
        "Copy bandwidth",
    ):
        assert stated in text
    assert "250\u202f000\u00a0EUR" in text


def test_what_is_not_stated_says_so_and_is_not_invented(small_content, reports_folder):
    empty = {
        field.name: ""
        for field in dataclasses.fields(small_content.front)
        if isinstance(getattr(small_content.front, field.name), str) and field.name != "state"
    }
    front = dataclasses.replace(small_content.front, **empty, at_stake=None, concessions=(), lots=())
    text = first_page(render_html(dataclasses.replace(small_content, front=front), reports_folder))
    # object, reference, buyer, supplier, two people, money, contract file
    assert text.count("not stated") == 8
    assert "None is stated." in text


@pytest.mark.parametrize("signature", ["unsigned", "unknown signer", "bad", "not checked"])
def test_only_a_good_signature_reads_as_ready_to_sign(small_content, reports_folder, signature):
    from millwright.report.decision import decide

    row = next(r for g in small_content.groups for r in g.rows if r.verdict == "PASS" and r.scored)
    groups = (dataclasses.replace(small_content.groups[0], rows=(row,)),)
    passed = dataclasses.replace(
        small_content, kind="physical", groups=groups, decision=decide(groups), missing=()
    )

    def page(state):
        origin = dataclasses.replace(passed.provenance, signature=state)
        return first_page(render_html(dataclasses.replace(passed, provenance=origin), reports_folder))

    assert "can be signed" in page("good")
    assert "can be signed" not in page(signature)


def test_a_virtual_facility_is_never_accepted_in_words(small_content, reports_folder):
    lot = dataclasses.replace(
        small_content.front.lots[0], outcome="accepted", wording="The delivery is accepted"
    )
    front = dataclasses.replace(small_content.front, lots=(lot,))
    text = first_page(render_html(dataclasses.replace(small_content, front=front), reports_folder))
    assert "The delivery is accepted" not in text
    assert "a virtual facility can&#39;t be accepted" in text
