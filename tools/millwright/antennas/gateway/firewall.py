"""The packet filter of a gateway: what is not named here neither enters nor leaves it."""

from millwright.antennas.gateway.sshd import FACTORY_SSH_PORT, JUMP_USER
from millwright.antennas.gateway.wireguard import INTERFACE

FILE = "/etc/millwright/gateway.nft"
TABLE = "millwright"
UNIT_FILE = "/etc/systemd/system/millwright-firewall.service"
UNIT = "millwright-firewall.service"
LATER = "tcp flags & (syn | ack) != syn"
"""Any packet but the first of a connection: sessions older than the table are not cut by it."""


def firewall_rules(*, factory_address: str, endpoint: str, ssh_port: int = 22) -> str:
    """A table of our own for ``nft -f``, replaced in one transaction; other tables stay as they are.

    The account ``jump`` reaches the factory's sshd through the tunnel and nothing else, whatever sshd
    might permit; what comes out of the tunnel reaches nothing. WireGuard's packets
    come from the factory alone; the gateway's own UDP port is any.

    ``endpoint`` is the factory's address and UDP port outside of the tunnel.
    """
    address, _, port = endpoint.rpartition(":")
    login_node = f"{factory_address} tcp dport {FACTORY_SSH_PORT}"
    return f"""\
#!/usr/sbin/nft -f
# Made by antennas/deploy.py from facility.yaml; changes here are overwritten.
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
    chain input {{
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        iif lo accept
        iifname "{INTERFACE}" ip saddr {factory_address} tcp sport {FACTORY_SSH_PORT} {LATER} accept
        iifname "{INTERFACE}" icmp type echo-request accept
        iifname "{INTERFACE}" drop
        icmp type {{ echo-request, destination-unreachable, time-exceeded, parameter-problem }} accept
        icmpv6 type {{ echo-request, destination-unreachable, packet-too-big }} accept
        icmpv6 type {{ time-exceeded, parameter-problem }} accept
        icmpv6 type {{ nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert }} accept
        ip saddr {address} udp sport {port} accept
        tcp dport {ssh_port} accept
    }}
    chain forward {{
        type filter hook forward priority filter; policy drop;
    }}
    chain output {{
        type filter hook output priority filter; policy drop;
        meta skuid "{JUMP_USER}" oifname "{INTERFACE}" ip daddr {login_node} accept
        ct state established,related accept
        tcp sport {ssh_port} {LATER} accept
        meta skuid "{JUMP_USER}" reject with icmpx admin-prohibited
        oif lo accept
        ip protocol icmp accept
        meta l4proto ipv6-icmp accept
        ip daddr {address} udp dport {port} accept
        oifname "{INTERFACE}" reject with icmpx admin-prohibited
        udp dport {{ 53, 67, 123, 547 }} accept comment "names, addresses, time"
        tcp dport {{ 53, 80, 443 }} accept comment "names, security updates"
        reject with icmpx admin-prohibited
    }}
}}
"""


FIREWALL_UNIT = f"""\
# Made by antennas/deploy.py; changes here are overwritten.
[Unit]
Description=Packet filter of the antenna's gateway
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
DefaultDependencies=no
After=systemd-sysusers.service
ConditionPathExists={FILE}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {FILE}
ExecReload=/usr/sbin/nft -f {FILE}

[Install]
WantedBy=sysinit.target
"""
"""Loads the table before the network comes up; stopping the unit opens nothing."""
