"""What maintenance or commissioning left, node by node, as a document and as the text that a run stores."""

from collections.abc import Iterable
from typing import Literal, TypeVar

from millwright.app.document import Document, Part
from millwright.fleet.rollout.journal import Journal
from millwright.fleet.rollout.stored_report import store_report
from millwright.fleet.service.maintenance import MaintenanceResult
from millwright.fleet.service.upkeep import NodeLine


class NodeReport(Part):
    """One node after its round."""

    node: str
    wave: str
    fate: str
    """in service, quarantined, held, busy, failed, unreachable, left alone or waiting."""
    message: str
    """Why; empty if there is nothing to explain."""
    verdict: str
    """Verdict of the gate; empty if the node was not measured."""


class RoundReport(Document):
    """Nodes that were taken through maintenance or commissioning."""

    format: str = ""
    facility: str
    run_id: str
    exit_code: int
    stopped: str
    """Why later waves did not begin; empty if all did."""
    nodes: tuple[NodeReport, ...]
    folder: str
    """Folder of the run's journal and stored report."""
    next_step: str
    """Command that goes on with nodes that are not in service; empty if there are none."""


class MaintenanceReport(RoundReport):
    """What a maintenance left."""

    format: Literal["millwright-maintain/1"] = "millwright-maintain/1"


class CommissionReport(RoundReport):
    """What a commissioning left."""

    format: Literal["millwright-nodes-commission/1"] = "millwright-nodes-commission/1"


Report = TypeVar("Report", bound=RoundReport)


def store(
    kind: type[Report], result: MaintenanceResult, facility: str, journal: Journal, next_step: str
) -> Report:
    """Make the report of a run and store it beside the journal."""
    is_final = all(line.fate.is_final for line in result.lines)
    report = kind(
        facility=facility,
        run_id=journal.run_id,
        exit_code=int(result.exit_code),
        stopped=result.stopped,
        nodes=tuple(_node(line) for line in result.lines),
        folder=str(journal.folder),
        next_step="" if is_final else next_step,
    )
    store_report(journal.folder, report.model_dump(mode="json"), _text(report.nodes))
    return report


def _node(line: NodeLine) -> NodeReport:
    return NodeReport(
        node=line.node, wave=line.wave, fate=str(line.fate), message=line.message, verdict=line.verdict
    )


def _text(nodes: Iterable[NodeReport]) -> str:
    return "".join(f"{each.node}\t{each.fate}\t{each.verdict}\t{each.message}\n" for each in nodes)
