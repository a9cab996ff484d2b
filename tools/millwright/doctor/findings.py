"""Findings of ``millwright doctor``: what is missing, which commands need it, and the line that mends it."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from millwright.core.node_sets import fold
from millwright.core.programs import Need, Program
from millwright.doctor.machine import Machine, WrongVersion
from millwright.doctor.site import Site

FLEET = ("plan, apply, drift, maintain", "nodes, accounts, munge")
TESTS = "make test"
SCHEDULE = "antenna schedule"
COMMANDS: Mapping[str, tuple[Need, ...]] = {
    "facility check": (),
    "facility discover": (Need.DISCOVER,),
    "rack": (Need.RACK,),
    **dict.fromkeys(FLEET, (Need.PROVISION,)),
    "antenna": (Need.ANTENNA,),
    SCHEDULE: (Need.ANTENNA,),
    "run": (Need.RUN,),
    "run workstation": (Need.RUN, Need.WORKSTATION),
    "report": (),
    "results": (Need.RESULTS,),
    "image": (Need.IMAGE,),
    TESTS: (Need.SETUP, Need.TESTS),
}
"""Commands, or groups of them, with what they need."""

BY_THEMSELVES = (Need.RACK, Need.TESTS)
"""`millwright rack up` and `make test` install the packages for these by themselves if they may."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing."""

    subject: str
    detail: str
    """Why it counts as missing; empty if it is just not there."""
    mend: str
    """The line that mends it, to be typed in a shell; or what to do, if no one line does."""
    commands: tuple[str, ...]
    """Commands of :data:`COMMANDS` that need it."""
    is_optional: bool = False
    """Commands do without it, or install it by themselves."""


@dataclass(frozen=True, slots=True)
class CommandState:
    """Whether one command can run here."""

    command: str
    missing: tuple[str, ...]
    """Subjects of the findings that keep it from running."""

    @property
    def is_ready(self) -> bool:
        """Nothing is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All commands and everything that is missing."""

    facility: str | None
    python: str
    hosts: int | None
    """How many hosts of the facility were tried; None if no facility was named."""
    commands: tuple[CommandState, ...]
    findings: tuple[Finding, ...]

    @property
    def is_complete(self) -> bool:
        """Every command can run."""
        return all(command.is_ready for command in self.commands)


def diagnose(machine: Machine, site: Site | None = None) -> Diagnosis:
    """What keeps which commands from running: on this machine, or those of ``site``."""
    commands = _commands_of(machine, site)
    found = [
        Finding(f.subject, f.detail, f.mend, kept, f.is_optional)
        for f in (*find_on_machine(machine), *(find_at_site(site) if site else ()))
        if (kept := tuple(command for command in f.commands if command in commands))
    ]
    states = tuple(
        CommandState(command, tuple(f.subject for f in found if command in f.commands and not f.is_optional))
        for command in commands
    )
    return Diagnosis(
        site.facility if site else None,
        machine.python,
        len(site.hosts) if site else None,
        states,
        tuple(found),
    )


def _commands_of(machine: Machine, site: Site | None) -> tuple[str, ...]:
    """The commands that are of any use here."""
    if site is None:
        return tuple(command for command in COMMANDS if command != TESTS or machine.is_checkout)
    left_out = {TESTS, *(() if site.runs_here else ("run workstation",))}
    if not site.is_virtual:
        left_out.add("rack")
    if not site.has_antennas:
        left_out |= {"antenna", SCHEDULE}
    if not site.hosts:
        left_out |= {
            "run",
            "plan, apply, drift, maintain",
            "nodes, accounts, munge",
            "image",
            "facility discover",
        }
    return tuple(command for command in COMMANDS if command not in left_out)


