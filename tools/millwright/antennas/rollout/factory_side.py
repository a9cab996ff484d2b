"""The factory's side of the antennas belongs to Ansible: its play is run, never repeated here."""

import datetime
from pathlib import Path

from millwright.adapters.ansible.events import ApplyOptions
from millwright.adapters.ansible.playbook import apply
from millwright.core.errors import ExitCode, FailedError, NotTestableError
from millwright.facility.model import Facility

PLAYBOOK = "antennas.yml"
HOSTS_TAG = "ssh_hosts"
USERS_TAGS = ("ssh_trust", "ssh_entry")


def run_factory_play(facility_file: Path, facility: Facility, *, state: Path, now: datetime.datetime) -> int:
    """Let the login node trust the user CA and take each gateway whose public key was published.

    Gives the number of tasks that changed something.

    Raises :exc:`NotTestableError` if the login node can't be reached, and :exc:`FailedError` with
    the failed tasks.
    """
    return _run(facility_file, facility, ApplyOptions(playbook=PLAYBOOK), state=state, now=now)


def run_host_play(facility_file: Path, facility: Facility, *, state: Path, now: datetime.datetime) -> int:
    """Let every host of the factory show its certificate and know the host CA; raises as the other one."""
    return _run(facility_file, facility, ApplyOptions(tags=(HOSTS_TAG,)), state=state, now=now)


def run_user_play(facility_file: Path, facility: Facility, *, state: Path, now: datetime.datetime) -> int:
    """Let every host that users enter follow the user CAs and the revocations; raises as the first one."""
    return _run(facility_file, facility, ApplyOptions(tags=USERS_TAGS), state=state, now=now)


def _run(
    facility_file: Path, facility: Facility, options: ApplyOptions, *, state: Path, now: datetime.datetime
) -> int:
    result = apply(facility_file, facility, options, state=state, now=now, on_event=lambda _: None)
    if result.exit_code is ExitCode.OK:
        return sum(host.changed for host in result.hosts)
    failures = "; ".join(f"{each.host}: {each.task}: {each.message}" for each in result.failures)
    words = f"the factory's side (playbooks/{options.playbook}): {failures or 'it failed'}; log {result.log}"
    raise (
        NotTestableError(words, code="MW4305")
        if result.exit_code is ExitCode.NOT_TESTED
        else FailedError(words, code="MW4305")
    )
