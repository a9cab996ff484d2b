"""Addresses of hosts, from several sources that may know them."""

import ipaddress
from collections.abc import Mapping

from millwright.core.json_text import load_json


def is_address(text: str) -> bool:
    """Whether this is an IPv4 address that another host can use."""
    try:
        return not ipaddress.IPv4Address(text).is_loopback
    except ValueError:
        return False


def parse_hosts(text: str) -> dict[str, str]:
    """Addresses from lines of ``host address``; hosts that nobody could resolve are left out."""
    rows = (line.split() for line in text.splitlines())
    return {row[0]: row[1] for row in rows if len(row) == 2 and is_address(row[1])}


def parse_inventory(text: str) -> dict[str, str]:
    """Addresses from ``ansible-inventory --list``; hosts that are reached by name have none."""
    try:
        hosts = load_json(text)["_meta"]["hostvars"]
    except (ValueError, KeyError, TypeError):
        return {}
    if not isinstance(hosts, Mapping):
        return {}
    found = {
        host: str(values.get("ansible_host", ""))
        for host, values in hosts.items()
        if isinstance(values, Mapping)
    }
    return {host: address for host, address in found.items() if is_address(address)}
