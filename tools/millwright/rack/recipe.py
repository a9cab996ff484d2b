"""What the nodes' root image consists of; any change here makes a new image."""

import hashlib
import json
from dataclasses import asdict, dataclass

SYSTEM = (
    "ca-certificates",
    "dbus",
    "iproute2",
    "iputils-ping",
    "openssh-server",
    "python3",
    "python3-apt",
    "python3-venv",
    "rsync",
    "sudo",
    "systemd",
    "systemd-sysv",
)
TOOLCHAIN = (
    "gcc",
    "libc6-dev",
    "libopenblas-dev",
    "libopenmpi-dev",
    "libpmix-dev",
    "make",
    "openmpi-bin",
)
SERVICES = ("chrony", "crun", "fuse-overlayfs", "lmod", "passt", "podman", "ucx-utils", "uidmap")
"""What a run would otherwise unpack on each node by itself."""
RISCV = ("gcc-riscv64-linux-gnu", "libc6-dev-riscv64-cross", "qemu-user")

PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""Python of each release of Debian that a rack can run."""

LEFT_OUT = (
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    # One emulator of the forty that qemu-user brings: the others would be a third of the image.
    "path-exclude=/usr/bin/qemu-*",
    "path-include=/usr/bin/qemu-riscv64*",
)
CUSTOMISATION = (
    # Every node gets its own of these at boot.
    'rm -f "$1"/etc/hostname "$1"/etc/hosts "$1"/etc/ssh/ssh_host_* "$1"/etc/apt/sources.list',
    ': > "$1"/etc/machine-id',
    ': > "$1"/etc/motd',
    ': > "$1"/etc/resolv.conf',
    # The host gives the address; networkd, should a role start it, must not take it away.
    'mkdir -p "$1"/etc/systemd/network; ln -sf /dev/null "$1"/etc/systemd/network/80-container-host0.network',
    # Nothing may wake up beside a measurement, and nobody logs in on the console.
    'chroot "$1" systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer '
    "e2scrub_all.timer fstrim.timer man-db.timer console-getty.service getty.target",
    "printf '%s\\n' 'Acquire::Languages \"none\";' > \"$1\"/etc/apt/apt.conf.d/90rack",
    'echo force-unsafe-io > "$1"/etc/dpkg/dpkg.cfg.d/90rack',
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides how the image comes out."""

    release: str = "trixie"
    components: str = "main"
    packages: tuple[str, ...] = (*SYSTEM, *TOOLCHAIN, *SERVICES, *RISCV)
    dpkg_options: tuple[str, ...] = LEFT_OUT
    customisation: tuple[str, ...] = CUSTOMISATION

    @property
    def python(self) -> str:
        """Version of Python on the nodes."""
        return PYTHONS[self.release]

    def digest(self) -> str:
        """Name of the image: equal recipes share one, and it begins with the release."""
        told = json.dumps(asdict(self), sort_keys=True).encode()
        return f"{self.release}-{hashlib.sha256(told).hexdigest()[:16]}"
