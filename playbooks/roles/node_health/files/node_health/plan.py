"""Which checks this node has."""

# ruff: noqa: ARG001 - every check is called in the same way

from collections.abc import Iterator
from typing import Any

from node_health.devices import amd, interfaces, nvidia, rdma
from node_health.host import (
    clock,
    disks,
    file_system_answers,
    kernel_log,
    kernel_taint,
    memory,
    memory_errors,
    mounts,
    processors,
    services,
    temperature,
)
from node_health.reading import Check, CouldNotTestError, Finding, Node

ALWAYS: dict[str, Check] = {
    "processors": processors,
    "memory": memory,
    "memory_errors": memory_errors,
    "mounts": mounts,
    "disks": disks,
    "clock": clock,
    "services": services,
    "kernel_log": kernel_log,
    "kernel_taint": kernel_taint,
    "temperature": temperature,
}
BY_VENDOR: dict[str, Check] = {"NVIDIA": nvidia, "AMD": amd}


def planned(expected: dict[str, Any]) -> dict[str, Check]:
    """Name and function of each check, in a fixed order, less those that the site left out."""
    checks = dict(ALWAYS)
    accelerators = expected.get("accelerators")
    if accelerators:
        checks["accelerators"] = BY_VENDOR.get(accelerators["vendor"], _unknown_vendor)
    if expected["rdma_devices"]:
        checks["rdma"] = rdma
    if expected["interfaces"]:
        checks["interfaces"] = interfaces
    for mount in expected["mounts"]:
        checks[f"file_system {mount['path']}"] = _answering(mount["path"])
    return {name: check for name, check in checks.items() if name.split(" ")[0] not in expected["left_out"]}


def _answering(path: str) -> Check:
    return lambda node, expected: file_system_answers(node, expected, path)


def _unknown_vendor(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    raise CouldNotTestError(f"no check for accelerators of {expected['accelerators']['vendor']!r}")
