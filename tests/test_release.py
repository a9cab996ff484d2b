"""What a release consists of agrees: version, changelog, licence, citation."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import yaml

import millwright

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
HEADINGS = re.findall(r"^## \[(.+?)\](?: - (\S+))?$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
GROUPS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_version_is_semantic_and_comes_from_one_place():
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", millwright.__version__)
    assert "version" not in PROJECT
    assert "version" in PROJECT["dynamic"]
    assert "version" not in CITATION
    assert importlib.metadata.version("millwright") == millwright.__version__


def test_the_changelog_lists_this_version_below_the_unreleased_changes():
    (first, _), (second, date), *_ = HEADINGS
    assert (first, second) == ("Unreleased", millwright.__version__)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", date)


def test_the_changelog_groups_changes_as_keep_a_changelog_does():
    groups = re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert groups
    assert set(groups) <= GROUPS


def test_licence_metadata_and_text_agree():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["license"] == CITATION["license"] == "Apache-2.0"
    assert PROJECT["license-files"] == ["LICENSE"]
