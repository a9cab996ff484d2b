"""What can't be true of the services."""

from collections.abc import Iterator

from millwright.facility.finding import Finding
from millwright.facility.model import Facility


def backup_is_another_host(facility: Facility) -> Iterator[Finding]:
    """A backup on the controller's own host would be gone together with it."""
    services = facility.services
    if services and services.backup_controller == services.controller:
        problem = f"{services.controller} is the controller itself"
        yield "services.backup_controller", problem, "another host"
