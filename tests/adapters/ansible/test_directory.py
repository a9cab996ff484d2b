"""The pinned certification authority of a directory: the one certificate, or what is wrong."""

import ssl
from pathlib import Path

import pytest
import yaml

from millwright.adapters.ansible.directory import fingerprint_of, read_ca
from millwright.adapters.ansible.inventory import build_inventory
from millwright.core.errors import BadInputError, Problem
from millwright.facility import load_facility
from millwright.facility.topics.directory import DirectoryCa

BASE = yaml.safe_load((Path(__file__).parents[2] / "facility/cases/base.yaml").read_text())
DER = b"not a certificate, but what is between the lines counts here"
PEM = ssl.DER_cert_to_PEM_cert(DER)
OTHER = "00:" * 31 + "00"


def facility_with(folder, text, fingerprint):
    if text is not None:
        (folder / "ca.pem").write_text(text)
    described = {
        "uris": ["ldaps://ldap.example.org"],
        "base": "dc=example,dc=org",
        "ca": {"file": "ca.pem", "fingerprint": fingerprint},
        "login_groups": ["users"],
    }
    file = folder / "facility.yaml"
    file.write_text(yaml.safe_dump({**BASE, "directory": described}))
    return file


def test_the_pinned_certificate_goes_to_every_managed_host_and_nothing_else_of_its_file(tmp_path):
    file = facility_with(tmp_path, f"a comment $(id)\n{PEM}more\n", fingerprint_of(DER))
    inventory = build_inventory(load_facility(file), file)
    assert inventory.groups["directory"] == inventory.groups["managed"]
    assert inventory.variables["facility_directory"]["ca"] == PEM


@pytest.mark.parametrize(
    ("text", "fingerprint", "key", "problem"),
    [
        (None, OTHER, "directory.ca.file", "No such file"),
        ("", OTHER, "directory.ca.file", "holds 0 certificates"),
        (PEM + PEM, fingerprint_of(DER), "directory.ca.file", "holds 2 certificates"),
        (PEM, OTHER, "directory.ca.fingerprint", "so it is another certificate"),
    ],
)
def test_refused_before_any_host_is_entered(tmp_path, text, fingerprint, key, problem):
    file = facility_with(tmp_path, text, fingerprint)
    with pytest.raises(BadInputError) as caught:
        build_inventory(load_facility(file), file)
    (found,) = caught.value.problems
    assert found.key == key
    assert problem in found.problem


def test_a_certificate_that_ends_before_it_begins_is_refused(tmp_path):
    (tmp_path / "ca.pem").write_text("-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n")
    found = read_ca(DirectoryCa(file="ca.pem", fingerprint=OTHER), tmp_path / "facility.yaml")
    assert isinstance(found, Problem)


def test_without_a_directory_nobody_asks_one(tmp_path):
    file = tmp_path / "facility.yaml"
    file.write_text(yaml.safe_dump(BASE))
    inventory = build_inventory(load_facility(file), file)
    assert inventory.groups["directory"] == ()
    assert inventory.variables["facility_directory"] == {}
