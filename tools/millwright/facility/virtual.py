"""What only a virtual facility can choose: how its hosts are made."""

from typing import Literal

from millwright.facility.frozen import Frozen


class Virtual(Frozen):
    """How the hosts of a virtual facility are made."""

    release: Literal["bookworm", "trixie"] = "trixie"
    """Debian's release on all hosts; a newer Slurm does not talk to bookworm's, so it is one for all."""
