"""Waits until no job runs on nodes that were drained, and ends none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from millwright.fleet.service import Service

POLL_S = 5.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nodes by whether jobs still run there."""

    free: tuple[str, ...]
    busy: tuple[str, ...]


def await_quiet(
    service: Service,
    nodes: Sequence[str],
    limit_s: float,
    *,
    wait: Callable[[float], None],
    tell: Callable[[Sequence[str]], None],
) -> Quiet:
    """Wait up to `limit_s` seconds for the jobs on these nodes; `tell` hears which still have some."""
    waited_s = 0.0
    while True:
        known = service.nodes()
        busy = tuple(node for node in nodes if known[node].is_busy)
        if not busy or waited_s >= limit_s:
            return Quiet(tuple(node for node in nodes if node not in busy), busy)
        tell(busy)
        pause_s = min(POLL_S, limit_s - waited_s)
        wait(pause_s)
        waited_s += pause_s
