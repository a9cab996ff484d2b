"""What a virtual facility may choose and a physical one may not."""

from collections.abc import Iterator

from millwright.facility.finding import Finding
from millwright.facility.model import Facility


def only_virtual_hosts_are_made(facility: Facility) -> Iterator[Finding]:
    """A machine of metal has the operating system that it has, and bookworm's Slurm has no sackd."""
    if facility.virtual is None:
        return
    if facility.kind != "virtual":
        yield "virtual", f"the facility is {facility.kind}", "only in a facility of kind virtual"
    services = facility.services
    if facility.virtual.release == "bookworm" and services is not None:
        for name, host in (("login", services.login), ("harness", services.harness)):
            if host != services.controller:
                problem = f"{host} would need sackd, which Slurm has since 23.11 and bookworm does not"
                yield f"services.{name}", problem, f"the controller's host, {services.controller}"
