"""From findings to one of three verdicts, and what is to be done about the node."""

from collections import namedtuple
from typing import Any

from node_health.catalogue import CATALOGUE, DRAIN, WARN

OK, FAULTY, COULD_NOT_TEST = "ok", "faulty", "could not test"
OWNER = "millwright:health:"
LEAVE = "leave"
REASON_MAX = 200

Judged = namedtuple("Judged", "verdict faults warnings unconfirmed could_not_test")
Step = namedtuple("Step", "kind reason")
OUT = frozenset({"DRAIN", "DRAINED", "DRAINING", "DOWN", "FAIL", "FAILING", "MAINT"})


def judge(results: dict[str, Any], memory: dict[str, Any]) -> Judged:
    """The verdict of this run. ``memory["seen"]`` counts the runs in a row that saw a fault.

    A fault whose check could not run this time is neither confirmed nor forgotten.
    """
    before = memory.get("seen", {})
    seen: dict[str, int] = {}
    faults: list[dict[str, Any]] = []
    warnings: list[dict[str, Any]] = []
    unconfirmed: list[dict[str, Any]] = []
    for name, result in results.items():
        for code, detail in result["faults"]:
            fault = CATALOGUE[code]
            key = f"{name}|{code}"
            seen[key] = before.get(key, 0) + (key not in seen)
            rows = warnings if fault.severity == WARN else faults if seen[key] >= fault.runs else unconfirmed
            rows.append({"code": code, "detail": detail, "check": name, "runs": seen[key]})
    blind = {name: result["could_not_test"] for name, result in results.items() if result["could_not_test"]}
    seen |= {key: runs for key, runs in before.items() if key.partition("|")[0] in blind and key not in seen}
    memory["seen"] = seen
    verdict = FAULTY if faults else COULD_NOT_TEST if blind else OK
    memory["good_runs"] = memory.get("good_runs", 0) + 1 if verdict == OK and not unconfirmed else 0
    return Judged(verdict, faults, warnings, unconfirmed, blind)


def codes(judged: Judged) -> list[Any]:
    """Codes that take the node out of service, each once."""
    return sorted({row["code"] for row in judged.faults if CATALOGUE[row["code"]].severity == DRAIN})


def wants_controller(judged: Judged, memory: dict[str, Any], resume_after: int | None) -> bool:
    """Whether Slurm has to be asked: a healthy node that was never drained costs the controller nothing."""
    return judged.verdict == FAULTY or (
        judged.verdict == OK and bool(memory.get("drained", True)) and bool(resume_after)
    )


def next_step(
    judged: Judged, memory: dict[str, Any], standing: tuple[str, str], run_id: str, resume_after: int | None
) -> Step:
    """What to do about a node that stands with Slurm as given: its state and the reason of that.

    Only a node that is in service is drained, and only one that carries our reason is resumed or gets a new
    reason.
    """
    state, reason = standing
    ours = reason.startswith(OWNER)
    out = bool(OUT & set(state.replace("*", "").split("+")))
    if judged.verdict == FAULTY:
        wanted = drain_reason(run_id, codes(judged), judged.faults[0]["detail"])
        if not out:
            return Step(DRAIN, wanted)
        return Step(DRAIN, wanted) if ours and _codes_in(reason) != codes(judged) else Step(LEAVE, reason)
    good = judged.verdict == OK and resume_after and memory.get("good_runs", 0) >= resume_after
    return Step("resume", reason) if good and ours and out else Step(LEAVE, reason)


def drain_reason(run_id: str, found: list[Any], detail: str) -> str:
    """``millwright:health:<run id> CODE,CODE detail``, in characters that every tool prints as they are."""
    plain = "".join(
        sign if sign.isascii() and sign.isprintable() and sign not in "\"'\\`$" else "?" for sign in detail
    )
    return f"{OWNER}{run_id} {','.join(found)} {plain}"[:REASON_MAX].rstrip()


def _codes_in(reason: str) -> list[Any]:
    parts = reason.split(" ")
    return sorted(parts[1].split(",")) if len(parts) > 1 else []
