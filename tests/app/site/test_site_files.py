"""What a site's repository begins with."""

import configparser
import json
from pathlib import PurePosixPath

import pytest
import yaml

from millwright.app.site.site_files import SCHEMA, facility_path, for_site, site_files, with_schema_line
from millwright.core.places import product_root
from millwright.facility.load import facility_schema

CONFIG = (product_root() / "ansible.cfg").read_text()


@pytest.fixture(scope="module")
def files():
    return site_files("coast", version="1.2.3", ansible_config=CONFIG)


def test_nothing_is_left_to_fill_in(files):
    for path, text in files.items():
        assert "NAME" not in str(path)
        assert "@NAME@" not in text
        assert "@VERSION@" not in text


@pytest.mark.parametrize("path", [".gitlab-ci.yml", ".github/workflows/millwright.yml"])
def test_a_pull_request_never_reaches_the_machine_that_measures(path, files):
    """It would run what a stranger wrote: only a schedule or a person starts that job."""
    pipeline = yaml.safe_load(files[PurePosixPath(path)])
    if path == ".gitlab-ci.yml":
        asked = [rule["if"] for rule in pipeline["measure"]["rules"]]
        assert asked == ['$CI_PIPELINE_SOURCE == "schedule" || $CI_PIPELINE_SOURCE == "web"']
    else:
        asked = pipeline["jobs"]["measure"]["if"]
        assert asked == "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'"
        assert pipeline["permissions"] == {"contents": "read"}


def test_the_product_is_never_asked_for_by_name_in_an_index(files):
    """Anybody may have taken the name there."""
    lines = files[PurePosixPath("requirements.txt")].splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "./wheels/millwright-1.2.3-py3-none-any.whl"
    ]
    for name in (".gitlab-ci.yml", ".github/workflows/millwright.yml"):
        assert "install millwright" not in files[PurePosixPath(name)]


def test_ansible_finds_the_product_behind_the_link_after_the_sites_own_roles():
    shipped, site = configparser.ConfigParser(), configparser.ConfigParser()
    shipped.read_string(CONFIG)
    site.read_string(for_site(CONFIG))
    assert site["defaults"]["roles_path"] == "roles:.millwright/playbooks/roles"
    assert site["defaults"]["inventory_plugins"] == ".millwright/inventories/plugins"
    below = ("inventories/", "playbooks/")
    for section in shipped.sections():
        for key, value in shipped[section].items():
            there = site[section][key].removeprefix("roles:")
            assert there == (f".millwright/{value}" if value.startswith(below) else value), key


def test_the_schema_is_that_of_this_version(files):
    assert json.loads(files[SCHEMA]) == facility_schema()


def test_a_given_description_stays_as_it_is_but_for_the_line_of_its_schema():
    given = (
        "plugin: facility\n# yaml-language-server: $schema=/elsewhere.json\n# unknown: mind\nname: coast\n"
    )
    text = site_files("coast", version="1", ansible_config=CONFIG, facility=given)[facility_path("coast")]
    assert text == with_schema_line(given)
    assert text.splitlines() == [
        "# yaml-language-server: $schema=../facility.schema.json",
        "plugin: facility",
        "# unknown: mind",
        "name: coast",
    ]
