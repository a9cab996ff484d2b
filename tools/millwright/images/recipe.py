"""Everything that decides how the image of a partition comes out: pure data with a digest."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility
from millwright.rack.recipe import SYSTEM, Recipe

Format = Literal["squashfs", "tar.zst"]
FORMATS: tuple[Format, ...] = get_args(Format)

RELEASED_S = {"bookworm": 1_686_355_200, "trixie": 1_754_697_600}
"""When each release of Debian appeared, in seconds since 1970: the age of files unless told otherwise."""

DEBIAN_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "riscv64": "riscv64"}
"""What Debian calls each architecture, in the names of kernels too."""

NETBOOT = ("initramfs-tools", "live-boot", "zstd")
"""What finds the root file system over the network; Warewulf needs the kernel alone."""

SYSTEM_OF_NODES = (
    *(name for name in SYSTEM if name not in {"iputils-ping", "python3-venv", "rsync"}),
    "kmod",
)
"""What Ansible and a boot need; all else comes from the roles."""

IDENTITY_UNIT = """[Unit]
Description=Make the SSH host keys of this node where nothing gave it any
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
Before=ssh.service ssh.socket

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=multi-user.target
"""
UNSAFE_IO = "etc/dpkg/dpkg.cfg.d/90millwright-build"
"""Taken out again before the image is packed."""
DHCP = "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n"


@dataclass(frozen=True, slots=True)
class ImageRecipe:
    """What one image is made of."""

    facility: str
    partition: str
    node: str
    """The node whose place the image takes while the roles run; its name is in no file of the image."""
    release: str
    architecture: str
    """As the kernel names it: ``x86_64``."""
    archive: str
    """Where packages come from; not part of the digest, since mirrors hold the same."""
    declared: str
    """SHA-256 of facility, variables and playbooks."""
    source_date_epoch: int
    """Latest modification time of any file, in seconds since 1970."""
    format: Format
    with_kernel: bool
    keeps_archive: bool
    """Whether nodes go on with this archive; those of a rack are told another at each boot."""

    def digest(self) -> str:
        """Equal recipes give one image."""
        fields = asdict(self)
        fields.pop("archive")
        fields["bootstrap"] = asdict(self.bootstrap())
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """Folder of the image."""
        return f"{self.partition}-{self.release}-{self.digest()}"

    def bootstrap(self) -> Recipe:
        """What mmdebstrap is told, before the roles."""
        kernel = (f"linux-image-{DEBIAN_NAMES[self.architecture]}", *NETBOOT) if self.with_kernel else ()
        return Recipe(
            release=self.release,
            packages=(*SYSTEM_OF_NODES, *kernel),
            dpkg_options=(),
            customisation=tuple(_customisation(with_kernel=self.with_kernel)),
        )


def _customisation(*, with_kernel: bool) -> list[str]:
    lines = [
        # Nobody misses a half-built tree, so nothing of it need reach the disk before the end.
        f'echo force-unsafe-io > "$1"/{UNSAFE_IO}',
        f"printf %s '{IDENTITY_UNIT}' > \"$1\"/etc/systemd/system/millwright-identity.service",
        'chroot "$1" systemctl enable --quiet millwright-identity.service',
    ]
    if with_kernel:
        lines += [
            f"printf %s '{DHCP}' > \"$1\"/etc/systemd/network/90-millwright.network",
            'chroot "$1" systemctl enable --quiet systemd-networkd.service',
        ]
    return lines


def stand_in(facility: Facility, partition: str) -> str:
    """The node whose place an image takes; :exc:`BadInputError` where there is no such partition of Slurm."""
    found = facility.partitions.get(partition)
    if found is None or found.scheduler != "slurm":
        known = [name for name, each in facility.partitions.items() if each.scheduler == "slurm"]
        expected = f"one of {', '.join(known)}{did_you_mean(partition, known)}"
        problem = "no such partition of Slurm" if found is None else "its nodes are not provisioned"
        raise BadInputError([Problem(facility.name, partition, problem, expected, code="MW7507")])
    return found.node_names()[0]


def release_of(facility: Facility, asked: str) -> str:
    """The release of Debian; :exc:`BadInputError` for a system of which no image can be built."""
    release = asked or (facility.virtual.release if facility.virtual else "trixie")
    if release not in RELEASED_S:
        expected = f"one of {', '.join(RELEASED_S)}{did_you_mean(release, RELEASED_S)}"
        text = (
            f"no image of {release!r} can be built, since mmdebstrap knows Debian only; install EL 9 or "
            "SLES 15 with the site's own means, then millwright apply brings nodes to the same state"
        )
        raise BadInputError([Problem("--release", release, text, expected, code="MW2111")])
    return release


def architecture_of(facility: Facility, partition: str, machine: str) -> str:
    """Architecture of the image; :exc:`BadInputError` unless this machine is of it: roles run on the tree."""
    node_class = facility.class_of(partition)
    if node_class is None or node_class.emulated:
        return machine
    if node_class.architecture != machine:
        text = f"nodes are {node_class.architecture} and this machine is {machine}"
        raise BadInputError(
            [
                Problem(
                    facility.name,
                    partition,
                    text,
                    f"a build on a machine of {node_class.architecture}",
                    code="MW7508",
                )
            ]
        )
    return machine
