"""Which command prints which document: the one list behind ``millwright schema`` and its reference page."""

import importlib
from typing import Any

from millwright.app.document import Document

DOCUMENTS: dict[str, str] = {
    "antenna list": "millwright.app.antenna.listing:AntennaList",
    "antenna pin": "millwright.app.antenna.pin:PinnedKey",
    "antenna plan": "millwright.app.antenna.plan:AntennaPlan",
    "antenna apply": "millwright.app.antenna.apply:AntennaApply",
    "antenna check": "millwright.app.antenna.check:AntennaCheck",
    "antenna config": "millwright.app.antenna.user:AntennaConfig",
    "antenna bundle": "millwright.app.antenna.bundle:AntennaBundle",
    "antenna import": "millwright.app.antenna.bundle:ImportedBundleResult",
    "antenna revoke": "millwright.app.antenna.revoke:Revocations",
    "antenna rotate-ca": "millwright.app.antenna.rotation:CaRotation",
    "antenna log": "millwright.app.antenna.log:AntennaLog",
    "antenna schedule": "millwright.app.antenna.schedule:AntennaSchedule",
    "doctor": "millwright.app.site.doctor:DoctorReport",
    "init": "millwright.app.site.init:Started",
    "plan": "millwright.app.change.plan:PlanReport",
    "apply": "millwright.app.change.apply_report:ApplyReport",
    "drift": "millwright.app.change.drift:Drift",
    "maintain": "millwright.app.change.maintenance_report:MaintenanceReport",
    "nodes status": "millwright.app.change.nodes:NodesStatus",
    "nodes drain": "millwright.app.change.nodes:NodesDrained",
    "nodes resume": "millwright.app.change.nodes:NodesResumed",
    "nodes commission": "millwright.app.change.maintenance_report:CommissionReport",
    "accounts plan": "millwright.app.change.accounts:AccountsPlan",
    "accounts diff": "millwright.app.change.accounts:AccountsDiff",
    "accounts apply": "millwright.app.change.accounts:AccountsChange",
    "accounts usage": "millwright.app.change.accounts_usage:UsageReport",
    "munge rotate": "millwright.app.change.munge:MungeRotation",
}
"""Command as typed after ``millwright``, and where the class of its document is defined."""


def document_of(command: str) -> type[Document]:
    """The class of a command's document; raises :exc:`KeyError` if it prints none."""
    module, _, name = DOCUMENTS[command].partition(":")
    found: type[Document] = getattr(importlib.import_module(module), name)
    return found


def schema_of(command: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of what a command prints with ``--json``."""
    schema = document_of(command).model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
