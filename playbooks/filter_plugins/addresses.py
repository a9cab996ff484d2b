"""Ansible filters ``host_addresses`` and ``node_names``: folded sets of hosts and addresses, one by one."""

from collections.abc import Callable, Mapping

from millwright.core.node_sets import expand


def host_addresses(folded: Mapping[str, str]) -> list[dict[str, str]]:
    """Expand ``{"c[1-2]": "10.0.0.[1-2]"}`` to one host and address each."""
    return [
        {"host": host, "address": address}
        for hosts, addresses in folded.items()
        for host, address in zip(expand(str(hosts)), expand(str(addresses)), strict=True)
    ]


def node_names(folded: str) -> list[str]:
    """Expand ``c[1-2]`` to the names in it."""
    return list(expand(folded))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        return {"host_addresses": host_addresses, "node_names": node_names}
