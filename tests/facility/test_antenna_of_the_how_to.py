"""An antenna is described in about a dozen lines: those of the how-to, read as a site would write them."""

import re

import yaml

from millwright.adapters.pyinfra.inventory import pyinfra_groups
from millwright.core.places import product_root
from millwright.facility import load_facility

MOST_LINES = 15
"""With its address and what is measured of it."""
SITE = {
    "plugin": "facility",
    "name": "my-site",
    "title": "A factory",
    "kind": "physical",
    "network": {"cidr": "10.0.0.0/24", "domain": "my-site.internal"},
    "services": {"controller": "ctl", "database": "ctl", "login": "ctl", "harness": "ctl"},
    "node_classes": {"plain": {"architecture": "x86_64", "cores_per_socket": 8, "memory_mib": 16000}},
    "partitions": {"cpu": {"nodes": "n[1-2]", "node_class": "plain"}},
}
ADDRESSES = {"ctl": "10.0.0.1", "n[1-2]": "10.0.0.[11-12]"}


def described():
    """The block of YAML under "Describe it"."""
    page = (product_root() / "docs/how-to/antenna.md").read_text()
    return re.search(r"## Describe it\n\n```yaml\n(.*?)```", page, re.DOTALL)[1]


def facility(tmp_path, antennas):
    text = yaml.safe_load(described())
    path = tmp_path / "facility.yaml"
    site = SITE | {"addresses": ADDRESSES | text["addresses"], "antennas": antennas(text["antennas"])}
    path.write_text(yaml.safe_dump(site, sort_keys=False))
    return load_facility(path)


def test_an_antenna_is_described_in_a_dozen_lines(tmp_path):
    lines = [line for line in described().splitlines() if line.strip() not in {"addresses:", "antennas:"}]
    assert len(lines) <= MOST_LINES
    found = facility(tmp_path, lambda antennas: antennas)
    assert set(found.antennas["coast"].checks) == {
        *("AntennaAccess", "AntennaJob", "AntennaLoss", "AntennaUserCertificate", "AntennaHostCertificate"),
    }


def test_what_nobody_has_to_write_has_a_safe_value(tmp_path):
    """Who writes only who, where and through which tunnel still gets a gateway that keeps others out."""
    needed = ("title", "gateway", "factory", "tunnel", "users")
    found = facility(
        tmp_path, lambda antennas: {name: {key: a[key] for key in needed} for name, a in antennas.items()}
    )
    antenna = found.antennas["coast"]
    assert (antenna.environment, antenna.certificate_minutes <= 60) == ("production", True)
    assert pyinfra_groups(found, tmp_path)["antenna_coast"]
