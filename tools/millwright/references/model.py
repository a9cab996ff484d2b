"""What is published of a machine, an AI factory or an antenna. None is unknown, and stays so."""

from typing import Annotated, Literal

from pydantic import Field

from millwright.catalogue.fact import Fact
from millwright.core.claims import SourceKind
from millwright.core.frozen import Frozen

Stage = Literal["operational", "announced", "synthetic"]
"""Only an operational machine can be a reference; a synthetic one was made up to have its size."""


class Source(Frozen):
    """Where facts are from."""

    title: str = Field(min_length=1)
    """Address or name."""
    date: str = Field(pattern=r"^(\d{4}(-\d\d(-\d\d)?)?|undated)$")
    """When it says so; ``undated`` if the page does not say."""
    seen: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    """When it was read."""
    note: str | None = None


class Refused(Frozen):
    """A site of which nothing may become a fact."""

    host: str
    why: str


class Accelerators(Frozen):
    """Accelerators of one kind in the nodes of a partition."""

    part: str | None
    """Key in the hardware catalogue."""
    nodes: Fact | None
    """Nodes with this kind; left out if all of the partition have it."""
    per_node: Fact | None
    devices_per_node: Fact | None = None
    """Devices that jobs see, if they are not whole accelerators."""


class Accounting(Frozen):
    """The unit in which the site bills; units of two sites are never added as they are."""

    unit: Literal["node-hour", "GPU-hour", "GCD-hour", "core-hour"]
    per_node_hour: Fact | None
    """Units billed for an hour of a node."""


class Partition(Frozen):
    """Nodes of a kind; of several kinds only if the accelerators say so."""

    nodes: Fact | None
    stage: Stage | None = None
    """If it differs from the machine's."""
    accelerators: tuple[Accelerators, ...] | None
    """Empty: none; None: unknown."""
    processor: str | None = None
    """Key in the hardware catalogue."""
    node_type: Fact | None = None
    cpu: Fact | None = None
    total_accelerators: Fact | None = None
    """As published; else it follows from nodes."""
    host_memory_gb: Fact | None = None
    fabric: Fact | None = None
    topology: Fact | None = None
    nics_per_node: Fact | None = None
    injection_gbit_s: Fact | None = None
    """Of a node; not always its adapters times their rate."""
    hpl_rmax_pf: Fact | None = None
    hpl_rpeak_pf: Fact | None = None
    top500_rank: Fact | None = None
    hpl_mxp_ef: Fact | None = None
    power_mw: Fact | None = None
    power_cap_w: Fact | None = None
    """Of one accelerator, below what its data sheet allows: the data sheet's peaks are not reached."""
    gflops_per_w: Fact | None = None
    scheduler: Fact | None = None
    local_disk: Fact | None = None
    accounting: Accounting | None = None
    open_question: str | None = None


class Storage(Frozen):
    """One file system."""

    tier: str
    capacity_pb: Fact | None = None
    """Usable."""
    raw_pb: Fact | None = None
    read_gb_s: Fact | None = None
    write_gb_s: Fact | None = None


class AiClaim(Frozen):
    """AI exaflops of a press release: a kind of its own, which no code adds to or compares with HPL."""

    ef: float = Field(gt=0)
    at_least: bool = False
    precision: str | None
    sparse: bool | None
    source: str
    kind: SourceKind
    note: str | None = None


class Machine(Frozen):
    """One machine, or an AI factory with what it has or will have."""

    kind: Literal["machine", "ai factory", "test bed", "synthetic"]
    name: str
    site: str
    stage: Stage
    note: str | None = None
    eurohpc_class: str | None = None
    status: Fact | None = None
    system: str | None = None
    machines: tuple[str, ...] = ()
    """References that an AI factory uses; their accelerators are not counted again."""
    vendor: Fact | None = None
    budget: Fact | None = None
    performance: Fact | None = None
    ai_claims: tuple[AiClaim, ...] = ()
    storage: tuple[Storage, ...] = ()
    upgrades: tuple[Fact, ...] = ()
    further: dict[str, Fact] = Field(default={})
    partitions: dict[str, Partition] = Field(default={})

    def stage_of(self, partition: str) -> Stage:
        """Whether a partition is there yet."""
        return self.partitions[partition].stage or self.stage


class Link(Frozen):
    """A factory that an antenna is linked to, as a source says."""

    factory: str
    source: str
    kind: SourceKind
    note: str | None = None


class Antenna(Frozen):
    """One national antenna."""

    country: str
    eu: bool
    name: Fact | None
    links: Annotated[tuple[Link, ...], Field(min_length=1)] | None
    """One antenna may be linked to several factories; None: no source names one."""
    budget: Fact | None = None
    status: Fact | None = None
    note: str | None = None
