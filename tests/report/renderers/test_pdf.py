"""The PDF: tagged, with the report's JSON within, equal for equal reports, and never fed with source."""

import dataclasses
import re

import pytest

from millwright.report.registry import BLOCK_SECTIONS, build_sections
from millwright.report.renderers.pdf import render_pdf, settable

HOSTILE = (
    '#panic("x") #read("/etc/passwd") $ \\u{0} `code` *bold* <label> @ref [#sys.inputs]'
    "\u202e\u05d0\u4e2d\U0001f600\x00"
)


@pytest.fixture(scope="module")
def pdf(small_content, built, reports_folder, words):
    return render_pdf(small_content, built, reports_folder, words)


def test_it_declares_both_standards_and_its_language(pdf):
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert re.search(rb"<pdfaid:part>3</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", pdf)


def test_it_carries_the_report_as_a_file(pdf):
    assert b"report.json" in pdf
    assert b"/AFRelationship" in pdf


def test_equal_reports_make_equal_bytes(small_content, built, reports_folder, words, pdf):
    assert render_pdf(small_content, built, reports_folder, words) == pdf


def test_hostile_text_is_data(small_content, reports_folder, words):
    front = dataclasses.replace(small_content.front, object=HOSTILE, buyer=HOSTILE)
    group = dataclasses.replace(small_content.groups[0], name=HOSTILE, title=HOSTILE)
    content = dataclasses.replace(small_content, front=front, title=HOSTILE, groups=(group,))
    built = tuple(build_sections(content, words, BLOCK_SECTIONS))
    assert render_pdf(content, built, reports_folder, words).startswith(b"%PDF")


def test_what_the_fonts_lack_is_written_as_its_code_point():
    assert settable("n\u00e9\u20ac \u05d0\U0001f600") == "n\u00e9\u20ac [U+05D0][U+1F600]"


def test_every_character_that_counts_as_settable_has_a_glyph(small_content, reports_folder, words):
    """PDF/A refuses a character without one, so this compiles only if all have."""
    text = "".join(chr(c) for c in range(0x20, 0x2800) if settable(chr(c)) == chr(c))
    front = dataclasses.replace(small_content.front, object=text)
    content = dataclasses.replace(small_content, front=front)
    built = tuple(build_sections(content, words, BLOCK_SECTIONS))
    assert render_pdf(content, built, reports_folder, words).startswith(b"%PDF")
    assert len(text) > 400
