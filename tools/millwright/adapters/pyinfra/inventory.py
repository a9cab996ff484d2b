"""The gateways of a facility as pyinfra's inventory: plain data, without pyinfra."""

from pathlib import Path
from typing import Any

from millwright.adapters.openssh.proxies import flat_config, is_indirect
from millwright.core.errors import BadInputError, Problem
from millwright.core.files import write_if_changed
from millwright.facility.model import Antenna, Facility
from millwright.facility.topics.reach import Reach

HostEntry = tuple[str, dict[str, Any]]


def pyinfra_groups(facility: Facility, state: Path) -> dict[str, list[HostEntry]]:
    """List groups of hosts with their data: ``gateways``, and ``antenna_<name>`` for each antenna.

    pyinfra adds a group named after the inventory file (``pyinfra``) with every host in it, so
    antennas carry a prefix: none can be taken for that group or for ``all``.
    Gateways that take bundles are left out: nobody reaches them.
    ``state`` is the facility's state folder, where keys are exchanged with the factory.
    """
    entries = {
        name: _entry(facility, name, antenna, state)
        for name, antenna in facility.antennas.items()
        if antenna.reached_by is Reach.SSH
    }
    groups: dict[str, list[HostEntry]] = {"gateways": list(entries.values())}
    return groups | {f"antenna_{name}": [entry] for name, entry in entries.items()}


def _entry(facility: Facility, name: str, antenna: Antenna, state: Path) -> HostEntry:
    data = _connection(facility, antenna.gateway, state)
    return antenna.gateway, data | {"antenna": antenna_data(facility, name, state)}


def _connection(facility: Facility, host: str, state: Path) -> dict[str, Any]:
    """How pyinfra reaches a gateway: only hosts whose key is pinned, whatever the defaults become.

    A configuration with jumps, which pyinfra reads in a way of its own, is given as OpenSSH reads it.
    """
    data: dict[str, Any] = {"ssh_user": facility.ssh.user, "ssh_strict_host_key_checking": "yes"}
    if facility.ssh.config is None:
        return data | {"ssh_hostname": facility.address_of(host)}
    config = Path(facility.ssh.config).expanduser()
    if is_indirect(config):
        flat = state / "ssh" / f"{host}.conf"
        flat.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_if_changed(flat, flat_config(config, host), mode=0o600)
        config = flat
    return data | {"ssh_config_file": str(config), "ssh_look_for_keys": False}


def _reach(facility: Facility, host: str) -> list[str]:
    """Arguments of OpenSSH's ``ssh`` that lead to a gateway on a connection of their own."""
    if facility.ssh.config is None:
        return ["-l", facility.ssh.user, "-o", f"HostName={facility.address_of(host)}", host]
    return ["-F", str(Path(facility.ssh.config).expanduser()), host]


def antenna_data(facility: Facility, name: str, state: Path) -> dict[str, Any]:
    """What the deploy of an antenna's gateway is told; files are below ``state``."""
    antenna = facility.antennas[name]
    if facility.services is None:
        problem = Problem(
            facility.name, "services", "missing although there is an antenna", "a login node", code="MW1303"
        )
        raise BadInputError([problem])
    return {
        "name": name,
        "factory_endpoint": f"{facility.address_of(facility.services.login)}:{antenna.tunnel.port}",
        "factory_address": antenna.tunnel.factory_address,
        "gateway_address": antenna.tunnel.gateway_address,
        "projects": list(dict.fromkeys(user.account for user in antenna.users)),
        "outside_principals": list(dict.fromkeys(p for user in antenna.users for p in user.principals)),
        "administrator": facility.ssh.user,
        "administrator_networks": list(antenna.administrator_networks),
        "reboot_at": antenna.reboot_at,
        "reach": _reach(facility, antenna.gateway),
        "user_ca_file": str(state / "trust" / f"{antenna.environment}.pub"),
        "revoked_file": str(state / "trust" / "revoked_keys"),
        "host_certificate_file": str(state / "hosts" / antenna.gateway / "ssh_host_ed25519_key-cert.pub"),
        "factory_key_file": str(state / "wireguard" / "factory.pub"),
        "gateway_key_file": str(state / "wireguard" / f"{name}.pub"),
    }
