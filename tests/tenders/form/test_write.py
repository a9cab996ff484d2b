"""The bid form: typed cells to fill in, everything else protected, no formula from any text."""

import io

import openpyxl
import pytest

import bid_forms
import worked_tender as worked
from millwright.tenders.form.layout import BID, FIRST_ROW, form_sha256, rows_of
from millwright.tenders.form.write import write_form


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(write_form(bid_forms.tender_of())))


def test_the_same_tender_gives_the_same_bytes(monkeypatch):
    tender = bid_forms.tender_of()
    assert write_form(tender) == write_form(tender)


def test_only_the_cells_to_fill_in_are_open(book):
    sheet = book[BID]
    assert sheet.protection.sheet
    assert book["Instructions"].protection.sheet
    rows = rows_of(bid_forms.tender_of())
    free = {row.cell(head) for row in rows for head in ("value", *row.beside)}
    open_cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert open_cells == free


def test_each_value_has_unit_note_and_validation(book):
    sheet = book[BID]
    place = bid_forms.cell_of("committed.rdma_bandwidth")
    assert sheet[bid_forms.cell_of("committed.rdma_bandwidth", "unit")].value == "GB/s"
    assert "at least 45" in sheet[place].comment.text
    ranges = {rule.type: str(rule.sqref) for rule in sheet.data_validations.dataValidation}
    assert {"decimal", "whole", "date", "list", "textLength"} <= set(ranges)
    by_type = [rule for rule in sheet.data_validations.dataValidation if place in rule.sqref]
    assert [rule.type for rule in by_type] == ["decimal"]
    assert sheet.freeze_panes == f"C{FIRST_ROW}"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "=cmd|'/C calc'!A1", "<b>&amp;", "🌲"]
)
def test_text_of_a_tender_is_never_a_formula(text, tmp_path):
    folder = worked.copy(tmp_path)
    for key in ("title", "benchmarks.fp64_gemm.title", "mandatory.pue.source", "workloads.climate.title"):
        worked.change(folder / "tender.yaml", key, text)
    worked.change(folder / "tender.yaml", "amendments", [{"number": 1, "date": "2026-06-22", "text": text}])
    book = openpyxl.load_workbook(io.BytesIO(write_form(bid_forms.tender_of(folder))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type in {"f", "e"}]
    assert any(text in str(cell.value) for cell in cells)


def test_questions_change_the_hash_and_answers_do_not(tmp_path):
    folder = worked.copy(tmp_path)
    before = form_sha256(bid_forms.tender_of(folder))
    worked.change(folder / "tender.yaml", "answers", [])
    assert form_sha256(bid_forms.tender_of(folder)) == before
    worked.change(folder / "tender.yaml", "mandatory.pue.limit", 1.19)
    assert form_sha256(bid_forms.tender_of(folder)) != before
