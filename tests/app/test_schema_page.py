"""The reference page: every link leads to a heading, and each object is described once."""

import re

from millwright.app.schema_page import reference_page
from millwright.app.schemas import DOCUMENTS


def test_every_link_leads_to_a_heading():
    page = reference_page()
    headings = {
        heading.lower().replace(":", "").replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    }
    links = re.findall(r"\]\(#([^)]+)\)", page)
    assert len(links) > len(DOCUMENTS)
    assert set(links) <= headings


def test_an_object_that_two_commands_share_is_described_once():
    page = reference_page()
    assert page.count(": Judgement\n") == 1
    assert "[Judgement](#results-show-judgement)" in page


def test_units_and_null_are_explained():
    page = reference_page()
    assert "| `memory_mib` | integer or null | Memory of each node in MiB. |" in page
    assert "None" not in page