def find_on_machine(machine: Machine) -> Iterator[Finding]:
    """What is missing on this machine, whatever the site."""
    everything = tuple(COMMANDS)
    if not machine.is_python_new_enough:
        yield Finding(
            "Python", f"is {machine.python}, not 3.11 or newer", _install(["python3"], machine), everything
        )
    if machine.wrong_packages:
        yield Finding(
            "Python packages",
            ", ".join(_describe(package) for package in machine.wrong_packages),
            "make setup" if machine.is_checkout else "pip install --upgrade millwright",
            everything,
        )
    if machine.wrong_openssh:
        yield Finding(
            "OpenSSH",
            _describe(machine.wrong_openssh),
            _install(["openssh-client"], machine),
            _needing(Need.ANTENNA, Need.RESULTS, Need.RACK),
        )
    yield from _find_programs(machine)
    for command, lacks in (("rack", machine.rack_lacks), ("image", machine.image_lacks)):
        for lack in lacks:
            if "(packages " not in lack and "apt-get install" not in lack:  # the table has these programs
                yield Finding(lack, "", _mend_lack(lack), (command,))
    if machine.user_systemd:
        yield Finding(
            "systemd for this account",
            machine.user_systemd.partition(": log in")[0],
            USER_SYSTEMD,
            (SCHEDULE,),
        )


def _find_programs(machine: Machine) -> Iterator[Finding]:
    """Absent programs, those of one package and one use together."""
    together: dict[tuple[tuple[str, ...], str | None, bool], list[Program]] = {}
    for program in machine.absent:
        if program.name == "sudo" and machine.is_root:
            continue
        for commands, is_optional in _uses(program, machine):
            together.setdefault((commands, program.package, is_optional), []).append(program)
    for (commands, package, is_optional), programs in together.items():
        subject = ", ".join(program.label for program in programs)
        detail = _why_optional(programs) if is_optional else ""
        line = _install([package] if package else [], machine)
        yield Finding(subject, detail, line, commands, is_optional)


def _uses(program: Program, machine: Machine) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Commands that need a program; apart, those that do without it or install it by themselves."""
    installing = BY_THEMSELVES if machine.can_install else ()
    strict = [need for need in program.needs if not program.optional and need not in installing]
    commands = _needing(*strict)
    if commands:
        yield commands, False
    rest = tuple(command for command in _needing(*program.needs) if command not in commands)
    if rest:
        yield rest, True


def _why_optional(programs: Iterable[Program]) -> str:
    if all(program.optional for program in programs):
        return "used if it is there"
    return "installed by the commands that need it"


def _needing(*needs: Need) -> tuple[str, ...]:
    return tuple(command for command, wanted in COMMANDS.items() if set(needs) & set(wanted))


def _describe(wrong: WrongVersion) -> str:
    found = f"is {wrong.found}" if wrong.found else "is missing"
    return f"{wrong.name} {found}, not {wrong.wanted}"


def _install(packages: Iterable[str], machine: Machine) -> str:
    names = " ".join(shlex.quote(package) for package in packages)
    return f"{'' if machine.is_root else 'sudo '}apt-get install --no-install-recommends {names}"


USER_SYSTEMD = "log in by SSH on a machine that runs systemd; there: loginctl enable-linger"
MENDS = (
    ("root", "sudo -v, or run the command as root"),
    ("cgroup", "mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified"),
    ("/dev/net/tun", "modprobe tun"),
    ("free disk space", "free some disk space there"),
    ("Linux", "use a machine with Debian or Ubuntu"),
)


def _mend_lack(lack: str) -> str:
    return next((line for word, line in MENDS if word in lack), "see docs/reference/rack.md")


def find_at_site(site: Site) -> Iterator[Finding]:
    """Hosts of the facility that can't be entered, those with the same reason together."""
    together: dict[tuple[str, str], list[str]] = {}
    for host in site.hosts:
        if host.reason:
            together.setdefault((host.reason, host.mend), []).append(host.name)
    for (reason, mend), names in together.items():
        fleet = () if set(names) <= set(site.gateways) else FLEET
        yield Finding(fold(names), reason, mend, (*fleet, "antenna", SCHEDULE, "run"))
