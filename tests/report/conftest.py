"""A small, realistic content, and what a page is made of."""

import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from millwright.report.content import ReportContent
from millwright.report.labels import load_labels
from millwright.report.registry import BLOCK_SECTIONS, build_sections

HERE = Path(__file__).parent
REPORTS = HERE.parents[1] / "reports"


@pytest.fixture(scope="session")
def reports_folder():
    return REPORTS


@pytest.fixture(scope="session")
def small_content():
    """A virtual facility with a PASS, an INCONCLUSIVE, a NOT MEASURED and an emulated value."""
    return TypeAdapter(ReportContent).validate_json((HERE / "data" / "small.json").read_bytes())


class PageReader(HTMLParser):
    """The elements of a page with their attributes, its text and its embedded data."""

    VOID = frozenset({"meta", "br", "col"})

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open, self.data = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.data += data
        elif not self.open or self.open[-1] != "style":
            self.texts.append(data)

    @property
    def structure(self):
        return [(tag, sorted(attrs)) for tag, attrs in self.elements]


@pytest.fixture
def read_page():
    def read(text):
        reader = PageReader()
        reader.feed(text)
        reader.close()
        assert reader.open == []
        return reader

    return read


@pytest.fixture(scope="session")
def chromium():
    found = shutil.which("chromium")
    if not found:
        pytest.skip("no chromium here: the layout was not tried")
    return found


@pytest.fixture(scope="session")
def words():
    return load_labels(REPORTS, "en")


@pytest.fixture(scope="session")
def built(small_content, words):
    """The blocks of every section of the small content."""
    return tuple(build_sections(small_content, words, BLOCK_SECTIONS))
