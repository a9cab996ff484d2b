"""Which command prints which document: the one list behind ``millwright schema`` and its reference page."""

import importlib
from typing import Any

from pydantic import TypeAdapter

DIALECT = "https://json-schema.org/draft/2020-12/schema"

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
    "explain": "millwright.app.site.explain:Explanation",
    "init": "millwright.app.site.init:Started",
    "plan": "millwright.app.change.plan:PlanReport",
    "apply": "millwright.app.change.apply_report:ApplyReport",
    "drift": "millwright.app.change.drift:Drift",
    "maintain": "millwright.app.change.maintenance_report:MaintenanceReport",
    "nodes status": "millwright.app.change.nodes:NodesStatus",
    "nodes drain": "millwright.app.change.nodes:NodesDrained",
    "nodes resume": "millwright.app.change.nodes:NodesResumed",
    "nodes slow": "millwright.app.change.slow_nodes:SlowNodes",
    "nodes commission": "millwright.app.change.maintenance_report:CommissionReport",
    "accounts plan": "millwright.app.change.accounts:AccountsPlan",
    "accounts diff": "millwright.app.change.accounts:AccountsDiff",
    "accounts apply": "millwright.app.change.accounts:AccountsChange",
    "accounts usage": "millwright.app.change.accounts_usage:UsageReport",
    "facility check": "millwright.app.site.facility:FacilityCheck",
    "facility compare": "millwright.app.site.published:FacilityCompare",
    "facility discover": "millwright.app.site.facility_discover:Discovered",
    "facility list": "millwright.app.site.facility:FacilityList",
    "facility show": "millwright.app.site.facility:FacilityShow",
    "facility show --published": "millwright.app.site.published:PublishedShow",
    "foreign install": "millwright.app.measure.foreign:ForeignInstalled",
    "foreign list": "millwright.app.measure.foreign:ForeignList",
    "image build": "millwright.app.site.image:ImageBuilt",
    "image list": "millwright.app.site.image:ImageList",
    "image verify": "millwright.app.site.image:ImageVerification",
    "munge rotate": "millwright.app.change.munge:MungeRotation",
    "rack down": "millwright.app.site.rack:RackStopped",
    "rack status": "millwright.app.site.rack:RackStatus",
    "rack up": "millwright.app.site.rack:RackStarted",
    "results archive": "millwright.app.measure.results_archive:ResultsArchive",
    "results export": "millwright.app.measure.results_export:ResultsExport",
    "results facts": "millwright.app.measure.results_facts:ResultsFacts",
    "results import": "millwright.app.measure.results_import:ResultsImport",
    "results ingest": "millwright.app.measure.results_ingest:ResultsIngest",
    "results list": "millwright.app.measure.results_list:ResultsList",
    "results show": "millwright.app.measure.results_show:ResultsShow",
    "results show --at": "millwright.app.measure.results_line:EvidenceLine",
    "results verify": "millwright.app.measure.results_verify:ResultsVerification",
    "results witness": "millwright.app.measure.results_witness:WitnessedChain",
    "figures": "millwright.app.site.figures:FiguresReport",
    "regress baseline": "millwright.app.regress.baseline:RegressBaseline",
    "regress check": "millwright.app.regress.check:RegressCheck",
    "report": "millwright.report.content:ReportContent",
    "run": "millwright.app.measure.run:RunOutcome",
    "run --dry-run": "millwright.app.measure.preview:RunPlan",
    "run --tier soak": "millwright.app.measure.soak:SoakOutcome",
    "schema": "millwright.app.schema:SchemaList",
    "simulate growth": "millwright.app.simulate.growth:GrowthReport",
    "simulate queue": "millwright.app.simulate.queue:QueueReport",
    "simulate goodput": "millwright.app.simulate.goodput:GoodputReport",
    "tender form": "millwright.app.tender.form:BidForm",
    "tender read-form": "millwright.app.tender.form:ReadForm",
    "tender open": "millwright.app.tender.opening:TenderOpening",
    "tender award": "millwright.app.tender.award:TenderAward",
    "tender check": "millwright.app.tender.check:TenderCheck",
    "tender compare": "millwright.app.tender.comparison:TenderComparison",
}
"""Command as typed after ``millwright``, and where the class of its document is defined."""


def document_of(command: str) -> type:
    """The class of a command's document; raises :exc:`KeyError` if it prints none."""
    module, _, name = DOCUMENTS[command].partition(":")
    found: type = getattr(importlib.import_module(module), name)
    return found


def schema_of(command: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of what a command prints with ``--json``."""
    schema = TypeAdapter(document_of(command)).json_schema(mode="serialization")
    return {"$schema": DIALECT, **schema}


def format_of(command: str) -> str:
    """Name and version of a document, as its key ``format`` (of the report: ``schema``) gives it."""
    properties = schema_of(command)["properties"]
    found: str = (properties.get("format") or properties["schema"])["const"]
    return found
