"""The facility as typed, frozen data.

Only what is in ``facility.yaml`` is here, with the types and ranges that can be judged
value by value. What only shows between values (a node in two partitions, an antenna that is
linked to nothing) is in :mod:`millwright.facility.consistency`.
"""

import datetime
import ipaddress
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt

from millwright.checks.declaration import Statistic
from millwright.checks.naming import KEY
from millwright.core.claims import SourceKind
from millwright.core.frozen import Frozen
from millwright.core.node_sets import expand
from millwright.facility.fields import HostName, HostSetText, Name, RoleName, Title, UserName
from millwright.facility.topics.accelerators import Accelerators
from millwright.facility.topics.acceptance import Acceptance
from millwright.facility.topics.access import AccessMode, AccessTime, Account
from millwright.facility.topics.blocks import Blocks, BlockSizes
from millwright.facility.topics.charging import Charging
from millwright.facility.topics.contract import Contract
from millwright.facility.topics.directory import Directory
from millwright.facility.topics.entry import Entry
from millwright.facility.topics.fabric import Fabric
from millwright.facility.topics.health import Health
from millwright.facility.topics.judging import AllNodes, FewRuns, FleetRule, OpenShare
from millwright.facility.topics.metering import Metering
from millwright.facility.topics.placement import Racks, Switches
from millwright.facility.topics.queues import Minutes, Queues
from millwright.facility.topics.reach import Reach
from millwright.facility.topics.rollout import Rollout
from millwright.facility.topics.services import Services
from millwright.facility.topics.slurm_settings import Settings, SlurmOptions, SlurmWord
from millwright.facility.topics.software import Software
from millwright.facility.topics.storage import Storage
from millwright.facility.topics.trust import ClockTime, Environment, Principal, UserCa
from millwright.facility.topics.virtual import Virtual

Fraction = Annotated[float, Field(ge=0, le=1)]


class CommitmentClass(StrEnum):
    """Whether a commitment counts in the score or only informs."""

    SCORED = "scored"
    INFORMATIVE = "informative"


def _host_network(text: str) -> str:
    """In the one form that every program reads: sshd, for one, knows no ``10.0.0.0/255.255.255.0``."""
    return str(ipaddress.IPv4Network(text))


def _host_address(text: str) -> str:
    ipaddress.IPv4Address(text)
    return text


Ipv4Network = Annotated[str, AfterValidator(_host_network)]
Ipv4Address = Annotated[str, AfterValidator(_host_address)]


Figure = Literal[
    "fp64", "fp64_matrix", "fp32", "fp32_matrix", "tf32", "fp16", "bf16", "fp8", "int8_tops", "bw_tb_s"
]
"""A figure of the catalogue that bounds a measured value."""


class NodeStatement(Frozen):
    """What a node can't say of itself, for the description of the machine that was tested."""

    memory_configuration: Title | None = None
    """Modules: number, size, kind, rate."""
    storage: Title | None = None
    host_networking: Title | None = None
    """Cards: number, kind, rate."""
    network_topology: Title | None = None
    processor_interconnect: Title | None = None
    accelerator_memory: Title | None = None
    accelerator_host_interconnect: Title | None = None
    accelerator_interconnect: Title | None = None
    accelerator_topology: Title | None = None
    cooling: Title | None = None
    notes: Title | None = None


class NodeClass(Frozen):
    """The hardware of a node."""

    architecture: Literal["x86_64", "aarch64", "riscv64"]
    """Architecture that user programs are built for."""
    sockets: PositiveInt = 1
    cores_per_socket: PositiveInt
    threads_per_core: PositiveInt = 1
    memory_mib: PositiveInt
    """Memory that Slurm may give to jobs, in MiB."""
    accelerators: Accelerators | None = None
    fabric: Fabric = Fabric()
    peaks: dict[Figure, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}
    """What the processors of one node can do at most, by the catalogue's figures and in its units:
    ``fp64`` in TFLOP/s, ``bw_tb_s`` in TB/s. A measured value above it does not count."""
    features: tuple[SlurmWord, ...] = ()
    """Slurm features of the nodes beside the class's name, its architecture and `gpu`."""
    settings: Settings = {}
    """Other parameters of the nodes in slurm.conf: `CoreSpecCount: "4"`, `Weight: "50"`."""
    stated: NodeStatement = NodeStatement()
    """What the nodes can't report of themselves; a report marks it as stated, not recorded."""
    emulated: bool = False
    """User programs run under emulation: measured values never enter a capacity figure."""

    @property
    def cpus(self) -> int:
        """Hardware threads of one node."""
        return self.sockets * self.cores_per_socket * self.threads_per_core


