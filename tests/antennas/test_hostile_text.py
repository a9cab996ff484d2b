"""Any text in a field of the facility is refused, or stays one word where sshd, nft or WireGuard read it."""

import copy
import tempfile
from pathlib import Path

import jinja2
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millwright.adapters.pyinfra.inventory import pyinfra_groups
from millwright.antennas.gateway import firewall as gateway_firewall
from millwright.antennas.gateway import sshd as gateway_sshd
from millwright.antennas.gateway import updates as gateway_upkeep
from millwright.antennas.gateway import wireguard
from millwright.antennas.user.printed_config import Way, printed_config
from millwright.core.errors import BadInputError
from millwright.core.places import product_root
from millwright.facility import load_facility

RACK = yaml.safe_load((product_root() / "inventories" / "rack" / "facility.yaml").read_text())
ROLE = product_root() / "playbooks" / "roles" / "ssh_trust" / "templates"
KEY = "A" * 43 + "="
USER = "antennas.coast.users.0"
FIELDS = {
    "antennas.coast.title": st.from_regex(r"[^\x00-\x1f\x7f]{1,60}", fullmatch=True),
    f"{USER}.name": st.from_regex(r"[a-z_][a-z0-9_-]{0,30}", fullmatch=True),
    f"{USER}.account": st.from_regex(r"[a-z_][a-z0-9_-]{0,30}", fullmatch=True),
    f"{USER}.principals.0": st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._@+-]{0,99}", fullmatch=True),
    "antennas.coast.tunnel.factory_address": st.ip_addresses(v=4).map(str),
    "antennas.coast.tunnel.gateway_address": st.ip_addresses(v=4).map(str),
    "antennas.coast.environment": st.sampled_from(["production", "staging"]),
    "antennas.coast.administrator_networks.0": st.sampled_from(
        ["10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.0/0.255.255.255", "10.1.2.3"]
    ),
    "antennas.coast.reboot_at": st.from_regex(r"[0-2][0-9]:[0-9]{2}", fullmatch=True),
    "ssh.user": st.from_regex(r"[a-z_][a-z0-9_-]{0,30}", fullmatch=True),
    "name": st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True),
}
"""Each field with texts that it may take, so that not everything is refused."""
HOSTILE = [
    "\nPermitRootLogin yes",
    "\r\nMatch all",
    " root@0.0.0.0/0",
    '"; } table inet x { chain input { policy accept; } }',
    "\n[Peer]\nAllowedIPs = 0.0.0.0/0",
    "$(id)`id`",
    "{{ lookup('pipe', 'id') }}",
    ",root",
    "#",
    "\u2028PermitRootLogin yes",
    "\x85x",
    "\0",
    "%h${HOME}",
    "\n",
]


def changed(field, value):
    """The rack with one field changed; None where it is refused."""
    data = copy.deepcopy(RACK)
    user = data["antennas"]["coast"]["users"][0]
    user["principals"] = ["ada@example.org"]
    data["antennas"]["coast"] |= {"administrator_networks": ["10.91.0.0/24"], "reboot_at": "03:00"}
    place = data
    *folders, last = (int(part) if part.isdigit() else part for part in field.split("."))
    for folder in folders:
        place = place[folder]
    place[last] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facility.yaml"
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        try:
            return load_facility(path)
        except BadInputError:
            return None


def factory_texts(facility):
    """What the role renders from a user and an antenna."""
    environment = jinja2.Environment(trim_blocks=True, autoescape=False)  # noqa: S701 - as Ansible does
    antenna = facility.antennas["coast"]
    user, rows = antenna.users[0], [{"name": "coast", "environment": str(antenna.environment)}]
    rows[0] |= {"gateway_address": antenna.tunnel.gateway_address}
    rows[0] |= {"users": [{"name": user.name, "account": user.account}]}
    item = {"name": user.name, "principals": list(user.principals), "accounts": [user.account, "other"]}
    item |= {"tunnel_addresses": [antenna.tunnel.gateway_address]}
    given = {"ssh_trust_users": [item], "ssh_trust_antennas": rows, "item": item}
    given |= {"ssh_trust_gateways": [antenna.tunnel.gateway_address]}
    for name in ("principals.j2", "sshd.conf.j2"):
        yield environment.from_string((ROLE / name).read_text()).render(given)


def texts_of(facility):
    """Every file that a program reads as its configuration, from one facility."""
    entry = dict(pyinfra_groups(facility, Path("/state"))["antenna_coast"])[
        facility.antennas["coast"].gateway
    ]
    antenna, user = entry["antenna"], facility.antennas["coast"].users[0].name
    factory, endpoint = antenna["factory_address"], antenna["factory_endpoint"]
    title = facility.antennas["coast"].title
    gateway, known = ("10.91.0.41", 22), (f"{factory} ssh-ed25519 AAAA",)
    yield printed_config(Way(facility.name, "coast", title, user, gateway, factory, known))
    yield gateway_sshd.jump_only_config(
        factory,
        administrator=antenna["administrator"],
        administrator_networks=antenna["administrator_networks"],
    )
    yield gateway_sshd.principals_text(antenna["projects"], antenna["outside_principals"])
    yield gateway_firewall.firewall_rules(factory_address=factory, endpoint=endpoint)
    yield wireguard.gateway_config(
        gateway_address=antenna["gateway_address"],
        factory_address=factory,
        endpoint=endpoint,
        factory_key=KEY,
    )
    yield gateway_upkeep.updates_config(antenna["reboot_at"])
    yield from factory_texts(facility)


def shape(text):
    """Of each line that counts: keyword (of a list of names, none) and number of words."""
    assert not {"\0", "\r"} & set(text)
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    return [len(line.split()) for line in lines]


EXPECTED = [shape(text) for text in texts_of(changed("antennas.coast.title", "Coast"))]


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_text_is_refused_or_stays_one_word(field, data):
    fits = FIELDS[field]
    value = data.draw(
        st.one_of(fits, st.text(max_size=40), st.tuples(fits, st.sampled_from(HOSTILE)).map("".join))
    )
    facility = changed(field, value)
    if facility is not None:
        assert [shape(text) for text in texts_of(facility)] == EXPECTED


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", [field for field in FIELDS if not field.endswith("title")])
def test_what_could_break_out_is_refused(field, hostile):
    assert changed(field, f"x{hostile}") is None


def test_a_second_word_would_be_seen():
    """The shape is what the property stands on."""
    text = gateway_sshd.jump_only_config("10.92.0.1 0.0.0.0:22", administrator="root")
    assert shape(text) != shape(gateway_sshd.jump_only_config("10.92.0.1", administrator="root"))


@pytest.mark.parametrize("network", ["10.0.0.0/255.0.0.0", "10.0.0.0/0.255.255.255"])
def test_a_network_has_one_form(network):
    facility = changed("antennas.coast.administrator_networks.0", network)
    assert facility.antennas["coast"].administrator_networks == ("10.0.0.0/8",)
