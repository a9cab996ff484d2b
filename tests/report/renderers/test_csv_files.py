"""CSV: one file a table, readable by any program, run by none."""

import csv
import dataclasses
import io

from millwright.report.registry import BLOCK_SECTIONS, build_sections
from millwright.report.renderers.csv_files import render_csv


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_scorecard_has_every_number_of_its_rows(small_content, built, words):
    files = dict(render_csv(built, words))
    rows = read(next(text for name, text in files.items() if "scorecard-scorecard-1" in name))
    for found, row in zip(rows, small_content.groups[0].rows, strict=True):
        assert (found["Metric's name"], found["Verdict"]) == (row.metric, row.verdict)
        if row.estimate:
            assert float(found["95 % interval, high"]) == row.estimate.high
        assert float(found["Committed value"]) == row.reference.value


def test_no_cell_begins_as_a_formula(small_content, words):
    front = dataclasses.replace(small_content.front, object="=1+1", buyer="@x", supplier="+1", reference="-1")
    built = build_sections(dataclasses.replace(small_content, front=front), words, BLOCK_SECTIONS)
    cells = [
        cell
        for _, text in render_csv(tuple(built), words)
        for row in csv.reader(io.StringIO(text))
        for cell in row
    ]
    assert "'=1+1" in cells
    numbers = [cell for cell in cells if cell.startswith(("=", "+", "@", "-")) and not is_number(cell)]
    assert numbers == []


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_names_of_files_hold_nothing_of_a_path(small_content, words):
    groups = (dataclasses.replace(small_content.groups[0], name="../../etc/passwd"),)
    built = tuple(build_sections(dataclasses.replace(small_content, groups=groups), words, BLOCK_SECTIONS))
    names = [name for name, _ in render_csv(built, words)]
    assert len(set(names)) == len(names)
    assert not any("/" in name or ".." in name for name in names)
