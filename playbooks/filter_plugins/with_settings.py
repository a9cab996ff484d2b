"""Ansible filter ``with_settings``: a site's own settings in the place of those that a template writes."""

from collections.abc import Callable, Mapping

from ansible.errors import AnsibleFilterError

FROM_THE_FACILITY = ("clustername", "slurmctldhost", "nodename", "partitionname", "include")
"""What a site changes in ``facility.yaml`` and nowhere else."""
ADDED = "# What this site has besides (slurm_controller_settings)."


def with_settings(text: str, settings: Mapping[str, object]) -> str:
    r"""Lines ``Name=value`` with other values, without those that are null, and new ones at the end.

    Slurm does not tell capitals from small letters in a name, and takes each once.

    >>> with_settings("A=1\nB=2\n", {"b": None, "C": 3})
    'A=1\n\n# What this site has besides (slurm_controller_settings).\nC=3\n'
    """
    wanted = {str(name).lower(): (str(name), value) for name, value in settings.items()}
    if declared := [wanted[name][0] for name in FROM_THE_FACILITY if name in wanted]:
        raise AnsibleFilterError(f"slurm_controller_settings: {', '.join(declared)} is said by facility.yaml")
    lines = []
    for line in text.splitlines():
        name = line.partition("=")[0].strip().lower()
        if name not in wanted:  # a comment begins with its sign, so it is never one
            lines.append(line)
            continue
        _, value = wanted.pop(name)
        if value is not None:
            lines.append(_line(line.partition("=")[0].strip(), value))
    added = [_line(name, value) for name, value in wanted.values() if value is not None]
    return "\n".join([*lines, *(["", ADDED, *added] if added else [])]) + "\n"


def _line(name: str, value: object) -> str:
    line = f"{name}={value}"
    if len(line.splitlines()) > 1:
        raise AnsibleFilterError(f"slurm_controller_settings: {name!r} has more than one line")
    return line


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        return {"with_settings": with_settings}
