"""Accelerators of the host that was asked, from what ``nvidia-smi -q -x`` prints."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

ROOT = "nvidia_smi_log"


@dataclass(frozen=True, slots=True)
class Device:
    """One device, as its driver describes it; empty texts are what the driver does not say."""

    name: str
    memory: str
    """With its unit, as printed: ``81559 MiB``."""
    is_divided: bool
    """MIG is on, or will be after the next reset."""
    instances: int
    """MIG devices that exist now."""


def parse_nvidia_smi(text: str) -> tuple[Device, ...]:
    """Devices of the log; none where the text is no such log.

    Drivers print warnings before the XML. A document with entities of its own is no driver's and not read.
    """
    begin = text.find("<?xml")
    if begin < 0 or "<!ENTITY" in text.upper():
        return ()
    try:
        log = ElementTree.fromstring(text[begin:])  # noqa: S314 - without entities nothing can be expanded
    except ElementTree.ParseError:
        return ()
    return tuple(_device(gpu) for gpu in log.findall("gpu")) if log.tag == ROOT else ()


def _device(gpu: ElementTree.Element) -> Device:
    modes = (gpu.findtext("mig_mode/current_mig", ""), gpu.findtext("mig_mode/pending_mig", ""))
    return Device(
        name=gpu.findtext("product_name", "").strip(),
        memory=gpu.findtext("fb_memory_usage/total", "").strip(),
        is_divided="Enabled" in {mode.strip() for mode in modes},
        instances=len(gpu.findall("mig_devices/mig_device")),
    )


def summary(devices: Sequence[Device]) -> str:
    """What the driver says, equal devices once.

    >>> summary([Device("NVIDIA H100", "81559 MiB", False, 0)] * 2)
    "2 x 'NVIDIA H100' with 81559 MiB"
    """
    counts = Counter((device.name, device.memory) for device in devices)
    return ", ".join(
        f"{count} x {name!r}" + (f" with {memory}" if memory else "")
        for (name, memory), count in counts.items()
    )


def division(devices: Sequence[Device]) -> str:
    """How many devices are divided by MIG and into how many instances; empty if none is."""
    divided = [device for device in devices if device.is_divided]
    instances = sum(device.instances for device in divided)
    return f"MIG is on for {len(divided)} devices, with {instances} instances" if divided else ""
