"""Access modes, shares, grants and charging as Slurm takes them: plain data for the playbooks."""

from collections.abc import Mapping

from millwright.facility.devices import node_resources
from millwright.facility.model import Facility, NodeClass
from millwright.facility.topics.access import Account
from millwright.facility.topics.charging import Charging
from millwright.facility.unix_users import users_of

BILLING_PER_UNIT = 1_000_000
"""Slurm counts whole numbers of the resource `billing`, so one unit is a million of them."""
SHARE_WEIGHT = 1000
"""Fair-share weight of a share that is the whole machine."""
MIN_PER_HOUR = 60


def access_variables(facility: Facility) -> dict[str, object]:
    """What the role `slurm_accounts` is told, as variables of all hosts."""
    shares = facility.access_time.shares() if facility.access_time else {}
    return {
        "facility_access_modes": [
            {"name": name, **mode.model_dump(mode="json", exclude={"title", "grant"})}
            for name, mode in facility.access_modes.items()
        ],
        "facility_shares": [
            {"name": name, "fair_share": max(1, round(share * SHARE_WEIGHT))}
            for name, share in shares.items()
        ],
        "facility_accounts": [
            _grant(name, account, has_shares=bool(shares)) for name, account in facility.accounts.items()
        ],
        "facility_charged_accounts": charged_accounts(facility),
    }


def _grant(name: str, account: Account, *, has_shares: bool) -> dict[str, object]:
    return {
        "name": name,
        "parent": account.share if has_shares else "root",
        "fair_share": account.fair_share,
        "access_mode": account.access_mode,
        "billing_min": round(account.granted_hours * MIN_PER_HOUR * BILLING_PER_UNIT),
        "start": account.start.isoformat(),
        "end": account.end.isoformat(),
    }


def charged_accounts(facility: Facility) -> dict[str, list[str]]:
    """Every user with the accounts that the user may charge, the first being the default."""
    charged = {user.name: list(user.accounts) for user in users_of(facility)}
    for name, account in facility.accounts.items():
        for user in account.users:
            charged.setdefault(user, []).append(name)
    return {user: list(dict.fromkeys(accounts)) for user, accounts in sorted(charged.items())}


def billing_weights(facility: Facility, partition: str) -> str:
    """`TRESBillingWeights` of a partition; `PriorityFlags=MAX_TRES` charges the largest share of a node."""
    node_class = facility.class_of(partition)
    charging = facility.partitions[partition].charging
    weights = _weights(charging, node_class) if node_class else {}
    return ",".join(f"{resource}={weight:.10g}" for resource, weight in weights.items())


def _weights(charging: Charging, node_class: NodeClass) -> Mapping[str, float]:
    whole = charging.units_per_node_hour * BILLING_PER_UNIT
    weights = {"CPU": whole / node_class.cpus, "Mem": whole / node_class.memory_mib}
    if node_class.accelerators:
        for name, total in node_resources(node_class.accelerators).items():
            weights[f"GRES/{name.removeprefix('gres/')}"] = whole / total
    return weights
