"""Every name that ``docs/reference/api.md`` promises can be imported, and its example runs."""

import importlib
import re
import shutil
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "reference" / "api.md").read_text()
NAMES = re.findall(r"^\| `(millwright(?:\.\w+)+)` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_can_be_imported_and_is_documented(name):
    module, _, attribute = name.rpartition(".")
    found = getattr(importlib.import_module(module), attribute)
    if callable(found):
        assert found.__doc__


def test_the_page_names_every_pillar():
    assert {name.split(".")[1] for name in NAMES} >= {"facility", "results", "statistics", "verdicts"}
    assert len(NAMES) == len(set(NAMES))


def test_the_example_runs_on_a_stored_run(tmp_path, monkeypatch, capsys, rack_run):
    """The stored run of the tests has MemoryBandwidth on the nodes of ``rack``."""
    shutil.copytree(rack_run.path, tmp_path / "results" / "rack" / rack_run.path.name)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "api.md", "exec"), {})  # noqa: S102 - the page's own example
    nodes = {s.node for s in rack_run.samples if s.metric == "triad_bw"}
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == min(5, len(nodes)) > 0
    assert all(re.fullmatch(r"\S+: [\d.]+ GB/s \(.+, n = \d+\)", line) for line in printed)
