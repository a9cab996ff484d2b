"""A node's console: how someone who stands before the machine works on it while SSH is out of reach."""

import contextlib
import subprocess
from pathlib import Path

from millwright.rack.processes import is_first_of_container
from millwright.rack.session import open_journal

RELOAD_SSHD = (
    "{ listening() { ss -Hltne 'sport = :22' | grep -o 'ino:[0-9]*'; }; was=$(listening); "
    "systemctl reload ssh && for _ in $(seq 100); do "
    'now=$(listening) && [ "$now" != "$was" ] && break; sleep 0.1; done; }'
)
"""Let sshd read its configuration anew, and wait until it listens again: for a moment it does not."""


class Console:
    """Runs commands on a node of the rack without its network."""

    def __init__(self, plan, node):
        entry = open_journal(plan).process(node)
        children = Path(f"/proc/{entry.pid}/task/{entry.pid}/children").read_text().split()
        self.first = next(int(pid) for pid in children if is_first_of_container(int(pid)))

    def command(self, *arguments):
        """Arguments that start a program on the node."""
        enter = ["nsenter", f"--target={self.first}", "--all", "--wd=/root", "--"]
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return [*enter, "/usr/bin/env", "-i", path, "HOME=/root", *map(str, arguments)]

    def run(self, *arguments, data=None):
        """Run a program to its end; ``data`` is its input in bytes."""
        return subprocess.run(
            self.command(*arguments), input=data, capture_output=True, check=False, timeout=300
        )

    def shell(self, script):
        """What a script printed; it must end well."""
        done = self.run("sh", "-ec", script)
        assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
        return done.stdout.decode()

    def put(self, path, data):
        """Carry a file in."""
        assert self.run("sh", "-c", f'cat > "{path}"', data=data).returncode == 0

    def take(self, path):
        """Carry a file out."""
        done = self.run("cat", path)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def cut_tunnel(gateway):
    """Drop what the tunnel sends and gets, in a table beside the gateway's own."""
    rules = "; ".join(
        f"add chain inet cut {hook} {{ type filter hook {hook} priority -10; }}; "
        f"add rule inet cut {hook} udp {port} 51820 drop"
        for hook, port in (("output", "dport"), ("input", "sport"))
    )
    gateway.shell(f"nft 'add table inet cut; {rules}'")
    try:
        yield
    finally:
        gateway.shell("nft delete table inet cut")
