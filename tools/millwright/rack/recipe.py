"""What the nodes' root image consists of; any change here makes a new image."""

import hashlib
import json
import shlex
from dataclasses import asdict, dataclass

from millwright.adapters.ansible.packages import packages_of_groups

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
ROLE_GROUPS = (
    "managed",
    "controller",
    "rest",
    "scheduled",
    "login",
    "harness",
    "modules",
    "containers_podman",
    "emulated",
    "cross_riscv64",
    "exporters",
)
"""Inventory groups whose packages the image brings, so that no host unpacks them by itself.

What a single host needs (database, monitoring, tunnel) is left to its role, which hosts run side by side.
"""

PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""Python of each release of Debian that a rack can run."""
OPERATING_SYSTEMS = {"bookworm": "debian-12", "trixie": "debian-13"}
"""What the roles call each release."""

DPKG_OPTIONS = (
    # A node that breaks is made again, so nothing of it need reach a disk.
    "force-unsafe-io",
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    # One emulator of the forty that qemu-user brings: the others would be a third of the image.
    "path-exclude=/usr/bin/qemu-*",
    "path-include=/usr/bin/qemu-riscv64*",
)
"""dpkg's configuration while the image is built and on the nodes."""
PRESET = ("enable ssh.service", "enable remote-fs.target", "disable *")
"""systemd's preset: a service starts once its role has configured it, as after a role's own installation."""
CUSTOMISATION = (
    # Every node gets its own of these at boot.
    'rm -f "$1"/etc/hostname "$1"/etc/hosts "$1"/etc/ssh/ssh_host_* "$1"/etc/apt/sources.list',
    ': > "$1"/etc/machine-id',
    ': > "$1"/etc/motd',
    ': > "$1"/etc/resolv.conf',
    # The host gives the address; networkd, should a role start it, must not take it away.
    'mkdir -p "$1"/etc/systemd/network; ln -sf /dev/null "$1"/etc/systemd/network/80-container-host0.network',
    'mkdir -p "$1"/run/systemd/system-preset; '
    f"printf '%s\\n' {shlex.join(PRESET)} > \"$1\"/run/systemd/system-preset/00-rack.preset; "
    'chroot "$1" systemctl preset-all --quiet --preset-mode=full; rm -r "$1"/run/systemd',
    # A key that every rack shared would be none; the role brings each its own.
    'rm -f "$1"/etc/munge/munge.key',
    # Nothing may wake up beside a measurement, and nobody logs in on the console.
    'chroot "$1" systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer '
    "e2scrub_all.timer fstrim.timer man-db.timer console-getty.service getty.target",
    "printf '%s\\n' 'Acquire::Languages \"none\";' > \"$1\"/etc/apt/apt.conf.d/90rack",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides how the image comes out."""

    release: str = "trixie"
    components: str = "main"
    packages: tuple[str, ...] = SYSTEM
    dpkg_options: tuple[str, ...] = DPKG_OPTIONS
    customisation: tuple[str, ...] = CUSTOMISATION

    @property
    def python(self) -> str:
        """Version of Python on the nodes."""
        return PYTHONS[self.release]

    def digest(self) -> str:
        """Name of the image: equal recipes share one, and it begins with the release."""
        fields = json.dumps(asdict(self), sort_keys=True).encode()
        return f"{self.release}-{hashlib.sha256(fields).hexdigest()[:16]}"


def rack_recipe(release: str = "trixie") -> Recipe:
    """The image of a rack's nodes: a small system, and the packages of roles that several hosts share."""
    of_roles = packages_of_groups(ROLE_GROUPS, OPERATING_SYSTEMS[release])
    return Recipe(release=release, packages=tuple(sorted({*SYSTEM, *of_roles})))
