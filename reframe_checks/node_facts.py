"""Facts of the node that a job runs on and of the program that is to run, taken before the measurement.

``python3 node_facts.py PROGRAM``. It ends with 0 whatever it finds, writes nothing but its lines and asks no
service but squeue, once a job.
"""

import hashlib
import os
import re
import socket
import sys
import time
from pathlib import Path

from facts import Facts, NotReadableError, answer, located, print_facts, program, read, sha256, sources

MAX_LIBRARIES = 60
MAX_HASHED = 128 * 1024 * 1024
"""Bytes of libraries that are hashed, so that the collector stays below a second."""
FIRST_USER_ID = 1000

ENVIRONMENT = re.compile(
    r"(OMP|KMP|GOMP|NCCL|RCCL|UCX|OMPI|PMIX|MPICH|FI|MKL|OPENBLAS|BLIS|CUDA|HIP|ROCR|HSA|TORCH)_\w+"
    r"|LD_LIBRARY_PATH|LD_PRELOAD|MALLOC_\w+|MILLWRIGHT_\w+"
    r"|SLURM_(JOB_(ID|NODELIST|NUM_NODES|PARTITION|ACCOUNT|QOS|CPUS_PER_NODE|GPUS|RESERVATION|START_TIME|END_TIME)"
    r"|CPUS_(ON_NODE|PER_TASK)|NTASKS|NNODES|MEM_PER_NODE|CPU_BIND|MPI_TYPE|CLUSTER_NAME|GPUS_ON_NODE)"
)
SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|PRIVATE", re.IGNORECASE)
BOOT_OPTION = re.compile(
    r"(mitigations|isolcpus|nohz_full|nosmt|idle|iommu|intel_iommu|amd_iommu|intel_pstate|amd_pstate|hugepages"
    r"|hugepagesz|default_hugepagesz|transparent_hugepage|numa_balancing|intel_idle\.max_cstate"
    r"|processor\.max_cstate|cpufreq\.default_governor)(=[\w.,:-]*)?"
)
"""Of the kernel's command line only what bears on speed: the rest may hold a secret."""

LSCPU = {
    "Architecture": "topology.architecture",
    "Model name": "cpu.model",
    "CPU(s)": "topology.cpus",
    "Socket(s)": "topology.sockets",
    "Core(s) per socket": "topology.cores_per_socket",
    "Thread(s) per core": "topology.threads_per_core",
    "NUMA node(s)": "topology.numa_nodes",
    "L1d cache": "topology.l1d_cache",
    "L2 cache": "topology.l2_cache",
    "L3 cache": "topology.l3_cache",
    "Hypervisor vendor": "topology.hypervisor",
}
OPTIONAL = {"Hypervisor vendor"}
DMI = ("sys_vendor", "product_name", "board_name", "bios_vendor", "bios_version", "bios_date", "bios_release")
NVIDIA = (
    "name",
    "uuid",
    "driver_version",
    "vbios_version",
    "power.limit",
    "power.default_limit",
    "clocks.max.sm",
    "clocks.max.memory",
    "clocks.applications.graphics",
    "persistence_mode",
    "ecc.mode.current",
    "mig.mode.current",
    "compute_mode",
    "temperature.gpu",
    "memory.total",
    "pcie.link.gen.max",
    "pcie.link.width.max",
    "serial",
)
PACKAGES = ("torch", "numpy", "nvidia-nccl-cu12", "nvidia-nccl-cu13", "mpi4py")


def entries(folder, pattern):
    """Entries of a folder of sysfs, at most 4096."""
    found = sorted(Path(folder).glob(pattern))[:4096]
    if not found:
        raise NotReadableError(f"no {pattern} in {folder}")
    return found


def counted(values):
    """Distinct values, each with how often it occurs: ``performance x64``."""
    values = list(values)
    return ", ".join(f"{value} x{values.count(value)}" for value in sorted(set(values)))


def libraries(name):
    """Path and digest of each shared library that the loader finds for the program."""
    found, left = {}, MAX_HASHED
    for line in answer("ldd", str(located(name))).splitlines()[:MAX_LIBRARIES]:
        match = re.match(r"\s*(?:(\S+) => )?(/\S+) \(0x", line)
        if match:
            real = Path(match.group(2)).resolve()
            size = real.stat().st_size
            left -= size
            digest = f"sha256:{sha256(real)}" if left >= 0 else f"{size} bytes, not hashed"
            found[match.group(1) or match.group(2)] = f"{real} {digest}"
        elif "not found" in line:
            found[line.split()[0]] = "not found"
    return found


