"""The configuration that a user pastes: as expected, and read by OpenSSH as it is meant."""

import subprocess
from dataclasses import replace

import pytest

from millwright.antennas.user.printed_config import Way, printed_config

GATEWAY_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHe5fZ0tSc1RmMREFgRZNQljlS0SQHR2hANXl+UQjUCu"
WAY = Way(
    facility="rack",
    antenna="coast",
    title="Coast: a national antenna",
    user="ada",
    gateway=("10.91.0.41", 22),
    factory_address="10.92.0.1",
    known_hosts=(f"10.91.0.41 {GATEWAY_KEY}", f"@cert-authority 10.92.0.1 {GATEWAY_KEY}"),
    rest=("rack-ctl2", 6820),
)


def effective(tmp_path, way, alias):
    config = tmp_path / "config"
    config.write_text(printed_config(way))
    done = subprocess.run(["ssh", "-G", "-F", config, alias], capture_output=True, text=True, check=True)
    return dict(line.partition(" ")[::2] for line in done.stdout.splitlines())


def test_it_reads_as_expected(golden):
    golden("printed_config", printed_config(WAY))


def test_without_slurmrestd_there_is_no_way_to_it():
    assert "rest" not in printed_config(replace(WAY, rest=None))


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("rack-coast", {"user": "ada", "hostname": "10.92.0.1", "proxyjump": "rack-coast-gateway"}),
        ("rack-coast-gateway", {"user": "jump", "hostname": "10.91.0.41", "port": "22"}),
        ("rack-coast-rest", {"localforward": "[127.0.0.1]:6820 [rack-ctl2]:6820", "user": "ada"}),
    ],
)
def test_openssh_reads_each_host_as_meant(tmp_path, alias, expected):
    options = effective(tmp_path, WAY, alias)
    common = {"identitiesonly": "yes", "stricthostkeychecking": "true", "forwardagent": "no"}
    assert (expected | common).items() <= options.items()
    assert options["identityfile"].endswith("/.ssh/rack-coast")


def test_the_host_keys_stand_in_the_text_itself(tmp_path):
    command = effective(tmp_path, WAY, "rack-coast")["knownhostscommand"].replace("%%", "%")
    printed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == list(WAY.known_hosts)


@pytest.mark.parametrize("title", ["$(touch x)", '"; ProxyCommand id', "Host *", "%h ${HOME} \\n Match all"])
def test_a_hostile_title_stays_a_comment(tmp_path, title):
    plain = effective(tmp_path, WAY, "rack-coast")
    assert effective(tmp_path, replace(WAY, title=title), "rack-coast") == plain
