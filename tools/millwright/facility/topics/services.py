"""Hosts of the partition services."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from millwright.core.frozen import Finding, Frozen
from millwright.core.node_sets import SET_PART, expand
from millwright.facility.fields import HostName, HostSetText

if TYPE_CHECKING:
    from millwright.facility.model import Facility


class Services(Frozen):
    """Hosts of the partition services."""

    controller: HostName
    """Runs slurmctld."""
    backup_controllers: HostSetText | None = Field(default=None, alias="backup_controller")
    """Runs a further slurmctld each, which take over in this order when those before them are gone."""
    database: HostName
    """Runs slurmdbd and its database."""
    backup_database: HostName | None = None
    """Runs a second slurmdbd on a copy of the database that the site replicates."""
    rest: HostName | None = None
    """Runs slurmrestd, through which programs submit jobs over HTTP."""
    login_nodes: HostSetText = Field(alias="login")
    """Users log in here, on one host or a set (`login[1-2]`); antennas lead to the first."""
    harness: HostName
    """Runs ReFrame; a host of its own, or a login node."""
    monitoring: HostName | None = None
    """Runs Prometheus and Alertmanager; without it nothing collects what the exporters say."""

    @property
    def login(self) -> str:
        """The login node to which antennas lead."""
        return self._set(self.login_nodes)[0]

    @property
    def controllers(self) -> tuple[str, ...]:
        """Hosts of slurmctld, in the order in which they take over."""
        return (self.controller, *self._set(self.backup_controllers))

    def hosts(self) -> dict[str, tuple[str, ...]]:
        """Each service that the facility has by its key, with its hosts in order."""
        found = self.model_dump(exclude_none=True, by_alias=True)
        return {service: self._set(text) for service, text in found.items()}

    def all_hosts(self) -> frozenset[str]:
        """Every host with a service."""
        return frozenset(host for _, host in self.pairs())

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each service with each of its hosts."""
        return tuple((service, host) for service, hosts in self.hosts().items() for host in hosts)

    @staticmethod
    def _set(text: str | None) -> tuple[str, ...]:
        """Hosts in the order in which they are written: a set alone is sorted, a list of sets is not."""
        return tuple(host for part in SET_PART.findall(text or "") for host in expand(part))


def find_service_problems(facility: "Facility") -> Iterator[Finding]:
    """A backup on the host of what it stands in for would be gone together with it."""
    services = facility.services
    if services is None:
        return
    if services.controller in services.controllers[1:]:
        problem = f"{services.controller} is the controller itself"
        yield Finding("MW1302", "services.backup_controller", problem, "another host")
    if services.backup_database == services.database:
        problem = f"{services.database} is the database itself"
        yield Finding("MW1020", "services.backup_database", problem, "another host")