def packages():
    """Version of each package that a probe may import, with the digest of its list of files."""
    from importlib import metadata  # noqa: PLC0415 - Python 3.6 and 3.7 have none

    found = {}
    for name in PACKAGES:
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        record = distribution.read_text("RECORD") or ""
        digest = hashlib.sha256(record.encode()).hexdigest()
        found[name] = f"{distribution.version} files sha256:{digest}"
    return found


def environment():
    """Variables that bear on the measurement."""
    names = sorted(name for name in os.environ if ENVIRONMENT.fullmatch(name))
    return {name: "withheld, may be secret" if SECRET.search(name) else os.environ[name] for name in names}


# The node


def kernel():
    """Release, build and the boot options that bear on speed."""
    options = [word for word in read("/proc/cmdline").split() if BOOT_OPTION.fullmatch(word)]
    system = os.uname()
    return {"release": system.release, "build": system.version, "options": " ".join(options) or "none"}


def operating_system():
    """Name of the distribution, and the C library."""
    lines = dict(line.partition("=")[::2] for line in read("/etc/os-release").splitlines())
    return {
        "name": lines.get("PRETTY_NAME", "unnamed").strip('"'),
        "libc": os.confstr("CS_GNU_LIBC_VERSION") or "unknown",
    }


def topology():
    """What lscpu says, by our names."""
    said = dict(line.partition(":")[::2] for line in answer("env", "LC_ALL=C", "lscpu").splitlines())
    return {
        name: said[key].strip() if key in said else "not said"
        for key, name in LSCPU.items()
        if key in said or key not in OPTIONAL
    }


def numa():
    """CPUs and memory of each NUMA node."""
    folders = entries("/sys/devices/system/node", "node[0-9]*")
    cells = ((f, read(f / "cpulist"), read(f / "meminfo").splitlines()[0].split()[2:]) for f in folders)
    return {folder.name: f"cpus {cpus}, {' '.join(size)}" for folder, cpus, size in cells}


def microcode():
    """Microcode of the first processor."""
    line = next((line for line in read("/proc/cpuinfo").splitlines() if line.startswith("microcode")), None)
    if line is None:
        raise NotReadableError("not in /proc/cpuinfo")
    return line.partition(":")[2].strip()


def of_each_cpu(name):
    """Distinct values of a file of cpufreq over all processors."""
    return counted(map(read, entries("/sys/devices/system/cpu", f"cpu[0-9]*/cpufreq/{name}")))


def clock_range():
    """Lowest and highest clock of the processors just now."""
    lines = read("/proc/cpuinfo").splitlines()
    values = [float(line.partition(":")[2]) for line in lines if line.startswith("cpu MHz")]
    if not values:
        raise NotReadableError("not in /proc/cpuinfo")
    return f"{min(values):.0f} to {max(values):.0f} MHz"


def turbo():
    """Whether the processor may run above its base clock."""
    for path, on in (
        ("/sys/devices/system/cpu/intel_pstate/no_turbo", "0"),
        ("/sys/devices/system/cpu/cpufreq/boost", "1"),
    ):
        if Path(path).exists():
            return "on" if read(path) == on else "off"
    raise NotReadableError("neither intel_pstate nor cpufreq says")


def memory():
    """Total and available memory."""
    lines = dict(line.partition(":")[::2] for line in read("/proc/meminfo").splitlines())
    return {"total": lines["MemTotal"].strip(), "available": lines["MemAvailable"].strip()}


def power_caps():
    """Limits of RAPL, in watts."""
    found = {}
    for limit in entries("/sys/class/powercap", "*:*/constraint_*_power_limit_uw"):
        name = read(str(limit).replace("power_limit_uw", "name"))
        found[f"{limit.parent.name}.{name}_w"] = f"{int(read(limit)) / 1e6:.1f}"
    return found


def accelerators():
    """What nvidia-smi says of each accelerator."""
    rows = answer("nvidia-smi", f"--query-gpu=index,{','.join(NVIDIA)}", "--format=csv,noheader").splitlines()
    cells = [[cell.strip() for cell in row.split(",")] for row in rows]
    return {f"{row[0]}.{name}": row[at] for row in cells[:64] for at, name in enumerate(NVIDIA, start=1)}


def drivers():
    """Versions of the kernel's drivers that have one of their own."""
    modules = ("nvidia", "amdgpu", "mlx5_core", "ib_core", "hfi1", "i40e", "ice", "bnxt_en", "cxi_core")
    versions = {name: f"/sys/module/{name}/version" for name in modules}
    found = {name: read(path) for name, path in versions.items() if Path(path).exists()}
    if not found:
        raise NotReadableError("no driver with a version of its own is loaded")
    return found


