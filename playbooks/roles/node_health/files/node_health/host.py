"""Checks of processors, memory, disks, clock, services and the kernel.

Each takes a node and what is expected of it, and yields fault codes with a detail.
"""

# ruff: noqa: ARG001 - every check is called in the same way

import re
from collections.abc import Iterator
from typing import Any

from node_health.reading import CouldNotTestError, Finding, Node, number

KERNEL_FAULTS = (
    ("KERNEL_OOPS", re.compile(r"\bOops: |kernel BUG at |BUG: unable to handle|general protection fault")),
    ("KERNEL_LOCKUP", re.compile(r"(soft|hard) lockup|blocked for more than \d+ seconds.*khungtaskd")),
    ("KERNEL_MCE", re.compile(r"\[Hardware Error\]: .*[Uu]ncorrect|mce: .*Uncorrected|Memory failure: 0x")),
    (
        "DISK_ERROR",
        re.compile(
            r"EXT4-fs error|XFS \(\S+\): .*[Cc]orruption|critical medium error|I/O error, dev (?!loop|sr|fd)"
        ),
    ),
)
XID = re.compile(r"NVRM: Xid \((?:PCI:)?([0-9A-Fa-f:.]+)\): (\d+)")
# https://docs.nvidia.com/deploy/xid-errors/: those whose immediate action is a reset, a reboot or a repair.
# Errors of a job's own program (13, 31, 43, 45, 68 and so on) leave the device usable.
FATAL_XIDS = frozenset({46, 48, 61, 62, 64, 74, 79, 95, 110, 119, 120, 136, 140, 143, 158})
TAINTS = ((4, "KERNEL_MCE"), (7, "KERNEL_OOPS"), (14, "KERNEL_LOCKUP"))
BROKEN = re.compile("Stale file handle|Input/output error|Transport endpoint is not connected")
CORRECTED_ERRORS_MANY = 1000


def processors(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Processors online."""
    parts = node.text("/sys/devices/system/cpu/online").strip().split(",")
    found = sum(
        int(last or first) - int(first) + 1 for first, _, last in (part.partition("-") for part in parts)
    )
    if found < expected["cpus"]:
        yield "CPU_COUNT", f"{found} of {expected['cpus']}"


def memory(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Memory that the kernel sees."""
    found = re.search(r"^MemTotal:\s+(\d+) kB", node.text("/proc/meminfo"), re.MULTILINE)
    if not found:
        raise CouldNotTestError("/proc/meminfo: no MemTotal")
    mib = int(found[1]) // 1024
    if mib < expected["memory_mib"]:
        yield "MEM_MISSING", f"{mib} of {expected['memory_mib']} MiB"


def memory_errors(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Errors that the memory controllers count."""
    base = "/sys/devices/system/edac/mc"
    controllers = [name for name in node.names(base) if re.fullmatch(r"mc\d+", name)]
    if not controllers:
        raise CouldNotTestError(f"{base}: no memory controller reports errors")
    for name in controllers:
        uncorrected = number(node.text(f"{base}/{name}/ue_count"))
        corrected = number(node.text(f"{base}/{name}/ce_count"))
        if uncorrected > 0:
            yield "MEM_UNCORRECTED", f"{name}: {uncorrected:.0f}"
        if corrected > CORRECTED_ERRORS_MANY:
            yield "MEM_CORRECTED", f"{name}: {corrected:.0f}"


def mounts(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """File systems that are mounted, and how; the last of several on one place is the one that is seen."""
    found: dict[str, list[str]] = {}
    for line in node.text("/proc/self/mounts").splitlines():
        fields = line.split(" ")
        found[re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[1])] = fields[3].split(",")
    for mount in expected["mounts"]:
        options = found.get(mount["path"])
        if options is None:
            yield "FS_MISSING", mount["path"]
        elif mount["writable"] and "ro" in options:
            yield "FS_READ_ONLY", mount["path"]


def file_system_answers(node: Node, expected: dict[str, Any], path: str) -> Iterator[Finding]:
    """A file system that answers; one that does not is killed by the time limit, or never returns."""
    try:
        node.space(path)
    except CouldNotTestError as error:
        if BROKEN.search(str(error)):
            yield "FS_ERROR", str(error)
        else:
            raise


def disks(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Free space and inodes of local file systems."""
    for path, least in sorted(expected["min_free_percent"].items()):
        try:
            space, inodes = node.space(path)
        except CouldNotTestError:
            continue  # not every node has each of these places
        if space < least:
            yield "DISK_FULL", f"{path}: {space:.1f} % free"
        if inodes < least:
            yield "DISK_INODES", f"{path}: {inodes:.1f} % free"


def clock(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Difference to the time source, as the time service knows it."""
    try:
        status, text = node.output("chronyc", "-c", "tracking")
    except CouldNotTestError:
        return (yield from _synchronized(node))
    fields = text.strip().split(",")
    if status != 0 or len(fields) < 5:
        raise CouldNotTestError("chronyc: no answer")
    if fields[0] in {"00000000", "7F7F0101"}:
        raise CouldNotTestError("chrony has no time source")
    skew = abs(number(fields[4]))
    if skew > expected["max_clock_skew_s"]:
        yield "CLOCK_SKEW", f"{skew:.1f} s"


def _synchronized(node: Node) -> Iterator[Finding]:
    status, text = node.output("timedatectl", "show", "--property=NTP", "--property=NTPSynchronized")
    if status != 0 or "NTP=yes" not in text.splitlines():
        raise CouldNotTestError("no time service that could be asked")
    if "NTPSynchronized=yes" not in text.splitlines():
        yield "CLOCK_SKEW", "not synchronized"


def services(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Units of systemd. One that is about to start is not dead."""
    units = expected["services"]
    if not units:
        return
    _, text = node.output("systemctl", "is-active", *units)
    states = text.split()
    if len(states) != len(units):
        raise CouldNotTestError("systemctl: no answer")
    for unit, state in zip(units, states, strict=True):
        if state not in {"active", "activating", "reloading"}:
            yield "SERVICE_DEAD", f"{unit} is {state}"


def kernel_log(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """What the kernel wrote since boot."""
    seen: set[Finding] = set()
    for line in node.kernel_log():
        xid = XID.search(line)
        if xid and int(xid[2]) in FATAL_XIDS:
            seen.add(("GPU_XID", f"{xid[1]}: {xid[2]}"))
        for code, pattern in KERNEL_FAULTS:
            if pattern.search(line):
                seen.add((code, "see the kernel log"))
    yield from sorted(seen)


def kernel_taint(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Marks that the kernel keeps until the next boot, also when its log has wrapped."""
    mask = int(number(node.text("/proc/sys/kernel/tainted")))
    for bit, code in TAINTS:
        if mask >> bit & 1:
            yield code, "the kernel is tainted"


def temperature(node: Node, expected: dict[str, Any]) -> Iterator[Finding]:
    """Alarms of the sensors themselves, so that no threshold of ours is needed."""
    base, sensors = "/sys/class/hwmon", 0
    for chip in node.names(base):
        for name in node.names(f"{base}/{chip}"):
            if re.fullmatch(r"temp\d+_crit_alarm", name):
                sensors += 1
                if number(node.text(f"{base}/{chip}/{name}")) != 0:
                    yield "CPU_THERMAL", f"{chip}/{name}"
    if not sensors:
        raise CouldNotTestError(f"{base}: no sensor has an alarm")
