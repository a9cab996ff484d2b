"""What others measured is marked, complete, and apart from what was measured here."""

import dataclasses

from millwright.report.html import MOST_IMPORTED, render_html


def section(page, name):
    return page.partition(f'<section id="{name}"')[2].partition("</section>")[0]


def test_an_import_names_its_source_and_has_no_verdict(small_content, reports_folder):
    found = section(render_html(small_content, reports_folder), "imported")
    for text in (
        "imported",
        "osu",
        "7.4",
        "mpirun -np 2 osu_latency",
        "J. Doe, Example Systems",
        "not stated",
    ):
        assert text in found
    assert 'class="verdict' not in found


def test_its_values_stand_nowhere_else(small_content, reports_folder):
    page = render_html(small_content, reports_folder)
    visible = page.partition('<script type="application/json"')[0]
    assert "size=16,test=Latency" in section(page, "imported")
    assert "size=16,test=Latency" not in visible.replace(section(page, "imported"), "")


def test_a_report_without_imports_has_no_such_section(small_content, reports_folder):
    page = render_html(dataclasses.replace(small_content, imported=()), reports_folder)
    assert "imported-title" not in page
    assert 'href="#imported"' not in page


def test_a_long_import_is_cut_on_the_page_and_says_so(small_content, reports_folder):
    (item,) = small_content.imported
    many = dataclasses.replace(item, series=item.series[:1] * (MOST_IMPORTED + 5))
    page = render_html(dataclasses.replace(small_content, imported=(many,)), reports_folder)
    assert section(page, "imported").count("<tr role=") == MOST_IMPORTED + 1
    assert "and 5 more series; report.json has all" in page
