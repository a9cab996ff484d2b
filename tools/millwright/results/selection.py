"""What a run was narrowed to, and how its jobs were submitted."""

from dataclasses import dataclass

from pydantic import ConfigDict


@dataclass(frozen=True, slots=True)
class Selection:
    """Options of a run; everything that the facility expects if all are empty."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    checks: tuple[str, ...] = ()
    """Names and patterns of checks, as given."""
    tags: tuple[str, ...] = ()
    """Tags and areas of checks, as given."""
    nodes: str = ""
    """Node set that the run was limited to; empty for every node."""
    reservation: str = ""
    """Slurm reservation that the jobs ran in; empty for none."""
    queue: str = ""
    """Slurm partition that the jobs were submitted to; empty for that of each Millwright partition."""
    tier: str = ""
    """Occasion that the checks were chosen by (quick, vetting, full, soak); empty for all of them."""
    confirms: str = ""
    """Run whose suspicious values this one repeats; empty for every other run."""

    @property
    def is_narrowed(self) -> bool:
        """Whether something that the facility expects may have been left out."""
        return bool(self.checks or self.tags or self.nodes or self.tier)
