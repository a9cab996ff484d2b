"""Which way NCCL (or RCCL) really went, from its debug log, and whether that is the facility's fabric.

The lines read are those of NCCL_DEBUG=INFO, for example
``node:1:2 [0] NCCL INFO Channel 00/0 : 3[3] -> 4[0] [send] via NET/IB/0/GDRDMA`` and
``node:1:2 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_1:1/IB [RO]; OOB eth0:10.0.0.1<0>``.
"""

import re

CHANNEL = re.compile(
    r"NCCL INFO (?:Channel|Ring) \S+ : \S+ -> \S+ (?:\[(?:send|receive)\] )?via ([^\n]+?)(?: comm [^\n]*)?$",
    re.MULTILINE,
)
ADAPTERS = re.compile(r"NCCL INFO NET/IB : Using ([^\n;]*)")
ADAPTER = re.compile(r"\[\d+\]([A-Za-z0-9_.-]+:\d+)/(IB|RoCE)")
INDEX = re.compile(r"\d+(?:\(\d+\))?")
LINKS = {"infiniband": "IB", "roce": "RoCE"}


def find_transports(text):
    """Every transport that a channel took, without the numbers of devices: `NET/IB/GDRDMA`."""
    found = {_without_numbers(match[1]) for match in CHANNEL.finditer(text)}
    return sorted(found)


def find_adapters(text):
    """The network adapters that NCCL uses, by name with port, and the kind of their link."""
    return {name: link for line in ADAPTERS.findall(text) for name, link in ADAPTER.findall(line)}


def crosses_nodes(transport):
    """Whether a transport leaves the node: a network, a switch that reduces, or NVLink between nodes."""
    return transport.startswith(("NET/", "COLLNET/")) or transport == "P2P/MNNVL"


def find_way_problems(node, transports, adapters, *, fabric, rails):
    """What of a node's way to other nodes is not as the facility says."""
    ways = [transport for transport in transports if crosses_nodes(transport)]
    if not ways:
        yield f"NCCL's log names no transport to other nodes on {node}"
    if fabric != "ethernet" and any(way.startswith("NET/Socket") for way in ways):
        yield f"NCCL went over sockets on {node}, although the fabric is {fabric}"
    link = LINKS.get(fabric)
    if link is None or not adapters:
        return
    for rail in rails:
        found = adapters.get(rail if ":" in rail else f"{rail}:1")
        if found is None:
            yield f"NCCL does not use the rail {rail} of {node}"
        elif found != link:
            yield f"the rail {rail} of {node} is {found}, expected {link}"


def _without_numbers(transport):
    return "/".join(part for part in transport.strip().split("/") if not INDEX.fullmatch(part))
