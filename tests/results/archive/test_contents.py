"""The description inside an archive: whatever is wrong with it is said, all at once."""

import json
from pathlib import Path

import pytest

from millwright.core.errors import BadInputError
from millwright.results.archive.contents import FORMAT, read_description

GOOD = {
    "facility": "rack",
    "run": "20261123T172147Z-1a2b3c4d",
    "run_folder": "results/rack/20261123T172147Z-1a2b3c4d",
    "millwright": "0.1.0",
    "product": {},
    "format": FORMAT,
}


@pytest.fixture
def describe(tmp_path):
    run = tmp_path / "data/results/rack" / GOOD["run"]
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")

    def read(**changes):
        (tmp_path / "data/archive.json").write_text(json.dumps({**GOOD, **changes}))
        return read_description(tmp_path, Path("rack.zip"))

    return read


def test_a_good_description_is_read(describe):
    assert describe().run == GOOD["run"]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"facility": "../../etc"}, ["is not a facility name"]),
        ({"run": "../x"}, ["is not a run ID"]),
        ({"run": "20270101T000000Z-00000000"}, ["its files are not in the archive"]),
        ({"format": "x/9", "run_folder": "a\x1b[2J"}, ["not 'millwright-archive/1'", "is not a path"]),
        ({"millwright": 3, "more": 1}, ["archive.json.millwright", "archive.json.more"]),
    ],
)
def test_each_defect_is_named(describe, changes, problems):
    with pytest.raises(BadInputError) as caught:
        describe(**changes)
    assert all(problem in str(caught.value) for problem in problems)
    assert "\x1b" not in str(caught.value)


def test_a_missing_description_is_named(tmp_path):
    with pytest.raises(BadInputError, match=r"archive\.json: is missing"):
        read_description(tmp_path, Path("rack.zip"))
