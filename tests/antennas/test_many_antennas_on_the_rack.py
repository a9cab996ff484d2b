"""Thirteen antennas as one run: all come up, and one that is down or hangs delays nobody.

A rack of its own, fourteen small hosts without Slurm; ``-k "not many_antennas"`` leaves it out.
"""

import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from rack_console import Console

from millwright.antennas.proof.connections import LIMIT_S
from millwright.rack.session import look_at, open_plan

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

FACILITY = Path(__file__).parent / "many" / "facility.yaml"
ANTENNAS = [f"a{number}" for number in range(1, 14)]
PACKAGES = "wireguard-tools wireguard-go"
"""What ``millwright apply`` installs on a login node; a factory without Slurm is none that it provisions."""
INSTALL = "apt-get -qq update && apt-get -qqy --no-install-recommends install"
NOTHING = "tunnel up; changed: 0 on gateways, 0 at the factory"


CUT_OFF_S = 35
"""Longest time until one that says nothing is given up: `antennas/alive.py` asks every 5 s for 30 s."""


def millwright(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "millwright", *arguments], capture_output=True, text=True, check=False
    )


@dataclass(frozen=True)
class Run:
    """One apply of all antennas: what it said, and how long it took (s)."""

    done: subprocess.CompletedProcess
    seconds: float

    @classmethod
    def of_all(cls):
        begun = time.monotonic()
        done = millwright("antenna", "apply", str(FACILITY))
        return cls(done, time.monotonic() - begun)

    @property
    def summary(self):
        """The last line of the report."""
        return self.done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def many(rack_or_reason):
    """Plan of the facility, up; taken down at the end."""
    plan = open_plan(str(FACILITY))
    assert look_at(plan).is_down, "a rack of this name is up already"
    try:
        done = millwright("rack", "up", "--facility", str(FACILITY))
        assert done.returncode == 0, done.stdout + done.stderr
        Console(plan, "many-login").shell(f"{INSTALL} {PACKAGES}")
        yield plan
    finally:
        done = millwright("rack", "down", "--facility", str(FACILITY))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def applied(many):
    """The first run, which changes everything, and the second, which changes nothing."""
    return Run.of_all(), Run.of_all()


def assert_only_one_is_missing(run, antenna, host, all_up):
    """It is named, the others are as described, and nobody waited longer than for one answer."""
    assert run.done.returncode == 3, run.done.stdout + run.done.stderr
    others = [name for name in ANTENNAS if name != antenna]
    assert run.summary == f"{', '.join(others)}: {NOTHING}"
    assert f"\n{antenna}: NOT REACHED: {host} can't be reached as root: " in run.done.stderr
    print(f"{antenna} missing: {run.seconds:.1f} s, all up: {all_up:.1f} s, ratio {run.seconds / all_up:.2f}")
    # Half as much again for a machine that is busy with other things at one of the two times.
    assert run.seconds <= 1.5 * all_up + LIMIT_S


@contextmanager
def hanging(plan, host):
    """A host that accepts connections and says nothing: its kernel answers, sshd stands still."""
    console = Console(plan, host)
    sshd = console.shell("systemctl show --property=MainPID --value ssh.service").strip()
    console.shell(f"kill -STOP {sshd}")
    try:
        yield
    finally:
        console.shell(f"kill -CONT {sshd}")


def test_thirteen_antennas_converge_in_one_run(applied):
    first, second = applied
    assert first.done.returncode == 0, first.done.stdout + first.done.stderr
    assert first.summary.startswith(f"{', '.join(ANTENNAS)}: tunnel up; changed: ")
    assert second.done.returncode == 0, second.done.stdout + second.done.stderr
    assert second.summary == f"{', '.join(ANTENNAS)}: {NOTHING}"
    print(f"13 antennas: {first.seconds:.1f} s from nothing, {second.seconds:.1f} s unchanged")


def test_one_that_hangs_delays_nobody(many, applied):
    with hanging(many, "many-g5"):
        run = Run.of_all()
    assert_only_one_is_missing(run, "a5", "many-g5", applied[1].seconds)


@contextmanager
def vanishing_meanwhile(plan, host):
    """A host that is gone, without a word, once it is being installed anew; back when the block ends."""
    console = Console(plan, host)
    console.shell("apt-get -qqy purge unattended-upgrades; install -d /etc/apt/apt.conf.d")
    route = console.shell("ip route show default").strip()
    try:
        # apt itself takes the network away as soon as it begins: nothing is refused, nothing is reset.
        console.put("/etc/apt/apt.conf.d/00vanish", b'APT::Update::Pre-Invoke {"ip link set host0 down";};\n')
        yield
    finally:
        back = f"ip link set host0 up; ip route replace {route}"
        console.shell(f"rm -f /etc/apt/apt.conf.d/00vanish; {back if route else 'ip link set host0 up'}")


def test_one_that_vanishes_in_the_middle_is_cut_off_and_the_next_apply_finishes_it(many, applied):
    with vanishing_meanwhile(many, "many-g9"):
        run = Run.of_all()
    assert run.done.returncode == 3, run.done.stdout + run.done.stderr
    others = [name for name in ANTENNAS if name != "a9"]
    assert run.summary == f"{', '.join(others)}: {NOTHING}"
    assert "\na9: NOT REACHED: vanished in the middle of its deploy, with " in run.done.stderr
    assert "Ensure WireGuard, the packet filter and security updates are installed" in run.done.stderr
    print(f"a9 vanished: {run.seconds:.1f} s, all up: {applied[1].seconds:.1f} s")
    assert run.seconds <= 1.5 * applied[1].seconds + CUT_OFF_S + LIMIT_S
    again = Run.of_all()
    assert again.done.returncode == 0, again.done.stdout + again.done.stderr
    assert "changed  many-g9: Ensure WireGuard, the packet filter" in again.done.stdout


def test_one_that_is_switched_off_delays_nobody(many, applied):
    Console(many, "many-g7").run("systemctl", "--force", "--force", "poweroff")
    assert_only_one_is_missing(Run.of_all(), "a7", "many-g7", applied[1].seconds)
