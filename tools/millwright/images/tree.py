"""A tree in which programs run without booting it: none of its services starts."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import FailedError
from millwright.core.process import english_environment, output_of, tail
from millwright.rack.cgroups import Cgroup, Hierarchies
from millwright.rack.down import end_member, forget_machine
from millwright.rack.files import write_file
from millwright.rack.keys import CLIENT_OPTIONS, quote_path
from millwright.rack.node import launcher
from millwright.rack.processes import is_first_of_container

INSIDE = "/run/millwright"
START_S = 20.0
POLL_S = 0.1
STAY = f"mkdir -p /run/sshd && : > {INSIDE}/up; while :; do sleep 3600; done"
"""The container's first process: it keeps the tree open, and no service manager is there."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """How the tree is entered while a container keeps it open."""

    pid: int
    ssh_config: Path


def sshd_config(proxy: str | None) -> str:
    """For one sshd that serves one connection; the keys are this build's own and lie outside of the tree."""
    offline = "SYSTEMD_OFFLINE=1 DEBIAN_FRONTEND=noninteractive"
    return (
        f"HostKey {INSIDE}/host_key\nAuthorizedKeysFile {INSIDE}/client_key.pub\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nPermitRootLogin prohibit-password\n"
        f"SetEnv {offline}{f' http_proxy={proxy} https_proxy={proxy}' if proxy else ''}\n"
    )


def nspawn_argv(tree: Path, folder: Path, name: str) -> list[str]:
    """Arguments that keep a tree open: the machine's network for packages, and no systemd."""
    return [
        *("systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--console=pipe", "--link-journal=no"),
        *("--resolv-conf=bind-host", "--timezone=off", f"--directory={tree}"),
        *(f"--machine={name}", f"--hostname={name}"),
        f"--bind={folder}:{INSIDE}",
        *("/bin/sh", "-c", STAY),
    ]


def ssh_config(name: str, pid: int, folder: Path) -> str:
    """How OpenSSH reaches the tree: through namespaces instead of a network."""
    enter = f"nsenter --target {pid} --mount --uts --ipc --pid --root --wd=/"
    lines = [
        "User root",
        f"ProxyCommand {enter} /usr/sbin/sshd -i -f {INSIDE}/sshd_config",
        f"HostKeyAlias {name}",
        f"IdentityFile {quote_path(folder / 'client_key')}",
        f"UserKnownHostsFile {quote_path(folder / 'known_hosts')}",
        *CLIENT_OPTIONS,
    ]
    return f"Host {name}\n" + "".join(f"  {line}\n" for line in lines)


def _make_keys(folder: Path, name: str, proxy: str | None) -> None:
    for key in ("client_key", "host_key"):
        output_of(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "millwright image", "-f", folder / key]
        )
    host = " ".join((folder / "host_key.pub").read_text().split()[:2])
    write_file(folder / "known_hosts", f"{name} {host}\n")
    write_file(folder / "sshd_config", sshd_config(proxy))


@contextlib.contextmanager
def opened(  # noqa: PLR0913, PLR0917 - what a container is made of
    tree: Path, folder: Path, name: str, group: Cgroup, hierarchies: Hierarchies, proxy: str | None
) -> Iterator[Entrance]:
    """Keep a tree open; when this is left, nothing that ran in it runs any more and nothing is mounted.

    ``folder`` is empty, outside of the tree, and holds keys of this build.
    """
    _make_keys(folder, name, proxy)
    end_member(group)
    forget_machine(name)
    group.make()
    log = folder / "container.log"
    try:
        _start(nspawn_argv(tree, folder, name), group, log, hierarchies)
        pid = _await(group, folder, log)
        write_file(folder / "ssh_config", ssh_config(name, pid, folder))
        yield Entrance(pid, folder / "ssh_config")
    finally:
        end_member(group, limit_s=0.0)
        forget_machine(name)


def _start(argv: Sequence[str], group: Cgroup, log: Path, hierarchies: Hierarchies) -> None:
    unified = {} if hierarchies.unified else {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    with log.open("wb") as output, Path(os.devnull).open("rb") as nothing:
        subprocess.Popen(
            [*launcher(group), *argv],
            stdin=nothing,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
            env=english_environment(unified),
        )


def _await(group: Cgroup, folder: Path, log: Path) -> int:
    """The container's first process, once it has made its tree ready."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        first = next((pid for pid in group.pids() if is_first_of_container(pid)), None)
        if first is not None and (folder / "up").exists():
            return first
        time.sleep(POLL_S)
    raise FailedError(
        f"the tree of the image could not be entered: {tail(log.read_text(errors='replace'), 4)}",
        code="MW7509",
    )
