"""The page in a real browser: nothing sticks out on a phone, whatever the names are."""

import dataclasses
import html
import json
import re
import subprocess

import pytest

from millwright.report.html import render_html

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FRAME = '<iframe style="border:0;width:{width}px;height:800px" srcdoc="{page}"></iframe>'
SCRIPT = """<script>onload = () => {
  const frames = [...document.querySelectorAll("iframe")];
  document.title = JSON.stringify(frames.map(frame => frame.contentDocument.documentElement.scrollWidth));
}</script>"""


@pytest.fixture
def measure_widths(chromium, tmp_path):
    """Width that each page needs at its width; in frames, because a browser's window can't be so small."""

    def measure(pages):
        file = tmp_path / "probe.html"
        frames = [FRAME.format(width=width, page=html.escape(page)) for page, width in pages]
        file.write_text("<!doctype html><title>-</title>" + "".join(frames) + SCRIPT)
        command = [chromium, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(re.search(r"<title>(\[.*?\])</title>", done.stdout)[1])

    return measure


def lengthen(content):
    """Long words where names stand: facility, nodes, units, reasons, evidence."""
    word = "w" * 200
    groups = tuple(
        dataclasses.replace(
            group,
            title=word,
            nodes=word,
            rows=tuple(
                dataclasses.replace(
                    row,
                    says=word,
                    unit=word,
                    reason=word,
                    deciding_node=word,
                    series=tuple(dataclasses.replace(one, node=word) for one in row.series),
                )
                for row in group.rows
            ),
        )
        for group in content.groups
    )
    origin = dataclasses.replace(content.provenance, run_folder=word, versions={word: word})
    return dataclasses.replace(content, title=word, run_id=word, groups=groups, provenance=origin)


def test_nothing_sticks_out_of_a_phone_a_tablet_or_a_desk(small_content, reports_folder, measure_widths):
    pages = {
        "usual": render_html(small_content, reports_folder),
        "long words": render_html(lengthen(small_content), reports_folder),
        "too wide": "<!doctype html><div style='width:1500px'>x</div>",
    }
    tried = [(name, width) for name in pages for width in (360, 768, 1280)]
    found = dict(zip(tried, measure_widths([(pages[name], width) for name, width in tried]), strict=True))
    assert [found.pop(("too wide", width)) for width in (360, 768, 1280)] == [1508] * 3, (
        "the measuring is blind"
    )
    assert {place: needed for place, needed in found.items() if needed > place[1]} == {}
