"""Reasons that hold for many nodes, said once."""

import re
from collections.abc import Iterable, Iterator

from millwright.report.rows import name_nodes

ANY_NODE = "this node"


def merge_reasons(found: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[tuple[str, str]]:
    """Nodes, folded, and the reason of each group whose reasons differ in nothing but the node's own name.

    >>> list(merge_reasons([(("n1",), "n1 is drained"), (("n2",), "n2 is drained"), (("n3",), "not run")]))
    [('n[1-2]', 'this node is drained'), ('n3', 'not run')]
    """
    groups: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for nodes, reason in found:
        groups.setdefault(_without_name(nodes, reason), []).append((nodes, reason))
    for general, items in groups.items():
        reasons = {reason for _, reason in items}
        yield (
            name_nodes(node for nodes, _ in items for node in nodes),
            reasons.pop() if len(reasons) == 1 else general,
        )


def _without_name(nodes: tuple[str, ...], reason: str) -> str:
    if len(nodes) != 1 or not nodes[0]:
        return reason
    return re.sub(rf"(?<![\w-]){re.escape(nodes[0])}(?![\w-])", ANY_NODE, reason)
