"""What one bidder may see of a comparison."""

import pytest

import worked_tender as worked
from millwright.app.context import Context
from millwright.app.document import to_json
from millwright.app.tender.compare import compare_offers
from millwright.core.errors import BadInputError


def seen_by(bidder, folder=worked.WORKED):
    return compare_offers(Context(), str(folder), bidder=bidder)


def test_a_rejected_bidder_sees_its_reasons_and_the_first_offer_only():
    found = seen_by("cedar")
    text = to_json(found)
    assert "misses-limit" in text
    assert "6500000" in text
    assert "alder" not in text.lower()
    assert "7400000" not in text
    assert (found.redacted_for, found.withheld) == ("cedar", 1)


def test_another_bidder_does_not_see_why_somebody_was_rejected(tmp_path):
    found = seen_by("alder")
    assert {each.bidder for each in found.offers} == {"alder", "birch"}
    assert "cedar" not in to_json(found).lower()
    assert found.crossings != ()
    assert seen_by("birch").crossings == ()


def test_an_unknown_bidder_is_refused():
    with pytest.raises(BadInputError, match="did you mean alder"):
        seen_by("aldr")
