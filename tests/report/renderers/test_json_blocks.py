import json

from millwright.report.renderers.json_blocks import render_json


def test_every_section_and_number_is_there(small_content, built):
    document = json.loads(render_json(small_content, built))
    assert [each["name"] for each in document["sections"]] == [each.name for each in built]
    tables = [b for s in document["sections"] for b in s["blocks"] if b["type"] == "Table"]
    medians = [
        row["cells"][2]["value"]
        for t in tables
        if t["style"] == "scorecard"
        for g in t["groups"]
        for row in g["rows"]
    ]
    found = [each["value"] for each in medians if each["type"] == "Number"]
    assert found == [r.estimate.median for g in small_content.groups for r in g.rows if r.estimate]
