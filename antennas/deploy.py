"""How a gateway reaches its state: a table of contents.

Example: pyinfra inventories/rack/pyinfra.py antennas/deploy.py   (--dry shows, -y does not ask)
"""

from io import StringIO
from pathlib import Path

from pyinfra import local
from pyinfra.context import host
from pyinfra.operations import files, server, systemd

from antennas import alive, operations
from millwright.antennas.gateway import firewall as gateway_firewall
from millwright.antennas.gateway import guard, wireguard
from millwright.antennas.gateway import sshd as gateway_sshd
from millwright.antennas.gateway import updates as gateway_upkeep

antenna = host.data.antenna
alive.watch(host)
factory_key = wireguard.read_public_key(Path(antenna["factory_key_file"]))
unit = f"wg-quick@{wireguard.INTERFACE}.service"
reach, guard_s = tuple(antenna["reach"]), int(host.data.get("guard_s", guard.GUARD_S))

operations.wireguard_packages(
    name="Ensure WireGuard, the packet filter and security updates are installed",
    others=("nftables", "unattended-upgrades"),
)

# The tunnel to the factory

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

# What takes a change back that locked us out

files.put(
    name="Ensure the guard of what could lock us out",
    src=str(guard.GUARD_SOURCE),
    dest=guard.GUARD,
    add_deploy_dir=False,
    user="root",
    group="root",
    mode="755",
)
guard_unit = files.put(
    name="Ensure an unconfirmed change does not outlive a restart",
    src=str(guard.GUARD_UNIT_SOURCE),
    dest=f"/etc/systemd/system/{guard.GUARD_UNIT}",
    add_deploy_dir=False,
    mode="644",
)
systemd.daemon_reload(name="Ensure systemd knows the guard", _if=guard_unit.did_change)
systemd.service(
    name="Ensure the guard looks at every start",
    service=guard.GUARD_UNIT,
    running=None,
    enabled=True,
)

# The way in: users with a certificate of a trusted CA pass through, and do nothing else

server.user(  # noqa: S604 - a login shell that refuses, not a shell to run
    name="Ensure the account that users pass through",
    user=gateway_sshd.JUMP_USER,
    system=True,
    home="/nonexistent",
    ensure_home=False,
    shell="/usr/sbin/nologin",
)
local.include(str(Path(__file__).with_name("trust.py")))
operations.guarded_file(
    name="Ensure sshd lets users pass to the factory only",
    kind="sshd",
    path=gateway_sshd.DROP_IN,
    content=gateway_sshd.jump_only_config(
        antenna["factory_address"],
        administrator=antenna["administrator"],
        administrator_networks=antenna["administrator_networks"],
    ),
    reach=reach,
    seconds=guard_s,
)
operations.sshd_in_force(
    name="Ensure no other file overrides it",
    user=gateway_sshd.JUMP_USER,
    expected=gateway_sshd.expected_for_jump(antenna["factory_address"]),
)

# What neither enters nor leaves

files.directory(
    name="Ensure the folder of the packet filter", path="/etc/millwright", user="root", mode="755"
)
firewall_unit = files.put(
    name="Ensure the packet filter stands before the network does",
    src=StringIO(gateway_firewall.FIREWALL_UNIT),
    dest=gateway_firewall.UNIT_FILE,
    mode="644",
)
systemd.daemon_reload(name="Ensure systemd knows the packet filter", _if=firewall_unit.did_change)
operations.guarded_file(
    name="Ensure only what is named enters or leaves",
    kind="nftables",
    path=gateway_firewall.FILE,
    content=gateway_firewall.firewall_rules(
        factory_address=antenna["factory_address"], endpoint=antenna["factory_endpoint"]
    ),
    reach=reach,
    seconds=guard_s,
)
operations.firewall_in_force(
    name="Ensure the packet filter is in force", path=gateway_firewall.FILE, table=gateway_firewall.TABLE
)
systemd.service(
    name="Ensure the packet filter starts with the gateway",
    service=gateway_firewall.UNIT,
    running=None,
    enabled=True,
)

# What the gateway does by itself

journal = files.put(
    name="Ensure who entered when is kept",
    src=StringIO(gateway_upkeep.AUDIT_CONFIG),
    dest=gateway_upkeep.AUDIT_FILE,
    mode="644",
)
systemd.service(
    name="Ensure the journal follows",
    service="systemd-journald.service",
    running=None,
    restarted=True,
    _if=journal.did_change,
)
files.put(
    name="Ensure security updates, and no others, come by themselves",
    src=StringIO(gateway_upkeep.updates_config(antenna["reboot_at"])),
    dest=gateway_upkeep.UPDATES_FILE,
    mode="644",
)
operations.timers(name="Ensure security updates are looked for", names=gateway_upkeep.UPDATE_TIMERS)