class Commitment(Frozen):
    """What a metric of a check is judged against."""

    value: float
    """The committed value, in `unit`."""
    unit: Annotated[str, Field(min_length=1, max_length=20)]
    tolerance: Fraction = 0.0
    """Share of the value by which a measurement may miss it."""
    commitment_class: Annotated[CommitmentClass, Field(alias="class")]
    statistic: Statistic | None = None
    """What of the repetitions has to meet the value; the check's own where left out."""
    quantile: OpenShare | None = None
    """The quantile that `statistic: quantile` judges: 0.99 of a latency, 0.01 of a rate."""
    minimum_n: PositiveInt | None = None
    """Fewest repetitions with which the value can PASS."""
    maximum_n: PositiveInt | None = None
    """Most repetitions, agreed beforehand; more than these decide nothing."""
    few_runs: FewRuns = FewRuns.INCONCLUSIVE
    """What decides below the 6 repetitions that an interval of the median needs."""
    fleet: FleetRule = AllNodes(rule="all")
    """How the verdicts on nodes add up to the verdict on the partition."""
    clause: Title | None = None
    """Clause of the contract."""
    lot: Name | None = None
    """Lot that is accepted by itself; FAIL is corrected for the number of scored values within it."""
    source: Title
    """Where the value comes from: a contract, a data sheet, an acceptance report."""
    kind: SourceKind
    date: datetime.date


MetricName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
CheckName = Annotated[str, Field(pattern=rf"^{KEY}$")]
"""A check, or one of its variants: ``MemoryBandwidth %size=L2``."""
Checks = dict[CheckName, dict[MetricName, Commitment | None]]


class Partition(Frozen):
    """A set of equal nodes that is provisioned, measured and counted once."""

    title: Title | None = None
    nodes: HostSetText
    node_class: Name | None = None
    """Hardware of the nodes; may be left out for `scheduler: local`, where this machine is what it is."""
    scheduler: Literal["slurm", "local"] = "slurm"
    """`local` runs jobs on this machine without a workload manager."""
    max_time_min: Minutes = 60
    """Longest job, in minutes."""
    is_default: Annotated[bool, Field(alias="default")] = False
    charging: Charging = Charging()
    shared_hardware: bool = False
    """Nodes share physical hardware, so they are measured one after the other."""
    checks: Checks = {}
    """Expected measurements: check, metric, commitment (null where nothing was committed)."""

    def node_names(self) -> tuple[str, ...]:
        """Every node, in order."""
        return expand(self.nodes)


class AntennaUser(Frozen):
    """A user who reaches the factory through an antenna."""

    name: UserName
    account: UserName
    """Slurm account that is charged: a project of this antenna."""
    principals: tuple[Principal, ...] = ()
    """Names by which certificates of an outside CA (`user_cas`) know the user."""


class Tunnel(Frozen):
    """The WireGuard tunnel between an antenna's gateway and the factory's login node."""

    factory_address: Ipv4Address
    gateway_address: Ipv4Address
    port: Annotated[int, Field(ge=1, le=65535)] = 51820
    """UDP port on which the factory listens."""


class Antenna(Frozen):
    """A national site that gives its users remote access to the linked factory."""

    title: Title
    gateway: HostName
    factory: Name
    """Name of the facility that this antenna is linked to."""
    tunnel: Tunnel
    users: tuple[AntennaUser, ...] = ()
    certificate_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    """Lifetime of a user's SSH certificate."""
    environment: Environment = Environment.PRODUCTION
    """Whose certificates are accepted: a staging certificate opens nothing at a production antenna."""
    administrator_networks: tuple[Ipv4Network, ...] = ()
    """Networks from which administrators reach the gateway; from everywhere where left out. They enter
    with the key that `ssh` of the facility names."""
    reached_by: Reach = Reach.SSH
    """`bundle` where nobody reaches the gateway from outside: no command tries SSH, and what it was told
    counts by its imported results."""
    reboot_at: ClockTime | None = None
    """When the gateway may restart after a security update that needs it; never where left out."""
    may_be_cut: bool = False
    """The check `AntennaRecovery` may cut the tunnel for seconds; a virtual facility's always may be."""
    checks: Checks = {}

    @property
    def first_user(self) -> AntennaUser | None:
        """The user whose access the checks and the antenna's own ``ssh_config`` use; None without users."""
        return self.users[0] if self.users else None


