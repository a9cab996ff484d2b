"""Whether a gateway still keeps to its rules: one look, and a judge of what it said."""

from collections.abc import Mapping

from millwright.antennas.gateway.firewall import FILE, TABLE
from millwright.antennas.gateway.sshd import JUMP_USER
from millwright.antennas.gateway.updates import UPDATE_TIMERS
from millwright.antennas.proof.proofs import Judgement
from millwright.core.verdict import Verdict

LOOK = "; ".join(
    [
        f"sshd -T -C user={JUMP_USER},host=localhost,addr=127.0.0.1 2>/dev/null | sed 's/^/sshd /'",
        f"nft -s list table inet {TABLE} 2>/dev/null | cmp -s - {FILE}.loaded"
        " && echo filter yes || echo filter no",
        "ls /var/lib/millwright/guard 2>/dev/null | sed 's/^/unconfirmed /'",
        *(f"echo {name} $(systemctl is-active {name})" for name in UPDATE_TIMERS),
        "echo end",
    ]
)
"""Changes nothing; every line begins with what it is about."""


def judge_gateway(printed: str, expected: Mapping[str, str]) -> Judgement:
    """Judge what :data:`LOOK` printed; ``expected`` are settings of sshd as ``sshd -T`` names them."""
    lines = printed.splitlines()
    if "end" not in lines:
        return Verdict.NOT_MEASURED, "the gateway did not tell its state"
    sshd: dict[str, str] = {}
    for line in lines:
        about, _, words = line.partition(" ")
        if about == "sshd":
            keyword, _, value = words.partition(" ")
            sshd.setdefault(keyword, value)
    problems = [
        *(f"sshd's {key} is {sshd.get(key)!r}" for key, value in expected.items() if sshd.get(key) != value),
        *([] if "filter yes" in lines else ["the packet filter is not the one that was loaded"]),
        *(f"a change of {line.split()[1]} waits" for line in lines if line.startswith("unconfirmed ")),
        *(f"{name} does not run" for name in UPDATE_TIMERS if f"{name} active" not in lines),
    ]
    if problems:
        return Verdict.FAIL, "; ".join(problems)
    return Verdict.PASS, "sshd, packet filter and security updates are as described"