def rails():
    """Firmware, board and rate of each InfiniBand or RoCE device."""
    found = {}
    for device in entries("/sys/class/infiniband", "*"):
        for key in ("fw_ver", "board_id"):
            if (device / key).exists():
                found[f"{device.name}.{key}"] = read(device / key)
        for port in entries(device, "ports/*"):
            found[f"{device.name}.port{port.name}"] = f"{read(port / 'rate')}, {read(port / 'state')}"
    return found


def disks():
    """Model, size and kind of each disk; those without a device behind them are none."""
    found = {}
    for disk in entries("/sys/block", "*/device"):
        block = disk.parent
        kind = "rotating" if read(block / "queue/rotational") == "1" else "solid state"
        model = read(disk / "model") if (disk / "model").exists() else "model not known"
        found[block.name] = f"{model}, {int(read(block / 'size')) * 512 / 1e9:.0f} GB, {kind}"
    return found


def links():
    """Speed of each network interface that has one."""
    found = {}
    for link in entries("/sys/class/net", "*/device"):
        try:
            found[link.parent.name] = f"{int(read(link.parent / 'speed'))} Mb/s"
        except (OSError, ValueError):
            found[link.parent.name] = "speed not known"
    return found


# Who else was there


def other_users():
    """Processes of people other than the one that measures."""
    own, count, owners = os.getuid(), 0, set()
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                owner = entry.stat().st_uid
            except OSError:
                continue
            if owner not in {own, 65534} and owner >= FIRST_USER_ID:
                count += 1
                owners.add(owner)
    return {"processes": count, "users": len(owners)}


def other_jobs():
    """Jobs that run on the nodes of this one; asked once, where the job's first task runs."""
    nodes, own = os.environ["SLURM_JOB_NODELIST"], os.environ.get("SLURM_JOB_ID", "")
    rows = answer("squeue", "--noheader", "--states=RUNNING", f"--nodelist={nodes}", "--format=%A %N")
    others = sorted({row.strip() for row in rows.splitlines() if row.split()[:1] != [own] and row.strip()})
    return "; ".join(others) or "none that squeue shows"


def collect_node(name):
    """Everything about this node and the program that is to run on it."""
    found = Facts(
        os.environ.get("SLURMD_NODENAME") or os.environ.get("MILLWRIGHT_NODE") or socket.gethostname()
    )
    started = time.time()
    found.take("collected.at", lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)))
    found.take("collected.by", lambda: f"Python {sys.version.split()[0]}")
    found.take("ran.program", lambda: program(name))
    found.take("ran.source", sources)
    found.take("ran.library", lambda: libraries(name))
    if "python" in Path(name).name:
        found.take("ran.interpreter", lambda: answer(name, "--version").strip())
        found.take("ran.package", packages)
    found.take("environment", environment)
    found.take("kernel", kernel)
    found.take("system", operating_system)
    found.take("", topology)
    found.take("topology.numa", numa)
    found.take("topology.allowed_cpus", lambda: len(os.sched_getaffinity(0)))
    found.take("cpu.microcode", microcode)
    found.take("cpu.smt", lambda: read("/sys/devices/system/cpu/smt/control"))
    for fact, file in (("governor", "scaling_governor"), ("driver", "scaling_driver")):
        found.take(f"clocks.{fact}", lambda file=file: of_each_cpu(file))
    for fact, file in (("min_khz", "scaling_min_freq"), ("max_khz", "scaling_max_freq")):
        found.take(f"clocks.{fact}", lambda file=file: of_each_cpu(file))
    found.take("clocks.now", clock_range)
    found.take("clocks.turbo", turbo)
    found.take("memory", memory)
    found.take("memory.huge_pages", lambda: read("/sys/kernel/mm/transparent_hugepage/enabled"))
    found.take("memory.numa_balancing", lambda: read("/proc/sys/kernel/numa_balancing"))
    for key in DMI:
        found.take(f"firmware.{key}", lambda key=key: read(f"/sys/class/dmi/id/{key}"))
    found.take("power.rapl", power_caps)
    found.take("accelerator", accelerators)
    found.take("driver", drivers)
    found.take("rail", rails)
    found.take("storage", disks)
    found.take("network", links)
    found.take("load.average", lambda: " ".join(f"{load:.2f}" for load in os.getloadavg()))
    found.take("load.other", other_users)
    if "SLURM_JOB_NODELIST" in os.environ and os.environ.get("SLURM_PROCID", "0") == "0":
        found.take("load.other_jobs", other_jobs)
    found.take("collected.seconds", lambda: f"{time.time() - started:.2f}")
    return found


# The build


if __name__ == "__main__":
    print_facts(collect_node(sys.argv[1]))
