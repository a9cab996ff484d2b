"""The comparison as a page: nothing of an offer is markup."""

from html.parser import HTMLParser

import pytest

import worked_tender as worked
from millwright.app.context import Context
from millwright.app.tender.compare import Outputs, compare_offers
from millwright.core.places import product_root
from millwright.report.tender_page import PageTable, TenderPage, render_tender

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "</style><b>",
    "=1+1",
)


class Page(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def page_of(folder):
    target = folder.parent / "comparison.html"
    assert compare_offers(Context(), str(folder), Outputs(html=target)).html == str(target)
    return target.read_text(encoding="utf-8")


def test_the_page_has_every_table_and_says_that_it_is_synthetic(folder):
    text = page_of(folder)
    page = Page(text)
    assert "Synthetic: an invented example" in text
    assert {"Ranking", "Rejected", "Tornado", "Leave one out"} <= set(page.texts)
    assert "52.5996" in page.texts
    assert page.tags.isdisjoint({"script", "img", "link", "iframe"})
    assert text == page_of(folder)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_of_every_kind_is_text(folder, hostile):
    for key in ("title", "committed.fp64_gemm.kind"):
        worked.change(folder / "offers/cedar.yaml", key, hostile)
    for key in ("title", "law", "benchmarks.fp64_gemm.title", "mandatory.pue.title"):
        worked.change(folder / "tender.yaml", key, hostile)
    page = Page(page_of(folder))
    assert hostile in page.texts
    assert page.tags.isdisjoint({"script", "img", "b"})
    assert not [name for name in page.attributes if name.startswith("on")]


def test_a_column_is_set_by_all_that_is_in_it_and_a_hash_may_break():
    table = PageTable("T", ("Offer", "MWh", "SHA-256"), (("a", None, "0" * 64), ("b", 1.5, "1" * 64)))
    assert [table.is_number(column) for column in range(3)] == [False, True, False]
    page = render_tender(TenderPage("t", (), (), (table,), ""), product_root() / "reports")
    assert '<th scope="col" class="number">MWh</th>' in page
    assert '<td class="number"><bdi>-</bdi></td>' in page
    assert f'<td class="long"><bdi>{"0" * 64}</bdi></td>' in page
