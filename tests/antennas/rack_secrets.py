"""Every secret of the rack, and commands that are watched for showing one."""

import subprocess
import sys
from dataclasses import dataclass, field

from rack_console import Console
from secret_search import Sampler, files_below, find

from millwright.core.places import product_root, state_folder

STATE = state_folder("rack")
TUNNELS = {"rack-login": "wg-antennas", "rack-antenna": "wg0", "rack-antenna2": "wg0"}
"""The tunnel's interface on each host that has a key of its own."""


def secret_files():
    """Every private key of the state folder, and what is named as a key."""
    keys = [path for path in STATE.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()[:100]]
    return [*keys, STATE / "munge.key", *STATE.glob("*jwt*.key")]


def secrets_here():
    """The secrets of the state folder by their file."""
    found = {str(path): path.read_bytes() for path in secret_files()}
    assert {"munge.key", "user_ca", "host_ca", "jwt_hs256.key"} <= {name.rpartition("/")[2] for name in found}
    return found


def secrets_there(plan):
    """The private keys of the tunnels by their host."""
    return {
        host: Console(plan, host).run("wg", "show", tunnel, "private-key").stdout
        for host, tunnel in TUNNELS.items()
    }


@dataclass
class Watch:
    """What commands printed, what processes showed meanwhile, and the secrets that there were at any time."""

    plan: object
    printed: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, bytes] = field(default_factory=dict)

    def run(self, *words):
        """Run ``millwright antenna`` with these words to its end."""
        self._learn()
        command = [sys.executable, "-m", "millwright", "antenna", *map(str, words)]
        with Sampler() as sampler:
            done = subprocess.run(command, capture_output=True, check=False, cwd=product_root())
        self.seen |= sampler.seen
        self.printed[" ".join(map(str, words))] = done.stdout + done.stderr
        self._learn()
        return done

    def _learn(self):
        """A command makes some secrets and destroys others."""
        found = secrets_here() | secrets_there(self.plan)
        self.secrets |= {f"{name} {hash(secret)}": secret for name, secret in found.items()}

    def assert_nothing_came_to_light(self):
        """Neither in a list of processes, nor in what was printed, nor in what was written."""
        self.assert_processes_show_nothing()
        self.assert_nothing_is_printed()
        self.assert_nothing_is_written()

    def assert_processes_show_nothing(self):
        """No command line and no environment holds a secret; each command was seen while it ran."""
        lines = b"\n".join(self.seen.values()).replace(b"\0", b" ")
        unseen = [words for words in self.printed if f"antenna {words}".encode() not in lines]
        assert self.printed and unseen == [], f"not seen at all: {unseen}"
        assert not find(self.secrets, self.seen)

    def assert_nothing_is_printed(self):
        """Nobody who ran a command has read a secret."""
        assert not find(self.secrets, self.printed)

    def assert_nothing_is_written(self):
        """No log, journal of an apply, result or journal of a host holds a secret."""
        assert not find(self.secrets, files_below(STATE, product_root() / "results", besides=secret_files()))
        for host in TUNNELS:
            journal = Console(self.plan, host).run("journalctl", "--no-pager", "-o", "cat").stdout
            assert b"sshd" in journal or b"Accepted" in journal
            assert not find(self.secrets, {host: journal})
