"""Ansible module ``slurm_nodes``: which nodes of which partition Slurm can use, as it says itself."""

from collections.abc import Iterable

DOCUMENTATION = r"""
module: slurm_nodes
short_description: States of the nodes of every partition
description: Asks the controller once; no node is contacted.
attributes:
  check_mode: {support: full, description: Only reads.}
author: Millwright
"""

EXAMPLES = r"""
- name: Check which nodes are idle
  slurm_nodes:
  register: nodes
"""

RETURN = r"""
partitions:
  description: >-
    For each partition the nodes that are idle, busy with jobs, taken out of service by somebody, or lost
    (down, not answering, or configured otherwise than they are).
  type: dict
  returned: always
  sample: {cpu: {idle: [c1], busy: [], out: [], lost: []}}
"""

BUSY = frozenset({"ALLOCATED", "MIXED", "COMPLETING", "RESERVED", "PLANNED", "BLOCKED"})
LOST_MARKS = "*$@^!%#~"
"""Marks that sinfo puts behind the state of a node that does not answer, or is not fully there."""


def kind_of(state: str) -> str:
    """Sort a state of ``sinfo`` (``IDLE``, ``DOWN*``, ``DRAINED``) into one of four kinds.

    >>> kind_of("IDLE*")
    'lost'
    """
    plain = state.rstrip(LOST_MARKS + "-").upper()
    if plain != state.rstrip("-").upper():
        return "lost"
    if plain.startswith(("DRAIN", "MAINT")):
        return "out"
    if plain == "IDLE":
        return "idle"
    return "busy" if plain in BUSY else "lost"


def by_partition(lines: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Sort lines of ``sinfo --Node --format=%R|%N|%T``."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in lines:
        partition, node, state = line.strip().split("|")
        kinds = found.setdefault(partition, {"idle": [], "busy": [], "out": [], "lost": []})
        kinds[kind_of(state)].append(node)
    return found


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    sinfo = module.get_bin_path("sinfo", required=True)
    text = module.run_command([sinfo, "--noheader", "--all", "--Node", "--format=%R|%N|%T"], check_rc=True)[1]
    module.exit_json(changed=False, partitions=by_partition(text.splitlines()))


if __name__ == "__main__":
    main()
