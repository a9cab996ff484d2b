"""Let the rack's own traffic pass where the host filters packets with iptables.

A host that runs other containers often drops what is forwarded, and with it what goes over any
bridge. Where iptables is not installed or lets everything pass, nothing is done.
"""

from millwright.core.errors import FailedError
from millwright.core.process import find_program, output_of
from millwright.rack.journal import Entry, Journal
from millwright.rack.plan import RackPlan


def rule(chain: str, bridge: str) -> list[str]:
    """The rule that a chain needs: nodes reach each other, and the host's mirror."""
    where = {
        "FORWARD": ["--in-interface", bridge, "--out-interface", bridge],
        "INPUT": ["--in-interface", bridge, "--protocol", "tcp", "--dport", "80"],
    }[chain]
    return [chain, *where, "--match", "comment", "--comment", "millwright", "--jump", "ACCEPT"]


def filters(listing: str) -> bool:
    """Whether a chain, as ``iptables --list-rules`` prints it, could drop anything."""
    lines = [line.split() for line in listing.splitlines() if line.strip()]
    return any(words[0] != "-P" or words[-1] != "ACCEPT" for words in lines)


def _is_there(chain: str, bridge: str) -> bool:
    try:
        output_of(["iptables", "--wait", "--check", *rule(chain, bridge)])
    except FailedError:
        return False
    return True


def admit_traffic(plan: RackPlan, journal: Journal) -> None:
    """Insert the rules that are needed and not there yet."""
    if find_program("iptables") is None:
        return
    for chain in ("FORWARD", "INPUT"):
        listing = output_of(["iptables", "--wait", "--list-rules", chain])
        if filters(listing) and not _is_there(chain, plan.bridge):
            journal.note(Entry("firewall", f"{chain} {plan.bridge}"))
            output_of(["iptables", "--wait", "--insert", *rule(chain, plan.bridge)])


def withdraw(name: str) -> None:
    """Delete the rule of a chain; ``name`` is the chain and the bridge."""
    chain, bridge = name.split()
    while _is_there(chain, bridge):
        output_of(["iptables", "--wait", "--delete", *rule(chain, bridge)])
