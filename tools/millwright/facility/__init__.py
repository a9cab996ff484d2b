"""What should be: one site with its partitions, services and antennas."""

from millwright.facility.load import load_facility
from millwright.facility.model import Facility

__all__ = ["Facility", "load_facility"]
