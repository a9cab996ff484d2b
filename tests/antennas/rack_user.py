"""A user at home with a fresh home folder: plain ``ssh`` and ``rsync``, and what the antenna handed out."""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HOME = Path(pwd.getpwuid(os.getuid()).pw_dir)
"""Where OpenSSH looks, whatever ``$HOME`` says."""
ENTER = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'


def millwright(*arguments):
    """What a command printed on stdout; it must end well."""
    command = [sys.executable, "-m", "millwright", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class AtHome:
    """Runs programs that see ``folder`` as the home folder of this account."""

    folder: Path
    alias: str

    @classmethod
    def settle(cls, folder, antenna, user):
        """Follow the three steps that the printed configuration names."""
        ssh = folder / ".ssh"
        ssh.mkdir(parents=True, mode=0o700)
        home = cls(folder, f"rack-{antenna}")
        home.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", HOME / ".ssh" / home.alias)
        key = ssh / f"{home.alias}.pub"
        certificate = millwright("antenna", "certify", "rack", key, "-a", antenna, "-u", user)
        (ssh / f"{home.alias}-cert.pub").write_text(certificate)
        config = millwright("antenna", "config", "rack", "-a", antenna, "-u", user)
        (ssh / "config").write_text(config)
        (ssh / "config").chmod(0o600)
        return home

    def command(self, *arguments):
        """Arguments that start a program at home."""
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "sh"]
        return [*enter, str(self.folder), str(HOME), *map(str, arguments)]

    def run(self, *arguments, check=True):
        """Run a program to its end."""
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=120,
            cwd="/",
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def at_factory(self, command):
        """What a command at the factory printed."""
        return self.run("ssh", self.alias, command).stdout
