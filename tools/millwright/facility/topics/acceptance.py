"""How often the access of antennas is measured without anybody asking for it."""

from enum import StrEnum

from millwright.core.frozen import Frozen


class Every(StrEnum):
    """Calendar events of systemd."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Acceptance(Frozen):
    """Acceptance of all antennas, again and again."""

    every: Every
    """How often. Where an antenna's checks name `AntennaRecovery` and it `may_be_cut`, each time cuts its
    tunnel for seconds."""
