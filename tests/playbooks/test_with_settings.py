"""A site's own settings of ``slurm.conf``: what none of them may say."""

import importlib.util
from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError

SOURCE = Path(__file__).resolve().parents[2] / "playbooks/filter_plugins/with_settings.py"
SPEC = importlib.util.spec_from_file_location("with_settings", SOURCE)
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)


@pytest.mark.parametrize(
    "settings",
    [
        {"DebugFlags": "NO_CONF_HASH\nNodeName=other"},
        {"DebugFlags": "NO_CONF_HASH\rNodeName=other"},
        {"DebugFlags\nNodeName": "other"},
    ],
)
def test_a_setting_of_more_than_one_line_is_refused(settings):
    with pytest.raises(AnsibleFilterError, match="more than one line"):
        module.with_settings("A=1\n", settings)


@pytest.mark.parametrize("name", ["NodeName", "partitionname", "Include"])
def test_what_the_facility_says_is_refused(name):
    with pytest.raises(AnsibleFilterError, match=f"{name} is said by facility.yaml"):
        module.with_settings("A=1\n", {name: "other"})


def test_without_settings_a_file_stays_as_it_is():
    assert module.with_settings("# A=2\nA=1\n", {}) == "# A=2\nA=1\n"
