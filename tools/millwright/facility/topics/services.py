"""Hosts of the partition services."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from millwright.core.frozen import Finding, Frozen
from millwright.facility.fields import HostName

if TYPE_CHECKING:
    from millwright.facility.model import Facility


class Services(Frozen):
    """Hosts of the partition services."""

    controller: HostName
    """Runs slurmctld."""
    backup_controller: HostName | None = None
    """Runs a second slurmctld, which takes over when the first one is gone."""
    database: HostName
    """Runs slurmdbd and its database."""
    rest: HostName | None = None
    """Runs slurmrestd, through which programs submit jobs over HTTP."""
    login: HostName
    """Users log in here; antennas lead here."""
    harness: HostName
    """Runs ReFrame."""
    monitoring: HostName | None = None
    """Runs Prometheus and Alertmanager; without it nothing collects what the exporters say."""

    def hosts(self) -> dict[str, str]:
        """Each service that the facility has, with its host."""
        found: dict[str, str] = self.model_dump(exclude_none=True)
        return found


def find_service_problems(facility: "Facility") -> Iterator[Finding]:
    """A backup on the controller's own host would be gone together with it."""
    services = facility.services
    if services and services.backup_controller == services.controller:
        problem = f"{services.controller} is the controller itself"
        yield Finding("MW1302", "services.backup_controller", problem, "another host")
