"""Where power is read and switched: BMCs of hosts, PDUs of racks, meters of whatever they are in front of.

Each is optional. A reading states how exact it is, by which document and of which date.
"""

import datetime
import ipaddress
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, PositiveFloat, model_validator

from millwright.core.claims import SourceKind
from millwright.core.frozen import Finding, Frozen
from millwright.core.node_sets import NodeSetError, expand
from millwright.core.suggestions import did_you_mean
from millwright.facility.fields import HostSetText, Title
from millwright.facility.topics.placement import PlaceName

if TYPE_CHECKING:
    from millwright.facility.model import Facility


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


Address = Annotated[str, AfterValidator(_address)]
"""An IPv4 or IPv6 address."""
POWER, ENERGY = ("W", "kW"), ("J", "kWh")


class Reading(Frozen):
    """What a device reads, and how far it can be wrong."""

    quantity: Literal["power", "energy"] = "power"
    unit: Literal["W", "kW", "J", "kWh"] = "W"
    accuracy_percent: Annotated[PositiveFloat, Field(le=100)]
    """Largest error of a reading, in percent of it."""
    interval_s: PositiveFloat | None = None
    """Seconds between two readings, or over which one is averaged."""
    source: Title
    """The data sheet or calibration that the accuracy comes from."""
    kind: SourceKind
    date: datetime.date

    @model_validator(mode="after")
    def _unit_of_its_quantity(self) -> "Reading":
        expected = POWER if self.quantity == "power" else ENERGY
        if self.unit not in expected:
            message = f"{self.quantity} in {self.unit}, expected {' or '.join(expected)}"
            raise ValueError(message)
        return self


class Bmcs(Frozen):
    """Management controllers of hosts."""

    protocol: Literal["redfish", "ipmi"] = "redfish"
    addresses: str
    """As many as hosts, folded: `10.2.0.[1-32]`."""
    reading: Reading | None = None
    """What they read of their host; left out, they only switch it."""


class Pdu(Frozen):
    """A power strip."""

    protocol: Literal["snmp", "redfish", "modbus"] = "snmp"
    address: Address
    racks: tuple[PlaceName, ...] = ()
    """Racks that it feeds."""
    reading: Reading | None = None


class Meter(Frozen):
    """A meter in front of racks, or of the whole facility."""

    protocol: Literal["modbus", "snmp", "mbus", "http"]
    address: Address
    racks: tuple[PlaceName, ...] = ()
    """Racks behind it; the whole facility if empty."""
    reading: Reading


class Metering(Frozen):
    """Devices that read or switch power."""

    bmcs: dict[HostSetText, Bmcs] = {}
    pdus: dict[PlaceName, Pdu] = {}
    meters: dict[PlaceName, Meter] = {}


def find_metering_problems(facility: "Facility") -> Iterator[Finding]:
    """Addresses that are no addresses or are given twice, and hosts and racks that are not there."""
    hosts = {host for host_set in facility.addresses for host in expand(host_set)}
    used: Counter[str] = Counter(facility_addresses(facility))
    for host_set, bmcs in facility.metering.bmcs.items():
        yield from _bmcs(f"metering.bmcs.{host_set}", expand(host_set), bmcs, hosts)
        used.update(_addresses(bmcs.addresses) or ())
    for section, devices in (("pdus", facility.metering.pdus), ("meters", facility.metering.meters)):
        for name, device in devices.items():
            used[device.address] += 1
            yield from _racks(f"metering.{section}.{name}.racks", device.racks, facility)
    for address, count in used.items():
        if count > 1:
            yield Finding("MW1246", "metering", f"{address} is given {count} times", "each address once")


def _bmcs(key: str, names: Sequence[str], bmcs: Bmcs, hosts: set[str]) -> Iterator[Finding]:
    for host in sorted(set(names) - hosts):
        yield Finding("MW1243", key, f"{host} has no address", "hosts under addresses")
    addresses = _addresses(bmcs.addresses)
    if addresses is None:
        problem = f"{bmcs.addresses!r} are no addresses"
        yield Finding("MW1244", f"{key}.addresses", problem, "for example 10.2.0.[1-2]")
    elif len(addresses) != len(names):
        problem = f"{len(names)} hosts but {len(addresses)} addresses"
        yield Finding("MW1244", f"{key}.addresses", problem, "as many addresses as hosts")


def _racks(key: str, racks: Sequence[str], facility: "Facility") -> Iterator[Finding]:
    known = facility.racks
    for rack in racks:
        if rack not in known:
            expected = f"one of {', '.join(known)}{did_you_mean(rack, known)}" if known else "a key of racks"
            yield Finding("MW1245", key, f"unknown rack {rack!r}", expected)


def facility_addresses(facility: "Facility") -> Iterator[str]:
    """Addresses of hosts, where they can be read."""
    for text in facility.addresses.values():
        yield from _addresses(text) or ()


def _addresses(text: str) -> tuple[str, ...] | None:
    """Addresses of a folded set; None if it is none of addresses."""
    try:
        return tuple(_address(each) for each in expand(text))
    except (NodeSetError, ValueError):
        return None
