"""A facility of as many nodes as asked for: racks of 64, folded addresses, two service hosts."""

RACK_SIZE = 64
SUBNET_SIZE = 250


def facility_text(nodes: int) -> str:
    """The text of its ``facility.yaml``."""
    return f"""plugin: facility
name: simulated
title: Simulated facility of {nodes} nodes
kind: physical
network: {{cidr: 10.0.0.0/8, domain: simulated.internal}}
addresses:
  sim-ctl: 10.250.0.1
  sim-login: 10.250.0.2
{_addresses(nodes)}
services: {{controller: sim-ctl, database: sim-ctl, login: sim-login, harness: sim-login}}
node_classes:
  accelerated: {{architecture: x86_64, sockets: 2, cores_per_socket: 64, memory_mib: 1024000}}
partitions:
  main: {{nodes: "n[00001-{nodes:05d}]", node_class: accelerated}}
racks:
{_racks(nodes)}
"""


def _addresses(nodes: int) -> str:
    lines = []
    for number, first in enumerate(range(1, nodes + 1, SUBNET_SIZE)):
        last = min(first + SUBNET_SIZE - 1, nodes)
        subnet = f"10.{number // 250}.{number % 250}"
        lines.append(f'  "n[{first:05d}-{last:05d}]": {subnet}.[1-{last - first + 1}]')
    return "\n".join(lines)


def _racks(nodes: int) -> str:
    lines = []
    for number, first in enumerate(range(1, nodes + 1, RACK_SIZE), start=1):
        last = min(first + RACK_SIZE - 1, nodes)
        lines.append(f'  rack-{number:04d}: "n[{first:05d}-{last:05d}]"')
    return "\n".join(lines)
