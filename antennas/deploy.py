"""How a gateway reaches its state: a table of contents.

Example: pyinfra inventories/rack/pyinfra.py antennas/deploy.py   (--dry shows, -y does not ask)
"""

from io import StringIO
from pathlib import Path

from pyinfra import host
from pyinfra.operations import files, server, systemd

from antennas import operations
from millwright.antennas import gateway_sshd, wireguard
from millwright.antennas.certificates import gateway_principal

antenna = host.data.antenna
factory_key = wireguard.read_public_key(Path(antenna["factory_key_file"]))
unit = f"wg-quick@{wireguard.INTERFACE}.service"

# The tunnel to the factory

operations.wireguard_packages(name="Ensure WireGuard is installed")
files.directory(
    name="Ensure only root sees the tunnel's files",
    path="/etc/wireguard",
    user="root",
    group="root",
    mode="700",
)
operations.wireguard_key(name="Ensure the gateway has a private key of its own", path=wireguard.KEY_FILE)
files.file(
    name="Ensure only root reads the private key",
    path=wireguard.KEY_FILE,
    user="root",
    group="root",
    mode="600",
)
operations.published_key(
    name="Ensure the factory can read the public key",
    private_key=wireguard.KEY_FILE,
    destination=antenna["gateway_key_file"],
)
files.put(
    name="Ensure the tunnel leads to the factory",
    src=StringIO(
        wireguard.gateway_config(
            gateway_address=antenna["gateway_address"],
            factory_address=antenna["factory_address"],
            endpoint=antenna["factory_endpoint"],
            factory_key=factory_key,
        )
    ),
    dest=f"/etc/wireguard/{wireguard.INTERFACE}.conf",
    user="root",
    group="root",
    mode="600",
)
drop_in = files.put(
    name="Ensure a reload keeps the private key",
    src=StringIO(wireguard.RELOAD_DROP_IN),
    dest="/etc/systemd/system/wg-quick@.service.d/millwright.conf",
    mode="644",
)
systemd.daemon_reload(name="Ensure systemd knows how to reload", _if=drop_in.did_change)
systemd.service(name="Ensure the tunnel starts with the gateway", service=unit, running=True, enabled=True)
operations.wireguard_tunnel(
    name="Ensure the running tunnel is the described one",
    interface=wireguard.INTERFACE,
    private_key=wireguard.KEY_FILE,
    address=antenna["gateway_address"],
    peer=(factory_key, antenna["factory_endpoint"], antenna["factory_address"]),
)

# The way in: users with a certificate of the factory's CA pass through, and do nothing else

server.user(  # noqa: S604 - a login shell that refuses, not a shell to run
    name="Ensure the account that users pass through",
    user=gateway_sshd.JUMP_USER,
    system=True,
    home="/nonexistent",
    ensure_home=False,
    shell="/usr/sbin/nologin",
)
files.put(
    name="Ensure the gateway knows the user CA",
    src=antenna["user_ca_file"],
    dest=gateway_sshd.USER_CA_FILE,
    add_deploy_dir=False,
    user="root",
    group="root",
    mode="644",
)
files.put(
    name="Ensure only this antenna's users pass",
    src=StringIO(f"{gateway_principal(antenna['name'])}\n"),
    dest=gateway_sshd.PRINCIPALS_FILE,
    user="root",
    group="root",
    mode="644",
)
operations.sshd_drop_in(
    name="Ensure sshd lets users pass to the factory only",
    path=gateway_sshd.DROP_IN,
    content=gateway_sshd.jump_only_config(antenna["factory_address"]),
)
operations.sshd_in_force(
    name="Ensure no other file overrides it",
    user=gateway_sshd.JUMP_USER,
    expected=gateway_sshd.expected_for_jump(antenna["factory_address"]),
)
