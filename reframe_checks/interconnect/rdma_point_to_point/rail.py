"""One RDMA port of a node, as the kernel shows it (/sys/class/infiniband)."""

from pathlib import Path

ROOT = Path("/sys/class/infiniband")
LAYERS = {"infiniband": "InfiniBand", "roce": "Ethernet"}
ERRORS = (
    "link_downed",
    "link_error_recovery",
    "local_link_integrity_errors",
    "port_rcv_errors",
    "symbol_error",
)
"""Counters of the link itself; adapters without them have no such file."""


def port_of(name):
    """Folder of a rail that is named as `mlx5_0` or, with a port, `mlx5_0:1`."""
    device, _, port = name.partition(":")
    return ROOT / device / "ports" / (port or "1")


def find_faults(name, *, fabric, least_gbit_s):
    """What is wrong with a rail before anything is sent over it."""
    port = port_of(name)
    try:
        state, physical, rate, layer = (
            (port / file).read_text().strip() for file in ("state", "phys_state", "rate", "link_layer")
        )
        gbit_s = float(rate.split(" ")[0])
    except (OSError, ValueError) as error:
        yield f"the rail {name} can't be read: {error}"
        return
    if not state.endswith("ACTIVE") or not physical.endswith("LinkUp"):
        yield f"the rail {name} is {state}, {physical}"
    if layer != LAYERS[fabric]:
        yield f"the rail {name} is {layer}, expected {LAYERS[fabric]}"
    if gbit_s < least_gbit_s:
        yield f"the rail {name} runs at {rate}, expected {least_gbit_s} Gb/sec"


def count_errors(name):
    """Each error counter of a rail that its adapter has."""
    found = {}
    for counter in ERRORS:
        try:
            found[counter] = int((port_of(name) / "counters" / counter).read_text())
        except (OSError, ValueError):
            continue
    return found


def find_new_errors(name, before):
    """Error counters that grew since `before`."""
    for counter, count in count_errors(name).items():
        if count > before.get(counter, count):
            yield f"{counter} of the rail {name} grew by {count - before[counter]}"
