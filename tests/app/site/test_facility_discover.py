"""A cluster described from captured answers."""

from pathlib import Path

import pytest
import yaml

from millwright.app.context import Context
from millwright.app.site import facility_discover as module
from millwright.app.site.facility_discover import DiscoverRequest, discover_facility, find_missing_keys
from millwright.core.errors import BadInputError, ExitCode

DATA = Path(__file__).resolve().parents[2] / "discovery/data"


def test_the_text_and_the_document_are_the_same_facility():
    request = DiscoverRequest(captured=str(DATA / "rack"), harness="rack-login")
    found, text = discover_facility(Context(), request)
    assert found.exit_code is ExitCode.OK
    assert yaml.safe_load(text)["name"] == found.facility["name"]
    assert find_missing_keys(text) == []


def test_what_must_be_filled_in_is_listed():
    found, text = discover_facility(Context(), DiscoverRequest(captured=str(DATA / "site")))
    assert found.exit_code is ExitCode.NOT_TESTED
    assert list(found.fill_in) == find_missing_keys(text)
    assert any(line.startswith("services.harness") for line in found.fill_in)


def test_a_host_is_asked_with_the_keys_and_the_user_given(monkeypatch):
    asked, warnings = [], []

    def ask(words, step):
        asked.append(words)
        step("sinfo")
        return module.read_captured(DATA / "rack")

    monkeypatch.setattr(module, "ask_host", ask)
    request = DiscoverRequest("login1", ssh_user="ops", ssh_config="/keys/config", harness="rack-login")
    discover_facility(Context(warn=warnings.append), request)
    assert asked == [("-F", "/keys/config", "-l", "ops", "login1")]
    assert warnings == ["asking: sinfo"]


def test_a_file_that_appeared_meanwhile_is_kept(tmp_path):
    file = tmp_path / "facility.yaml"
    file.write_text("mine")
    with pytest.raises(BadInputError, match="already exists"):
        module._write(file, "other")
    assert file.read_text() == "mine"
