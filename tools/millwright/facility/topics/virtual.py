"""What only a virtual facility can choose: how its hosts are made, and how often they are measured."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from millwright.core.frozen import Finding, Frozen

if TYPE_CHECKING:
    from millwright.facility.model import Facility


class Virtual(Frozen):
    """How the hosts of a virtual facility are made and measured."""

    release: Literal["bookworm", "trixie"] = "trixie"
    """Debian's release on all hosts; a newer Slurm does not talk to bookworm's, so it is one for all."""
    repetitions: int | None = Field(default=None, ge=6)
    """Repetitions of each measurement, for a rehearsal with wide bounds; each check's own number if unset.

    With fewer than 6 no interval of a median has a confidence of 95 %.
    """


def find_virtual_problems(facility: "Facility") -> Iterator[Finding]:
    """A machine of metal has the operating system that it has, and bookworm's Slurm has no sackd."""
    if facility.virtual is None:
        return
    if facility.kind != "virtual":
        yield Finding(
            "MW1241", "virtual", f"the facility is {facility.kind}", "only in a facility of kind virtual"
        )
    services = facility.services
    if facility.virtual.release == "bookworm" and services is not None:
        for name, host in services.pairs():
            if name in ("login", "harness") and host != services.controller:
                problem = f"{host} would need sackd, which Slurm has since 23.11 and bookworm does not"
                yield Finding(
                    "MW1242", f"services.{name}", problem, f"the controller's host, {services.controller}"
                )