class Ssh(Frozen):
    """How Millwright reaches the hosts."""

    user: UserName = "root"
    config: Title | None = None
    """OpenSSH client configuration that holds keys and pinned host keys, beside this file or from where the
    command runs; `~` is expanded."""


class Network(Frozen):
    """The network that the hosts share."""

    cidr: Ipv4Network
    domain: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,100}[a-z0-9])?$")]


class Facility(Frozen):
    """One site with its partitions, services and antennas."""

    plugin: Literal["facility"]
    """Marks the file as an Ansible inventory of the plugin `facility`."""
    name: Name
    title: Title
    kind: Literal["physical", "virtual"]
    """`virtual` facilities exercise the chain; their figures never count as capacity of hardware."""
    ssh: Ssh = Ssh()
    entry: Entry = Entry()
    network: Network | None = None
    addresses: dict[HostSetText, str] = {}
    """IPv4 address of each host; node sets fold on both sides (`rack-c[1-2]: 10.0.0.[21-22]`)."""
    services: Services | None = None
    node_classes: dict[Name, NodeClass] = {}
    partitions: dict[Name, Partition]
    queues: Queues = {}
    """What users submit to, over nodes of one or several partitions; left out: one queue a partition."""
    slurm: SlurmOptions = SlurmOptions()
    racks: Racks = {}
    """Hosts of each rack; waves of an apply can go rack by rack."""
    switches: Switches = {}
    """The tree of the network that jobs use; Slurm packs jobs by it, and waves can go leaf by leaf."""
    blocks: Blocks = {}
    """Blocks of nodes in the place of switches: racks with a network of their own, such as NVL72."""
    block_sizes: BlockSizes = ()
    """Sizes that Slurm plans with, the base block first; one block if left out."""
    metering: Metering = Metering()
    """Management controllers, power strips and meters."""
    storage: Storage = {}
    """Shared file systems; none is mounted that does not stand here."""
    software: Software = Software()
    directory: Directory | None = None
    """Where hosts look people up; left out, they know the users of antennas and of the hosts themselves."""
    virtual: Virtual | None = None
    access_modes: dict[Name, AccessMode] = {}
    access_time: AccessTime | None = None
    accounts: dict[UserName, Account] = {}
    """Grants; an antenna's user may also name an account that is not listed here, which then has no limit."""
    antennas: dict[Name, Antenna] = {}
    removed_users: dict[UserName, Literal["account", "account_and_home"]] = {}
    """Former users who are removed; without an entry here they are locked and keep what they have."""
    acceptance: Acceptance | None = None
    """How often `millwright antenna schedule` lets all antennas be measured; left out: never by itself."""
    contract: Contract | None = None
    """Parties, lots and what else page one of a report states beside the measured values."""
    manages: tuple[RoleName, ...] | None = None
    """Roles that may change hosts, for a cluster that is adopted one role after the other; left out: all."""
    rollout: Rollout = Rollout()
    """Waves, canaries and failure budgets of changes."""
    health: Health = Health()
    user_cas: dict[Name, UserCa] = {}
    """Certification authorities outside of the facility; its own ones need no entry."""

    def address_of(self, host: str) -> str:
        """IPv4 address of a host; raises :exc:`KeyError` where none is given."""
        return self.host_addresses()[host]

    def host_addresses(self) -> dict[str, str]:
        """Every host with its IPv4 address, in the order of the file."""
        return {
            host: address
            for hosts, addresses in self.addresses.items()
            for host, address in zip(expand(hosts), expand(addresses), strict=True)
        }

    def access_mode_of(self, account: str) -> str | None:
        """Access mode of an account's jobs; None if it has no grant, and Slurm's default is taken."""
        return self.accounts[account].access_mode if account in self.accounts else None

    def class_of(self, partition: str) -> NodeClass | None:
        """Node class of a partition's nodes; None if the partition states none that is described."""
        return self.node_classes.get(self.partitions[partition].node_class or "")

    def is_emulated(self, partition: str) -> bool:
        """Whether user programs of a partition run under emulation."""
        node_class = self.class_of(partition)
        return node_class is not None and node_class.emulated
