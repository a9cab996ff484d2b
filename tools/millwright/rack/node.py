"""One node: a container with its own systemd, cgroup, network and overlay on the shared image."""

import base64
import subprocess
from collections.abc import Sequence
from pathlib import Path

from millwright.core.process import english_environment
from millwright.rack.cgroups import Cgroup, Hierarchies
from millwright.rack.files import give_to_caller, write_file
from millwright.rack.keys import client_key, host_key, public_key
from millwright.rack.plan import RackNode, RackPlan

TUN = Path("/dev/net/tun")

# Joins the cgroups named before "--", then becomes the program after it: what it starts can
# never be outside of them. All data comes as arguments, none as shell text.
JOIN_AND_BECOME = (
    'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 71; shift; done; shift; exec "$@"'
)


def _file_line(path: str, mode: str, text: str) -> str:
    encoded = base64.b64encode(text.encode()).decode()
    return f"f~ {path} {mode} root root - {encoded}"


def render_hosts(plan: RackPlan) -> str:
    """``/etc/hosts`` with which a node boots; slurmd, for one, gives up where names do not resolve."""
    lines = ["127.0.0.1 localhost", "::1 localhost"]
    lines += [f"{node.address} {node.name}.{plan.domain} {node.name}" for node in plan.nodes]
    return "\n".join(lines) + "\n"


def render_apt_source(plan: RackPlan, release: str, components: str) -> str:
    """The only archive that a node can reach."""
    return (
        f"Types: deb\nURIs: {plan.mirror_url}\nSuites: {release}\nComponents: {components}\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )


def render_pip_config(plan: RackPlan) -> str:
    """Let pip take packages from the rack's wheelhouse and nowhere else."""
    return f"[global]\nno-index = true\nfind-links = {plan.wheels_url}\ntrusted-host = {plan.gateway}\n"


SSHD = {"bookworm": "", "trixie": "PerSourcePenalties no\n"}
"""Everyone who knocks at a rack sits on this machine: what a rehearsal provokes must not lock it out.

Bookworm's sshd has no such penalties, and refuses the word.
"""


def render_seed(plan: RackPlan, node: RackNode, release: str, components: str) -> str:
    """What makes the shared image this node, as tmpfiles.d(5) lines that systemd applies at boot."""
    private = host_key(plan, node.name)
    lines = [
        _file_line("/etc/ssh/ssh_host_ed25519_key", "0600", private.read_text()),
        _file_line("/etc/ssh/ssh_host_ed25519_key.pub", "0644", f"{public_key(private)} {node.name}\n"),
        "d /root/.ssh 0700 root root -",
        _file_line("/root/.ssh/authorized_keys", "0600", f"{public_key(client_key(plan))} rack\n"),
        _file_line("/etc/ssh/sshd_config.d/50-rack.conf", "0644", SSHD[release]),
        _file_line("/etc/hosts", "0644", render_hosts(plan)),
        _file_line(
            "/etc/apt/sources.list.d/rack.sources", "0644", render_apt_source(plan, release, components)
        ),
        _file_line("/etc/pip.conf", "0644", render_pip_config(plan)),
    ]
    return "\n".join(lines) + "\n"


def _bound(path: Path) -> str:
    """A path in an option of systemd-nspawn, where a colon separates."""
    return str(path).replace("\\", "\\\\").replace(":", "\\:")


def nspawn_argv(plan: RackPlan, node: RackNode, image: Path, seed: Path, *, tun: bool) -> list[str]:
    """Arguments of systemd-nspawn for one node."""
    pinned = [] if node.core is None else ["taskset", "--cpu-list", str(node.core)]
    return [
        *pinned,
        "systemd-nspawn",
        *("--register=no", "--keep-unit", "--quiet", "--boot", "--volatile=overlay"),
        f"--directory={image}",
        f"--machine={node.name}",
        f"--hostname={node.name}",
        f"--network-bridge={plan.bridge}",
        *("--console=pipe", "--resolv-conf=off", "--timezone=off", "--link-journal=no"),
        f"--load-credential=tmpfiles.extra:{seed}",
        f"--bind={_bound(plan.shared)}:/shared",
        *([f"--bind={TUN}"] if tun else []),
    ]


def launcher(cgroup: Cgroup) -> list[str]:
    """Arguments that put a program into a cgroup before it starts."""
    return ["/bin/sh", "-c", JOIN_AND_BECOME, "sh", *(str(folder) for folder in cgroup.folders), "--"]


def launch(argv: Sequence[str], cgroup: Cgroup, log: Path, hierarchies: Hierarchies) -> int:
    """Start a program in its cgroup and in a session of its own, so that it outlives us; its pid."""
    unified = {} if hierarchies.unified else {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    with log.open("wb") as output:
        give_to_caller(log)
        process = subprocess.Popen(
            [*launcher(cgroup), *argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            env=english_environment(unified),
        )
    return process.pid


def write_seed(plan: RackPlan, node: RackNode, release: str, components: str) -> Path:
    """Write the node's seed, which holds its private host key, for root only."""
    path = plan.state / "run" / f"{node.name}.seed"
    write_file(path, render_seed(plan, node, release, components), mode=0o600)
    return path
