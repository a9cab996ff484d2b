"""Findings on hosts as JSON documents carry them."""

from collections.abc import Iterable

from millwright.app.document import Part
from millwright.core.node_sets import fold
from millwright.fleet.look.drift import SharedFinding


class Finding(Part):
    """The same finding on one host or several."""

    hosts: tuple[str, ...]
    nodes: str
    """The same hosts as one node set."""
    role: str
    """Role that declares the item; empty if the finding is not about a role."""
    what: str
    detail: str

    @property
    def text(self) -> str:
        """The finding without its hosts."""
        role = f"{self.role}: " if self.role else ""
        return ": ".join(part for part in (f"{role}{self.what}".removesuffix(": "), self.detail) if part)


def findings(shared: Iterable[SharedFinding]) -> tuple[Finding, ...]:
    """Findings as parts of a document."""
    return tuple(
        Finding(hosts=each.hosts, nodes=fold(each.hosts), role=each.role, what=each.what, detail=each.detail)
        for each in shared
    )
