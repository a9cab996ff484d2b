"""A site's own section: in every form, at its place, with its labels, or refused with every reason."""

import dataclasses

import pytest

from millwright.core.errors import BadInputError
from millwright.report.html import render_html
from millwright.report.registry import BLOCK_SECTIONS, ORDER, build_sections, order_sections
from millwright.report.renderers.csv_files import render_csv
from millwright.report.section import load_site_sections

CODE = """
from millwright.report.blocks import Cell, Column, Number, Row, Text, table
from millwright.report.section import Section

def build(page):
    rows = (Row((Cell(Text(group.name)), Cell(Number(len(group.rows))))) for group in page.content.groups)
    columns = (Column(page.word("ours.group")), Column(page.word("ours.values"), "number"))
    yield table("values", page.word("ours.title"), columns, rows)

SECTION = Section("ours", build, after="capacity")
"""
LABELS = "{title: Values of each group, group: Our group, values: Our values}"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ours.py").write_text(CODE)
    (tmp_path / "ours.en.yaml").write_text(LABELS)
    return tmp_path


def test_it_stands_in_the_page_and_in_the_tables(folder, small_content, reports_folder, words):
    ((section, labels),) = load_site_sections(folder, "nl", ORDER)
    sections, all_words = (*BLOCK_SECTIONS, section), words | labels
    names = order_sections(small_content, sections)
    assert names[names.index("capacity") + 1] == "ours"
    page = render_html(small_content, reports_folder, sections=sections, words=all_words)
    assert '<section id="ours"' in page
    assert "Our values" in page
    built = tuple(build_sections(small_content, all_words, sections))
    (text,) = [text for name, text in render_csv(built, all_words) if "ours" in name]
    assert text.splitlines()[0] == 'Our group,"Our group, Detail",Our values'


@pytest.mark.parametrize(
    ("code", "labels", "problem"),
    [
        ("x = 1", LABELS, "defines no SECTION"),
        ("raise ValueError('no')", LABELS, "can't be loaded: ValueError: no"),
        (CODE.replace('"ours", build', '"capacity", build'), LABELS, "the name 'capacity' is taken"),
        (CODE, None, "no labels"),
        (CODE, "[1, 2]", "not a mapping of labels"),
    ],
)
def test_a_faulty_one_is_refused(folder, code, labels, problem):
    (folder / "ours.py").write_text(code)
    (folder / "ours.en.yaml").unlink() if labels is None else (folder / "ours.en.yaml").write_text(labels)
    with pytest.raises(BadInputError, match=problem):
        load_site_sections(folder, "en", ORDER)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no such folder"):
        load_site_sections(tmp_path / "none", "en", ORDER)


def test_a_section_without_content_is_left_out(small_content):
    assert "machine" in order_sections(small_content, BLOCK_SECTIONS)
    assert "machine" not in order_sections(dataclasses.replace(small_content, machines=()), BLOCK_SECTIONS)
