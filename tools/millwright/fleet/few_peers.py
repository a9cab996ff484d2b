"""What to do about a node that could not be judged because too few of its peers were ever measured."""

from collections.abc import Iterable
from dataclasses import replace

from millwright.statistics.outliers import FEWEST_PEERS
from millwright.verdicts.admission import Admission
from millwright.verdicts.judge import Verdict
from millwright.verdicts.peers import Comparison


def advise_on_peers(
    found: Admission, comparisons: Iterable[Comparison], *, others: int, measure: str
) -> Admission:
    """Put the way out last among the reasons of an undecided verdict that wants peers.

    `others` counts all further nodes of its class, measured or not; `measure` is the command that
    measures them, empty where undecided nodes are let in, so that nothing has to be done.
    """
    wants_peers = any(each.node == found.node and each.peers < FEWEST_PEERS for each in comparisons)
    if found.verdict is not Verdict.INCONCLUSIVE or not wants_peers or not measure:
        return found
    return replace(found, reasons=(*found.reasons, _way_out(others, measure)))


def _way_out(others: int, measure: str) -> str:
    admit = "--admit-inconclusive lets it in without a comparison"
    if others < FEWEST_PEERS:
        return f"its class is too small for that, {FEWEST_PEERS + 1} nodes are needed; {admit}"
    return f"have the others measured first, with {measure}, and try again; or {admit}"
