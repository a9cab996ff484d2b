"""The guard of a host: what could lock out its administrator comes back by itself unless it is confirmed.

``guard.sh`` and ``guard.service`` beside this file are what a host gets: gateways by
``antennas/deploy.py``, hosts of the factory by the role ``sshd_guard``.
"""

from pathlib import Path

GUARD = "/usr/local/lib/millwright/guard"
GUARD_SOURCE = Path(__file__).with_name("guard.sh")
GUARD_UNIT = "millwright-guard.service"
GUARD_UNIT_SOURCE = Path(__file__).with_name("guard.service")
GUARD_PENDING = "/var/lib/millwright/guard"
"""Holds a folder named after the kind of each change that waits for its confirmation."""
GUARD_S = 60
"""Seconds after which an unconfirmed change of sshd or the packet filter is taken back."""
