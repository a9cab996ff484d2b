"""Every line and key of an answer is described, kept as a setting, or remarked, even an unknown one."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.discovery.accounting import parse_associations
from millwright.discovery.ask import read_captured
from millwright.discovery.cluster import read_cluster
from millwright.discovery.config_settings import config_settings
from millwright.discovery.describe import DiscoveryHints, describe
from millwright.discovery.writing import write_facility

CAPTURED = read_captured(Path(__file__).resolve().parents[1] / "data/sites/21-partition-settings/captured")
KEYS = st.from_regex(r"\AZz[A-Za-z]{1,12}\Z")
VALUES = st.from_regex(r"\A[A-Za-z0-9_.:/-]{1,20}\Z")


def text_of(**changes):
    cluster = read_cluster({**CAPTURED, **changes})
    return write_facility(describe(cluster, DiscoveryHints()))


@settings(deadline=None, max_examples=8)
@given(KEYS, VALUES)
def test_an_unknown_setting_is_remarked(key, value):
    text = CAPTURED["scontrol-config.txt"]
    assert f"{key}={value} is no setting" in text_of(**{"scontrol-config.txt": f"{text}{key} = {value}\n"})


@settings(deadline=None, max_examples=8)
@given(KEYS, VALUES)
def test_an_unknown_parameter_of_a_partition_or_node_is_remarked(key, value):
    for name in ("scontrol-partitions.txt", "scontrol-nodes.txt"):
        line = CAPTURED[name].splitlines()[0]
        assert f"{key}={value}" in text_of(**{name: f"{line} {key}={value}\n"}), name


@settings(deadline=None, max_examples=8)
@given(KEYS, VALUES)
def test_an_unknown_key_of_a_switch_or_block_is_remarked(key, value):
    for line in ("SwitchName=s1 Nodes=n1", "BlockName=b1 Nodes=n1"):
        assert f"{key}={value}" in text_of(**{"scontrol-topology.txt": f"{line} {key}={value}\n"}), line


@settings(deadline=None, max_examples=8)
@given(KEYS, VALUES)
def test_a_line_of_another_form_is_remarked(key, value):
    for name in ("scontrol-partitions.txt", "scontrol-nodes.txt", "scontrol-topology.txt"):
        assert f"{key}={value}" in text_of(**{name: f"{CAPTURED.get(name, '')}\n{key}={value}\n"}), name


@settings(deadline=None, max_examples=8)
@given(KEYS, VALUES)
def test_an_unknown_limit_of_a_qos_or_association_is_remarked(key, value):
    qos = f"Name|Priority|{key}|Description\nfast|1|{value}|Fast\n"
    assert f"{key}={value}" in text_of(**{"sacctmgr-qos.txt": qos}) or value in {"0", "00:00:00"}
    associations = f"Account|User|{key}\nsea|ada|{value}\n"
    assert f"{key}={value}: ada/sea" in text_of(**{"sacctmgr-associations.txt": associations})
    assert parse_associations(associations)[0].account == "sea"


def test_a_setting_of_slurm_that_differs_is_kept_and_a_missing_one_takes_a_line_out():
    text = CAPTURED["scontrol-config.txt"]
    found = text_of(
        **{"scontrol-config.txt": f"{text}SchedulerParameters = bf_window=2880\nReconfigFlags = (null)\n"}
    )
    assert "    SchedulerParameters: bf_window=2880\n" in found
    assert "    ReconfigFlags: null\n" in found


def test_settings_of_other_files_are_no_settings_of_slurm_conf():
    text = CAPTURED["scontrol-config.txt"]
    more = "\nCgroup Support Configuration:\nConstrainCores = yes\n\nSlurmctld(primary) at ctl is UP\n"
    found = text_of(**{"scontrol-config.txt": text + more})
    assert "Cgroup Support Configuration: ConstrainCores=yes is of another file" in found


@pytest.mark.parametrize(
    ("message_s", "step_s", "kept"),
    [("10", "60", None), ("30", "150", None), ("30", "60", "60"), ("10", "150", "150")],
)
def test_a_default_that_follows_another_setting_is_not_kept(message_s, step_s, kept):
    text = f"MessageTimeout = {message_s} sec\nUnkillableStepTimeout = {step_s} sec\n"
    found = config_settings(text, lambda _place, _text: None)
    assert found.get("UnkillableStepTimeout") == kept
