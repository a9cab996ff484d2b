"""Fault codes: what each means, whether it takes a node out of service, and what to do.

``runs`` is how many runs in a row must see a fault before the node is drained: a daemon that is being
restarted, or a disk that a job fills for a moment, is no reason to lose a node.
"""

from collections import namedtuple

Fault = namedtuple("Fault", "severity runs means remedy")

DRAIN, WARN = "drain", "warn"

CATALOGUE = {
    "CPU_COUNT": Fault(
        DRAIN,
        1,
        "fewer processors online than the node class has",
        "look for processors taken offline or disabled in the firmware; lscpu",
    ),
    "CPU_THERMAL": Fault(
        DRAIN, 2, "a sensor reports a critical temperature", "check fans, coolant and inlet temperature"
    ),
    "MEM_MISSING": Fault(
        DRAIN,
        1,
        "less memory than Slurm promises to jobs",
        "look for a memory module that was mapped out; dmidecode -t memory",
    ),
    "MEM_UNCORRECTED": Fault(
        DRAIN,
        1,
        "uncorrectable memory errors since boot",
        "replace the memory module; ras-mc-ctl --errors names it",
    ),
    "MEM_CORRECTED": Fault(
        WARN, 1, "many corrected memory errors since boot", "plan to replace the memory module"
    ),
    "GPU_COUNT": Fault(
        DRAIN,
        1,
        "fewer accelerators than the node class has",
        "look in the kernel log; reseat or replace the device",
    ),
    "GPU_DRIVER": Fault(
        DRAIN,
        2,
        "the accelerators' driver does not answer with what it knows",
        "reload the driver or reboot; dmesg, nvidia-smi -q",
    ),
    "GPU_STATE": Fault(
        DRAIN,
        1,
        "an accelerator answers with words instead of values, as one that must be reset does",
        "nvidia-smi -q -i DEVICE; reset the device, reboot, or replace it",
    ),
    "GPU_XID": Fault(
        DRAIN,
        1,
        "the driver logged an error that makes an accelerator unusable",
        "look the number up in NVIDIA's list of XIDs; reset the device or replace it",
    ),
    "GPU_ECC": Fault(
        DRAIN,
        1,
        "uncorrectable errors in an accelerator's memory",
        "reset the device; replace it if they return",
    ),
    "GPU_ROW_REMAP": Fault(
        DRAIN, 1, "an accelerator can't replace a bad row of its memory", "replace the device"
    ),
    "GPU_PCIE": Fault(
        DRAIN,
        2,
        "an accelerator is connected by fewer PCIe lanes than it has",
        "reseat the device or its riser",
    ),
    "GPU_THERMAL": Fault(
        DRAIN,
        2,
        "an accelerator slows down because it is too hot",
        "check fans, coolant and inlet temperature",
    ),
    "IB_LINK": Fault(DRAIN, 2, "an RDMA link is not active", "check cable, port and subnet manager; ibstat"),
    "IB_RATE": Fault(
        DRAIN, 2, "an RDMA link came up slower than it should", "reseat or replace the cable; mlxlink"
    ),
    "NET_LINK": Fault(DRAIN, 2, "a network interface is down", "check cable and switch port; ip link"),
    "NET_RATE": Fault(
        DRAIN, 2, "a network interface came up slower than it should", "check cable and switch port; ethtool"
    ),
    "FS_MISSING": Fault(
        DRAIN, 1, "a file system is not mounted", "mount it; look at its server if that fails"
    ),
    "FS_READ_ONLY": Fault(
        DRAIN,
        1,
        "a file system is mounted read-only",
        "look in the kernel log for the reason before it is mounted again",
    ),
    "FS_ERROR": Fault(
        DRAIN, 1, "a file system answers with errors", "look in the kernel log; unmount it and mount it again"
    ),
    "FS_HUNG": Fault(
        DRAIN, 1, "a file system has not answered for a long time", "check its server and the network to it"
    ),
    "DISK_FULL": Fault(DRAIN, 2, "a file system has too little free space", "find what fills it; du -x"),
    "DISK_INODES": Fault(
        DRAIN, 2, "a file system has too few free inodes", "find what fills it; du -x --inodes"
    ),
    "DISK_ERROR": Fault(
        DRAIN, 1, "the kernel logged errors of a disk or its file system", "smartctl; replace the disk"
    ),
    "CLOCK_SKEW": Fault(
        DRAIN, 2, "the clock is wrong", "check the time service; MUNGE refuses credentials beyond 300 s"
    ),
    "SERVICE_DEAD": Fault(DRAIN, 2, "a service does not run", "systemctl status; journalctl -u"),
    "KERNEL_OOPS": Fault(DRAIN, 1, "the kernel went wrong", "keep the kernel log, then reboot"),
    "KERNEL_LOCKUP": Fault(
        DRAIN, 1, "a processor did not answer the kernel", "keep the kernel log, then reboot"
    ),
    "KERNEL_MCE": Fault(
        DRAIN,
        1,
        "the hardware reported an error that was not corrected",
        "read the kernel log; mcelog or rasdaemon names the part",
    ),
}
