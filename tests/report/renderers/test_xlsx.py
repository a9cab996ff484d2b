"""The workbook: numbers that one can compute with, and nothing that computes by itself."""

import dataclasses
import io

import openpyxl
import pytest

from millwright.report.registry import BLOCK_SECTIONS, build_sections
from millwright.report.renderers.xlsx import render_xlsx


@pytest.fixture(scope="module")
def book(small_content, built, words):
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(small_content, built, words)))


def column(sheet, head):
    heads = [cell.value for cell in sheet[1]]
    at = heads.index(head) + 1
    return [sheet.cell(row, at) for row in range(2, sheet.max_row + 1)]


def scorecard(book):
    return book[next(name for name in book.sheetnames if name.startswith("scorecard 1"))]


def test_numbers_are_those_of_the_report_unrounded(small_content, book):
    rows = small_content.groups[0].rows
    medians = [cell.value for cell in column(scorecard(book), "Median")]
    expected = [row.estimate.median if row.estimate else "\N{EN DASH}" for row in rows]
    assert [text for text in medians if isinstance(text, str)] == ["\N{EN DASH}"]
    numbers = [(a, b) for a, b in zip(medians, expected, strict=True) if isinstance(b, float)]
    assert all(a == pytest.approx(b, rel=1e-15) for a, b in numbers), "a workbook holds 16 digits"
    lows = [cell.value for cell in column(scorecard(book), "95 % interval, low")]
    assert lows == [row.estimate.low if row.estimate else None for row in rows]
    committed = [cell.value for cell in column(scorecard(book), "Committed value")]
    assert committed == [row.reference.value if row.reference else None for row in rows]


def test_shares_are_numbers_shown_in_percent(book):
    (cell,) = column(book["decision margins"], "To the commitment")
    assert (cell.value, cell.number_format) == (0.031, "0.0##%")


def test_money_is_a_number_beside_its_currency(book):
    sheet = book["decision identity"]
    fields = [cell.value for cell in column(sheet, "Field")]
    values = dict(zip(fields, (cell.value for cell in column(sheet, "Value")), strict=True))
    assert values["Money at stake"] == 1250000.5


def test_what_is_missing_reads_not_stated(book):
    fields = [cell.value for cell in column(book["decision identity"], "Field")]
    values = [cell.value for cell in column(book["decision identity"], "Value")]
    assert values[fields.index("Measured by")] == "not stated"


def test_every_sheet_has_a_frozen_head_and_a_filter_over_all_its_rows(book):
    for sheet in book:
        assert sheet.freeze_panes == "A2", sheet.title
        assert sheet.auto_filter.ref == sheet.dimensions, sheet.title


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "a\x00b\x1b\ud800", "x" * 40_000]
)
def test_no_text_becomes_a_formula_or_breaks_the_file(small_content, words, text):
    front = dataclasses.replace(small_content.front, object=text, buyer=text)
    group = dataclasses.replace(small_content.groups[0], name=text, title=text)
    content = dataclasses.replace(small_content, front=front, title=text, groups=(group,))
    built = tuple(build_sections(content, words, BLOCK_SECTIONS))
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(content, built, words)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert sum(text[:3].replace("\x00", "\ufffd") in str(cell.value) for cell in cells) > 2


def test_equal_reports_make_equal_bytes(small_content, built, words):
    assert render_xlsx(small_content, built, words) == render_xlsx(small_content, built, words)


def test_names_of_sheets_are_unique_and_short_whatever_the_groups_are_called(small_content, words):
    group = small_content.groups[0]
    groups = tuple(dataclasses.replace(group, name="[a/b]:*?" + "x" * 60 + str(n)) for n in range(3))
    content = dataclasses.replace(small_content, groups=groups)
    built = tuple(build_sections(content, words, BLOCK_SECTIONS))
    names = openpyxl.load_workbook(io.BytesIO(render_xlsx(content, built, words))).sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert max(map(len, names)) <= 31
