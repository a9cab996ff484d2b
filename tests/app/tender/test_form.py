"""Forms out and offers back: what is written, and what is never replaced."""

import datetime

import pytest

import bid_forms
import worked_tender as worked
from millwright.app.context import Context
from millwright.app.tender.check import check_tender
from millwright.app.tender.form import make_form, take_form
from millwright.core.errors import BadInputError
from millwright.tenders.form.layout import BID

RECEIVED = datetime.datetime(2026, 8, 31, 16, 20, tzinfo=datetime.UTC)


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def take(folder, path, **more):
    return take_form(Context(), str(folder), path, received=RECEIVED, **more)


def test_a_form_becomes_an_offer_that_may_be_scored(folder, tmp_path):
    (folder / "offers/alder.yaml").unlink()
    path = bid_forms.saved(bid_forms.filled(), tmp_path)
    found = take(folder, path)
    assert found.changed
    assert not take(folder, path).changed
    assert f"SHA-256 {found.form_file_sha256}" in (folder / "offers/alder.yaml").read_text().splitlines()[0]
    assert check_tender(Context(), str(folder)).offers[0].admissible


def test_an_offer_that_is_there_is_not_replaced(folder, tmp_path):
    before = (folder / "offers/alder.yaml").read_bytes()
    with pytest.raises(BadInputError, match="MW7658"):
        take(folder, bid_forms.saved(bid_forms.filled(), tmp_path))
    assert (folder / "offers/alder.yaml").read_bytes() == before


def test_a_form_without_a_price_is_rejected_by_check(folder, tmp_path):
    (folder / "offers/alder.yaml").unlink()
    book = bid_forms.filled()
    for head in ("value", "source", "date"):
        book[BID][bid_forms.cell_of("price", head)].value = None
    found = take(folder, bid_forms.saved(book, tmp_path), allow_missing=True)
    assert found.missing == (bid_forms.cell_of("price"),)
    (offer, *_) = check_tender(Context(), str(folder)).offers
    assert [each.reason for each in offer.rejections] == ["no-price"]


def test_a_time_of_receipt_needs_a_zone(folder, tmp_path):
    with pytest.raises(BadInputError, match="MW7657"):
        take_form(Context(), str(folder), tmp_path / "bid.xlsx", received=datetime.datetime(2026, 9, 1))


def test_a_form_is_written_once_and_another_file_is_kept(folder, tmp_path):
    target = tmp_path / "bid.xlsx"
    assert make_form(Context(), str(folder), target).changed
    assert not make_form(Context(), str(folder), target).changed
    target.write_text("filled in meanwhile")
    with pytest.raises(BadInputError, match="MW7658"):
        make_form(Context(), str(folder), target)
    assert target.read_text() == "filled in meanwhile"


def test_the_folder_of_a_form_is_made(folder):
    output = folder / "forms/outgoing/bid.xlsx"
    assert make_form(Context(), str(folder), output).changed
    assert output.stat().st_size > 0
