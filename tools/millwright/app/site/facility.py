"""``millwright facility``: list, check and show descriptions of facilities."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from millwright.adapters.ansible.inventory import find_facility_problems
from millwright.app.document import Document, Part
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.node_sets import fold_for_slurm
from millwright.core.places import facility_file, known_facilities, shipped_facilities
from millwright.facility import load as loading
from millwright.facility import load_facility
from millwright.facility.model import Facility
from millwright.references.load import load_references
from millwright.verdicts.expectations import find_commitment_problems


class ListedFacility(Part):
    """One known facility."""

    name: str
    title: str
    kind: str
    partitions: dict[str, int]
    """Nodes of each partition."""
    antennas: tuple[str, ...]
    file: str
    shipped: bool
    """True for a facility of the product, false for one of the site."""


class ListedReference(Part):
    """One published machine or AI factory."""

    name: str
    title: str
    kind: str
    stage: str
    site: str


class FacilityList(Document):
    """The facilities that can be given by name."""

    format: Literal["millwright-facility-list/1"] = "millwright-facility-list/1"
    facilities: tuple[ListedFacility, ...]
    references: tuple[ListedReference, ...]
    """For ``facility show`` and ``facility compare``."""


class FoundProblem(Part):
    """One thing that is wrong with a facility file."""

    file: str
    key: str
    """Dotted, for example ``partitions.cpu.nodes``."""
    problem: str
    expected: str | None
    code: str
    """Of `millwright explain`."""


class FacilityCheck(Document):
    """Every problem of the facilities that were checked."""

    format: Literal["millwright-facility-check/1"] = "millwright-facility-check/1"
    ok: bool
    problems: tuple[FoundProblem, ...]

    @property
    def exit_code(self) -> ExitCode:
        """2 if there is any problem."""
        return ExitCode.OK if self.ok else ExitCode.BAD_INPUT

    def raise_problems(self) -> None:
        """Raise :exc:`BadInputError` with every problem, if there is any."""
        if self.problems:
            raise BadInputError(
                Problem(p.file, p.key, p.problem, p.expected or "", code=p.code) for p in self.problems
            )


class ShownPartition(Part):
    """Nodes of one kind."""

    name: str
    nodes: str
    """Folded node set."""
    architecture: str | None
    """Null for this machine, which no class describes."""
    emulated: bool
    cpus: int | None
    """CPUs of each node."""
    memory_mib: int | None
    """Memory of each node in MiB."""
    accelerators: str | None
    """Count and part for each node, for example ``4 x h100-sxm``."""
    expected_values: int


class ShownAntenna(Part):
    """One national site."""

    name: str
    gateway: str
    users: tuple[str, ...]


class FacilityShow(Document):
    """One facility: its hosts, partitions and antennas, and its whole file."""

    format: Literal["millwright-facility-show/1"] = "millwright-facility-show/1"
    name: str
    title: str
    kind: str
    file: str
    partitions: tuple[ShownPartition, ...]
    services: dict[str, str]
    """Host of each service; a folded set of several."""
    antennas: tuple[ShownAntenna, ...]
    facility: dict[str, Any]
    """Every key of the file with its default, in the form of ``millwright facility schema``."""


def load_checked(name_or_path: str, checks: Sequence[Path] = ()) -> tuple[Path, Facility]:
    """Load a facility by the one set of rules; ``checks`` are further folders of checks.

    Raises :exc:`BadInputError` with every contradiction, everything that would mislead Ansible, and every
    commitment that no check can meet, in one list.
    """
    path = facility_file(name_or_path)

    def rules(facility: Facility) -> list[Problem]:
        return [
            *find_facility_problems(facility, path),
            *find_commitment_problems(facility, str(path), checks_for(path, checks)),
        ]

    return path, loading.load_by_rules(path, rules)


def list_facilities() -> FacilityList:
    """The facilities that can be named here: the site's own, and those that are shipped."""
    shipped = frozenset(shipped_facilities().values())
    return FacilityList(
        facilities=tuple(_listed(path, shipped=path in shipped) for path in known_facilities().values()),
        references=tuple(
            ListedReference(name=name, title=each.name, kind=each.kind, stage=each.stage, site=each.site)
            for name, each in load_references().machines.items()
        ),
    )


def check_facilities(names: Sequence[str], checks: Sequence[Path] = ()) -> FacilityCheck:
    """Check facilities given by name or path; every problem of all of them, and nothing is changed."""
    problems: list[Problem] = []
    for name in names:
        try:
            load_checked(name, checks)
        except BadInputError as error:
            problems.extend(error.problems)
    found = (
        FoundProblem(code=p.code, file=p.file, key=p.key, problem=p.problem, expected=p.expected or None)
        for p in problems
    )
    return FacilityCheck(ok=not problems, problems=tuple(found))


def facility_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``facility.yaml``."""
    return loading.facility_schema()


def show_facility(name_or_path: str) -> FacilityShow:
    """Describe one facility; raises :exc:`BadInputError` with every problem of its file."""
    path, facility = load_checked(name_or_path)
    return FacilityShow(
        name=facility.name,
        title=facility.title,
        kind=facility.kind,
        file=str(path),
        partitions=tuple(_partition(facility, name) for name in facility.partitions),
        services=_services(facility),
        antennas=tuple(
            ShownAntenna(name=name, gateway=each.gateway, users=tuple(user.name for user in each.users))
            for name, each in facility.antennas.items()
        ),
        facility=facility.model_dump(mode="json", by_alias=True),
    )


def _listed(path: Path, *, shipped: bool) -> ListedFacility:
    facility = load_facility(path)
    return ListedFacility(
        name=facility.name,
        title=facility.title,
        kind=facility.kind,
        partitions={name: len(partition.node_names()) for name, partition in facility.partitions.items()},
        antennas=tuple(facility.antennas),
        file=str(path),
        shipped=shipped,
    )


def _services(facility: Facility) -> dict[str, str]:
    found = facility.services.hosts() if facility.services else {}
    return {service: fold_for_slurm(hosts) for service, hosts in found.items()}


def _partition(facility: Facility, name: str) -> ShownPartition:
    partition, node_class = facility.partitions[name], facility.class_of(name)
    part = node_class.accelerators if node_class else None
    return ShownPartition(
        name=name,
        nodes=partition.nodes,
        architecture=node_class.architecture if node_class else None,
        emulated=node_class.emulated if node_class else False,
        cpus=node_class.cpus if node_class else None,
        memory_mib=node_class.memory_mib if node_class else None,
        accelerators=f"{part.count} x {part.part}" if part else None,
        expected_values=sum(len(metrics) for metrics in partition.checks.values()),
    )
