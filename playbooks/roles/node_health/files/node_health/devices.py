"""Checks of accelerators and network devices."""

import re
from collections.abc import Iterator
from typing import Any

from node_health.reading import CouldNotTestError, Finding, Node, number

NVIDIA_QUERY = (
    "pci.bus_id",
    "ecc.errors.uncorrected.volatile.total",
    "remapped_rows.failure",
    "pcie.link.width.current",
    "pcie.link.width.max",
    "clocks_throttle_reasons.hw_thermal_slowdown",
)
NOT_SUPPORTED = frozenset({"N/A", "[N/A]", "Not Supported", "[Not Supported]"})
"""What the driver says of a question that this device never answers; the only words that may be skipped."""
NOT_ALLOWED = re.compile("insufficient permissions", re.IGNORECASE)
WORDS = {
    "remapped_rows.failure": frozenset({"0", "1", "No", "Yes"}),
    "clocks_throttle_reasons.hw_thermal_slowdown": frozenset({"Active", "Not Active"}),
}
"""Answers that are no numbers; every other question is answered by a whole number."""
NO_DEVICE = re.compile(r"unable to determine the device handle|gpu is lost", re.IGNORECASE)
AMD_VENDOR = "0x1002"


def nvidia(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """NVIDIA devices, as their driver sees them.

    A link's generation falls when its device is idle, so only its width is judged.
    """
    wanted = expected["accelerators"]["count"]
    status, text = node.output(
        "nvidia-smi", f"--query-gpu={','.join(NVIDIA_QUERY)}", "--format=csv,noheader,nounits"
    )
    if status != 0:
        yield "GPU_DRIVER", f"nvidia-smi ended with {status}"
        return
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in filter(NO_DEVICE.search, lines):
        yield "GPU_STATE", line
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if not NO_DEVICE.search(line)]
    if any(len(row) != len(NVIDIA_QUERY) for row in rows):
        raise CouldNotTestError("nvidia-smi: unknown answer")
    if len(rows) < wanted:
        yield "GPU_COUNT", f"{len(rows)} of {wanted}"
    for row in rows:
        yield from _device(row)
    if hidden := [row[0] for row in rows if any(map(NOT_ALLOWED.search, row))]:
        raise CouldNotTestError(f"nvidia-smi: insufficient permissions for {', '.join(hidden)}")


def _device(row: list[str]) -> Iterator[Finding]:
    device, ecc, remap, width, widest, hot = row
    answers = zip(NVIDIA_QUERY[1:], row[1:], strict=True)
    if unknown := dict.fromkeys(cell for question, cell in answers if _is_odd(question, cell)):
        yield "GPU_STATE", f"{device}: {', '.join(unknown)}"
    if ecc.isdecimal() and int(ecc) > 0:
        yield "GPU_ECC", f"{device}: {ecc}"
    if remap in {"1", "Yes"}:
        yield "GPU_ROW_REMAP", device
    if width.isdecimal() and widest.isdecimal() and int(width) < int(widest):
        yield "GPU_PCIE", f"{device}: x{width} of x{widest}"
    if hot == "Active":
        yield "GPU_THERMAL", device


def _is_odd(question: str, answer: str) -> bool:
    """Whether an answer is neither a value nor a plain "not supported": a device that works gives one."""
    if answer in NOT_SUPPORTED or NOT_ALLOWED.search(answer):
        return False
    return answer not in WORDS[question] if question in WORDS else not answer.isdecimal()


def amd(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """AMD devices, from the files of their driver; no program is started."""
    wanted = expected["accelerators"]["count"]
    cards = [
        f"/sys/class/drm/{name}/device"
        for name in node.names("/sys/class/drm")
        if re.fullmatch(r"card\d+", name)
    ]
    cards = [card for card in cards if _is_amd(node, card)]
    if len(cards) < wanted:
        yield "GPU_COUNT", f"{len(cards)} of {wanted}"
    for card in cards:
        name = card.split("/")[4]
        width, widest = (number(node.text(f"{card}/{kind}_link_width")) for kind in ("current", "max"))
        if width < widest:
            yield "GPU_PCIE", f"{name}: x{width:.0f} of x{widest:.0f}"
        for block in node.names(f"{card}/ras"):
            if block.endswith("_err_count"):
                uncorrected = re.search(r"^ue: (\d+)", node.text(f"{card}/ras/{block}"), re.MULTILINE)
                if not uncorrected:
                    raise CouldNotTestError(f"{card}/ras/{block}: no number of uncorrectable errors")
                if int(uncorrected[1]) > 0:
                    yield "GPU_ECC", f"{name}/{block}: {uncorrected[1]}"


def _is_amd(node: Node, card: str) -> bool:
    try:
        return node.text(f"{card}/vendor").strip() == AMD_VENDOR
    except CouldNotTestError:
        return False


def rdma(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """RDMA links of the node class, named as ``mlx5_0`` or, with a port, ``mlx5_0:1``."""
    for name in expected["rdma_devices"]:
        device, _, port = name.partition(":")
        base = f"/sys/class/infiniband/{device}/ports/{port or '1'}"
        try:
            state, physical, rate = (
                node.text(f"{base}/{file}").strip() for file in ("state", "phys_state", "rate")
            )
        except CouldNotTestError:
            yield "IB_LINK", f"{name} is not there"
            continue
        if not state.endswith("ACTIVE") or not physical.endswith("LinkUp"):
            yield "IB_LINK", f"{name}: {state}, {physical}"
        elif number(rate.split(" ")[0]) < expected["min_link_gbit_s"].get(name, 0):
            yield "IB_RATE", f"{name}: {rate}"


def interfaces(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Network interfaces of the node class."""
    for name in expected["interfaces"]:
        base = f"/sys/class/net/{name}"
        try:
            state = node.text(f"{base}/operstate").strip()
        except CouldNotTestError:
            yield "NET_LINK", f"{name} is not there"
            continue
        least = expected["min_link_gbit_s"].get(name)
        if state not in {"up", "unknown"}:
            yield "NET_LINK", f"{name} is {state}"
        elif least and number(node.text(f"{base}/speed")) < least * 1000:
            yield "NET_RATE", f"{name}: {node.text(f'{base}/speed').strip()} Mbit/s"
