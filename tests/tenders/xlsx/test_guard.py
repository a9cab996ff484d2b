"""Workbooks that are made to harm: each is refused at once, with what is wrong."""

import io
import time
import zipfile

import openpyxl
import pytest

import bid_forms
from millwright.core.errors import BadInputError
from millwright.tenders.xlsx.guard import open_workbook

LIMIT_S = 5
RELS = (
    b'<Relationships><Relationship Id="r" Type="t" Target="http://x.example/" TargetMode="External"/>'
    b"</Relationships>"
)


@pytest.fixture(scope="module")
def form():
    stream = io.BytesIO()
    bid_forms.filled().save(stream)
    return stream.getvalue()


@pytest.fixture
def path(form, tmp_path):
    file = tmp_path / "bid.xlsx"
    file.write_bytes(form)
    return file


def refuse(path):
    begun = time.process_time()
    with pytest.raises(BadInputError) as caught:
        open_workbook(path)
    assert time.process_time() - begun < LIMIT_S
    return [problem.code for problem in caught.value.problems]


def rows(count):
    return b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + (
        b"<row/>" * count + b"</sheetData></worksheet>"
    )


def test_a_form_is_opened(path):
    book, raw = open_workbook(path)
    assert book.sheetnames == ["Bid", "Instructions"]
    assert raw == path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl__vbaProject.bin", b"x"),
        ("xl__externalLinks__externalLink1.xml", b"<externalLink/>"),
        ("xl__worksheets___rels__sheet1.xml.rels", RELS),
        ("xl__embeddings__oleObject1.bin", b"x"),
        ("xl__connections.xml", b"<connections/>"),
        ("xl__activeX__activeX1.xml", b"<a/>"),
        ("xl__sharedStrings.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><sst>&b;</sst>'),
        ("xl__sharedStrings.xml", '<!DOCTYPE a [<!ENTITY b "c">]><sst/>'.encode("utf-16")),
    ],
)
def test_what_is_more_than_values_is_refused(name, content, path):
    assert refuse(bid_forms.rebuilt(path, **{name: content})) == ["MW7645"]


def test_a_type_with_macros_is_refused(path):
    def change(name, content):
        return (
            content.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml") if "Types" in name else content
        )

    assert refuse(bid_forms.rebuilt(path, change)) == ["MW7645"]


def test_a_zip_bomb_is_refused_without_unpacking_it(path):
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/a.xml", "w") as part,
    ):
        for _ in range(64):
            part.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    assert refuse(path) == ["MW7643"]


def test_a_million_rows_are_refused(path):
    assert refuse(bid_forms.rebuilt(path, **{"xl__worksheets__sheet1.xml": rows(1_000_000)})) == ["MW7644"]


def test_a_cell_at_the_end_of_the_largest_sheet_takes_no_time(path):
    book = openpyxl.load_workbook(path)
    book["Bid"]["XFD1048576"].value = 1
    begun = time.process_time()
    found, _ = open_workbook(bid_forms.saved(book, path.parent, "far.xlsx"))
    assert found.sheetnames == ["Bid", "Instructions"]
    assert time.process_time() - begun < LIMIT_S


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"not a workbook", b"\xd0\xcf\x11\xe0" + bytes(600), b"<html></html>"],
)
def test_what_is_no_workbook_is_refused(content, tmp_path):
    file = tmp_path / "bid.xlsx"
    file.write_bytes(content)
    assert refuse(file) == ["MW7641"]


def test_a_file_that_was_cut_off_or_changed_is_refused(form, tmp_path):
    file = tmp_path / "bid.xlsx"
    for cut in range(100, len(form), len(form) // 9):
        file.write_bytes(form[:cut])
        assert refuse(file) == ["MW7641"]
    file.write_bytes(form.replace(b"PK\x03\x04", b"PK\x03\x05"))
    assert refuse(file) == ["MW7641"]


def test_a_part_that_stands_twice_is_refused(path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert refuse(path) == ["MW7642"]


def test_markup_that_is_broken_is_refused(path):
    def change(name, content):
        return b"<workbook" if name == "xl/workbook.xml" else content

    assert refuse(bid_forms.rebuilt(path, change)) == ["MW7641"]
