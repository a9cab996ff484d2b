"""Certificates for the keys of hosts, as the role ssh_hosts asks for them."""

import datetime
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from millwright.antennas.ssh.keys import ensure_key_pair
from millwright.antennas.trust.certify_hosts import certify
from millwright.antennas.trust.host_ca import host_ca, hosts_of_another_ca
from millwright.antennas.trust.rotation import announce, switch, withdraw
from millwright.core.errors import BadInputError
from millwright.facility.model import Facility

ROOT = Path(__file__).resolve().parents[3]
BASE = yaml.safe_load((ROOT / "tests/facility/cases/base.yaml").read_text())
SITE = Facility.model_validate(BASE)
NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
YEAR = datetime.timedelta(days=365)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    folder = tmp_path_factory.mktemp("key")
    return ensure_key_pair(folder, "host", comment="n1").with_suffix(".pub").read_text()


def test_a_certificate_names_the_host_and_its_address(tmp_path, key):
    told = certify(SITE, tmp_path, {"n1": key}, NOW, check=False)
    assert told["signed"] == ["n1"]
    shown = subprocess.run(
        ["ssh-keygen", "-L", "-f", "-"],
        input=told["certificates"]["n1"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in ("host certificate", "n1.site.internal", "10.0.0.11"):
        assert name in shown


def test_a_good_certificate_stays_until_half_its_life_is_over(tmp_path, key):
    first = certify(SITE, tmp_path, {"n1": key}, NOW, check=False)
    again = certify(SITE, tmp_path, {"n1": key}, NOW + YEAR / 3, check=False)
    late = certify(SITE, tmp_path, {"n1": key}, NOW + YEAR * 2 / 3, check=False)
    assert (again["signed"], again["certificates"]) == ([], first["certificates"])
    assert late["signed"] == ["n1"]


def test_while_the_ca_changes_hosts_know_both_and_show_a_certificate_of_the_one_that_signs(tmp_path, key):
    old = certify(SITE, tmp_path, {"n1": key}, NOW, check=False)
    ca = host_ca(tmp_path)
    announce(ca, NOW)
    announced = certify(SITE, tmp_path, {"n1": key}, NOW, check=False)
    assert (announced["signed"], announced["authorities"][:1]) == ([], old["authorities"])
    assert hosts_of_another_ca(SITE, tmp_path) == ()
    switch(ca, NOW)
    assert hosts_of_another_ca(SITE, tmp_path) == ("n1",)
    switched = certify(SITE, tmp_path, {"n1": key}, NOW, check=False)
    assert switched["signed"] == ["n1"]
    assert set(switched["authorities"]) == set(announced["authorities"])
    assert hosts_of_another_ca(SITE, tmp_path) == ()
    withdraw(ca)
    assert (
        certify(SITE, tmp_path, {"n1": key}, NOW, check=False)["authorities"] == announced["authorities"][1:]
    )


def test_what_a_host_held_as_a_gateway_before_holds_no_change_of_the_ca_up(tmp_path, key):
    certify(SITE, tmp_path, {"n1": key}, NOW, check=False)
    former = tmp_path / "hosts" / "n1" / "ssh_host_ed25519_key-cert.pub"
    former.parent.mkdir()
    shutil.copy2(tmp_path / "hosts" / "n1-cert.pub", former)
    announce(host_ca(tmp_path), NOW)
    switch(host_ca(tmp_path), NOW)
    certify(SITE, tmp_path, {"n1": key}, NOW, check=False)
    assert hosts_of_another_ca(SITE, tmp_path) == ()


def test_a_check_signs_nothing(tmp_path, key):
    told = certify(SITE, tmp_path, {"n1": key}, NOW, check=True)
    assert told == {"certificates": {}, "signed": ["n1"], "authorities": []}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "ssh-rsa AAAA", "ssh-ed25519 $(id)"])
def test_every_stranger_and_every_key_that_is_none_is_refused(tmp_path, key, text):
    with pytest.raises(BadInputError) as caught:
        certify(SITE, tmp_path, {"n9": key, "n2": text}, NOW, check=False)
    assert len(caught.value.problems) == 2
    assert list(tmp_path.iterdir()) == []


def test_the_command_tells_json(tmp_path, key):
    facility = tmp_path / "site.facility.yaml"
    facility.write_text(yaml.safe_dump(BASE))
    command = [sys.executable, "-m", "millwright.antennas.trust.certify_hosts", facility, tmp_path / "state"]
    done = subprocess.run(
        command, input=json.dumps({"n1": key}), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["signed"] == ["n1"]
