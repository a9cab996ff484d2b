"""A factory and a machine at a national site, as their operator, the site and a user see them."""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml
from rack_user import HOME, AtHome

from millwright.core.places import STATE_VARIABLE, product_root
from millwright.rack.cgroups import cgroup_of, find_hierarchies
from millwright.rack.keys import host_key
from millwright.rack.mounts import MOUNTINFO
from millwright.rack.plan import RackPlan

WHOLE = Path(__file__).parent / "cases/tour/facility.yaml"
GATEWAY = "gw-coast"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key.pub"


def millwright(*words: object, code: int = 0, **more: object) -> str:
    """What a command printed; it ends with this code."""
    command = [sys.executable, "-m", "millwright", *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, **more)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return " ".join((done.stdout + done.stderr).split())


def _merged(mine: dict, told: dict) -> dict:
    """What stands in a file after an editor added to it."""
    within = {
        key: _merged(mine.get(key, {}), value) for key, value in told.items() if isinstance(value, dict)
    }
    return mine | told | within


@dataclass(frozen=True)
class Tour:
    """Hosts that run, and the folder of an operator who has seen none of them yet."""

    plan: RackPlan
    folder: Path

    @property
    def file(self) -> Path:
        """The facility file, which ``tour`` names where commands are typed."""
        return self.folder / "tour" / "facility.yaml"

    @property
    def environment(self) -> dict[str, str]:
        """A state folder of the operator's own: no key, no CA, nothing is there before the walk."""
        return {STATE_VARIABLE: str(self.folder / "state")}

    def begin(self) -> None:
        """Describe the factory alone, to an operator who knows the host key neither of login nor gateway."""
        shutil.copytree(product_root() / "inventories/rack/group_vars", self.file.parent / "group_vars")
        settings = self.file.parent / "group_vars" / "all.yml"
        served = f"'{self.plan.state}'"  # what the rack serves lies with the rack, not with its operator
        settings.write_text(settings.read_text().replace("facility_state_folder", served))
        known = self.folder / "known_hosts"
        own = f"Host login {GATEWAY}\n  UserKnownHostsFile {known}\nHost *\nInclude {self.plan.ssh_config}\n"
        (self.folder / "ssh_config").write_text(own)
        told = yaml.safe_load(WHOLE.read_text())
        told["ssh"]["config"] = str(self.folder / "ssh_config")
        del told["addresses"][GATEWAY]
        self._write(told)

    def merge(self, told: dict) -> None:
        """Add to the facility file what a how-to says."""
        self._write(_merged(yaml.safe_load(self.file.read_text()), told))

    def forget_antennas(self) -> None:
        """Describe no antenna any more."""
        found = yaml.safe_load(self.file.read_text())
        del found["antennas"], found["acceptance"], found["addresses"][GATEWAY]
        self._write(found)

    def _write(self, told: dict) -> None:
        self.file.write_text(yaml.safe_dump(told, sort_keys=False))

    def millwright(self, *words: str, code: int = 0) -> str:
        """Type a command of the operator's that is no part of the how-to."""
        return millwright(*words, code=code, cwd=self.folder, env={**os.environ, **self.environment})

    def on(self, host: str, command: str, data: bytes | None = None) -> str:
        """Run a shell command on a host as somebody who stands before it; ``data`` is its input."""
        done = subprocess.run(
            ["ssh", "-F", str(self.plan.ssh_config), host, command],
            check=False,
            capture_output=True,
            input=data,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout.decode().strip()

    def fingerprint(self, host: str, words: list[str]) -> str:
        """What somebody at the host reads out of what a command prints there."""
        return self.on(host, shlex.join(words)).split()[1]

    def install_anew(self, host: str) -> None:
        """Put an empty machine with another host key in a host's place."""
        cgroup_of(find_hierarchies(MOUNTINFO.read_text()), self.plan.name, host).kill()
        for path in host_key(self.plan, host).parent.iterdir():
            path.unlink()
        millwright("rack", "up", "--facility", WHOLE)

    def settle(self, user: str) -> AtHome:
        """The first of the three steps that the printed configuration names: a user makes a key."""
        home = AtHome(self.folder / user, "tour-coast")
        (home.folder / ".ssh").mkdir(parents=True, mode=0o700)
        home.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", HOME / ".ssh" / home.alias)
        shutil.copy(home.folder / ".ssh" / f"{home.alias}.pub", self.folder / f"{user}.pub")
        return home

    def hand_over(self, home: AtHome, user: str) -> None:
        """The other two steps: the certificate that came back, and the text that was sent."""
        ssh = home.folder / ".ssh"
        shutil.copy(self.folder / f"{home.alias}-cert.pub", ssh)
        shutil.copy(self.folder / f"{user}.txt", ssh / "config")
        (ssh / "config").chmod(0o600)
