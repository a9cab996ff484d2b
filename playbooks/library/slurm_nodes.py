"""Ansible module ``slurm_nodes``: which nodes of which partition Slurm can use, as it says itself."""

from collections.abc import Iterable

DOCUMENTATION = r"""
module: slurm_nodes
short_description: States of the nodes of every partition
description: Asks the controller once; no node is contacted.
options:
  nodes:
    description: Nodes that matter; others are left out of the answer.
    type: list
    elements: str
    required: true
attributes:
  check_mode: {support: full, description: Only reads.}
author: Millwright
"""

EXAMPLES = r"""
- name: Check which nodes are idle
  slurm_nodes:
    nodes: [c1, c2]
  register: found
"""

RETURN = r"""
partitions:
  description: >-
    For each partition the nodes that are idle, busy with jobs, taken out of service by somebody, or lost
    (down, not answering, or configured otherwise than they are).
  type: dict
  returned: always
  sample: {cpu: {idle: [c1], busy: [], out: [], lost: []}}
lost:
  description: Every lost node with the state that Slurm gives it, and nodes that Slurm does not know.
  type: dict
  returned: always
  sample: {c2: "DOWN*"}
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


def parse(text: str, wanted: Iterable[str]) -> list[tuple[str, str, str]]:
    """Partition, node and state of the wanted nodes, from ``sinfo --Node --format=%R|%N|%T``."""
    nodes = set(wanted)
    rows = (tuple(line.split("|")) for line in text.splitlines() if line.strip())
    return [(partition, node, state) for partition, node, state in rows if node in nodes]


def by_partition(rows: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, list[str]]]:
    """Sort the nodes of each partition by what Slurm can do with them."""
    found: dict[str, dict[str, list[str]]] = {}
    for partition, node, state in rows:
        kinds = found.setdefault(partition, {"idle": [], "busy": [], "out": [], "lost": []})
        kinds[kind_of(state)].append(node)
    return found


def lost_nodes(rows: Iterable[tuple[str, str, str]], wanted: Iterable[str]) -> dict[str, str]:
    """Nodes that can't run a job although nobody took them out of service, with their states."""
    states = {node: state for _, node, state in rows}
    found = {node: states.get(node, "unknown to Slurm") for node in wanted}
    return {node: state for node, state in found.items() if node not in states or kind_of(state) == "lost"}


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(
        argument_spec={"nodes": {"type": "list", "elements": "str", "required": True}},
        supports_check_mode=True,
    )
    wanted = module.params["nodes"]
    sinfo = module.get_bin_path("sinfo", required=True)
    command = [sinfo, "--noheader", "--all", "--Node", "--format=%R|%N|%T"]
    rows = parse(module.run_command(command, check_rc=True)[1], wanted)
    lost = lost_nodes(rows, wanted)
    listed = ", ".join(f"{node} is {state}" for node, state in lost.items())
    message = f"{listed}; scontrol show node says why" if lost else "every node is there"
    module.exit_json(changed=False, partitions=by_partition(rows), lost=lost, msg=message)


if __name__ == "__main__":
    main()
