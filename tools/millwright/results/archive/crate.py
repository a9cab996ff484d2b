"""An archive described as RO-Crate 1.1, profile Workflow Run Crate: which action made which file, with what.

The facility file is the workflow: it names what is to be measured. The run is the action that executed it;
each session of ReFrame and each job is an action of its own, with the raw files that it left.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from millwright.results.archive.contents import RESULTS
from millwright.results.evidence import Counted, Origin, Rejected
from millwright.results.run_info import RunInfo

METADATA = "ro-crate-metadata.json"
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
CRATE = "https://w3id.org/ro/crate/1.1"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
LICENCE = "#terms"
TYPES = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".yaml": "application/yaml",
    ".diff": "text/x-diff",
}

Entity = dict[str, Any]


def describe_crate(
    info: RunInfo,
    title: str,
    sizes: Mapping[str, int],
    cases: Iterable[Counted | Rejected],
    product: Mapping[str, str],
) -> bytes:
    """The metadata file of a crate with these files (bytes by path), for the cases of the run.

    ``product`` names the files that come from the product, with their meaning. Equal arguments give equal
    bytes.
    """
    folder = f"{RESULTS}/{info.facility}/{info.run_id}"
    workflow = f"{folder}/facility.yaml"
    graph = [
        _metadata(),
        _root(info, title, sizes, workflow),
        *_profiles(),
        *_software(info),
        _workflow(workflow, sizes[workflow], title),
        _run(info, folder, sizes, product),
        *_sessions(info, folder),
        *_jobs(cases, folder),
        *(_file(name, sizes[name], product.get(name, "")) for name in sorted(sizes) if name != workflow),
    ]
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, indent=1, ensure_ascii=True, sort_keys=True)
    return f"{text}\n".encode()


def _ref(name: str) -> Entity:
    return {"@id": name}


def _id(path: str) -> str:
    """A path as the URI reference that names it in the crate."""
    return quote(path)


def _metadata() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": _ref("./"),
        "conformsTo": [_ref(CRATE), _ref("https://w3id.org/workflowhub/workflow-ro-crate/1.0")],
    }


def _root(info: RunInfo, title: str, sizes: Mapping[str, int], workflow: str) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Run {info.run_id} of {info.facility}",
        "description": f"Measurements of the facility {info.facility} ({title}) with all raw output.",
        "datePublished": info.finished or info.started,
        "license": _ref(LICENCE),
        "conformsTo": [_ref(profile) for profile in PROFILES],
        "mainEntity": _ref(_id(workflow)),
        "mentions": _ref("#run"),
        "hasPart": [_ref(_id(name)) for name in sorted(sizes)],
    }


def _profiles() -> Iterator[Entity]:
    for profile, name in PROFILES.items():
        version = profile.rsplit("/", 1)[1]
        yield {"@id": profile, "@type": "CreativeWork", "name": name, "version": version}
    terms = "The terms of the facility's owner apply; Millwright sets none for measured data."
    yield {"@id": LICENCE, "@type": "CreativeWork", "name": "Terms of the facility", "description": terms}


def _software(info: RunInfo) -> Iterator[Entity]:
    yield {
        "@id": "#millwright",
        "@type": "SoftwareApplication",
        "name": "Millwright",
        "softwareVersion": info.millwright_version,
        **({"identifier": info.git_commit} if info.git_commit else {}),
    }
    yield {
        "@id": "#facility-file",
        "@type": "ComputerLanguage",
        "name": "Millwright facility file",
        "alternateName": "facility.yaml",
    }
    versions = sorted({session.reframe_version for session in info.sessions})
    for version in versions:
        yield {
            "@id": f"#reframe-{quote(version, safe='')}",
            "@type": "SoftwareApplication",
            "name": "ReFrame",
            "softwareVersion": version,
            "url": "https://reframe-hpc.readthedocs.io/",
        }


def _workflow(name: str, size: int, title: str) -> Entity:
    return {
        **_file(name, size, "Facility file: what was to be measured, and against which values"),
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": title,
        "programmingLanguage": _ref("#facility-file"),
    }


def _run(info: RunInfo, folder: str, sizes: Mapping[str, int], product: Mapping[str, str]) -> Entity:
    results = [name for name in sorted(sizes) if name.startswith(f"{folder}/") and name.count("/") == 3]
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run {info.run_id}",
        "instrument": _ref(_id(f"{folder}/facility.yaml")),
        "object": [_ref(_id(name)) for name in sorted(product)],
        "result": [_ref(_id(name)) for name in results if not name.endswith("/facility.yaml")],
        "startTime": info.started,
        "endTime": info.finished,
        "agent": _ref("#millwright"),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
    }


def _sessions(info: RunInfo, folder: str) -> Iterator[Entity]:
    for session in info.sessions:
        yield {
            "@id": f"#session-{session.seat}",
            "@type": "CreateAction",
            "name": f"ReFrame session {session.uuid} on {session.hostname}, started from {session.seat}",
            "instrument": _ref(f"#reframe-{quote(session.reframe_version, safe='')}"),
            "startTime": session.started,
            "endTime": session.finished,
            "result": [_ref(_id(f"{folder}/sessions/{session.seat}/run-report.json"))],
        }


def _jobs(cases: Iterable[Counted | Rejected], folder: str) -> Iterator[Entity]:
    """One action for each case; several records of one case are one action."""
    found: dict[Origin, list[str]] = {}
    for case in cases:
        reasons = found.setdefault(case.origin, [])
        if isinstance(case, Rejected):
            reasons += case.reasons
    for number, (origin, reasons) in enumerate(sorted(found.items()), start=1):
        check = f"#check-{quote(origin.check, safe='')}"
        status = "FailedActionStatus" if reasons else "CompletedActionStatus"
        yield {
            "@id": f"#job-{number}",
            "@type": "CreateAction",
            "name": f"{origin.case} on {origin.partition}",
            "description": f"job {origin.job_id or 'none'} on {' '.join(origin.nodes[:50]) or 'no node'}",
            "instrument": _ref(check),
            "isPartOf": _ref(f"#session-{origin.seat}"),
            "result": [_ref(_id(f"{folder}/{name}")) for name in origin.files],
            "actionStatus": {"@id": f"http://schema.org/{status}"},
            **({"error": "; ".join(reasons)} if reasons else {}),
        }
    for name in sorted({origin.check for origin in found}):
        yield {"@id": f"#check-{quote(name, safe='')}", "@type": "SoftwareApplication", "name": name}


def _file(name: str, size: int, description: str) -> Entity:
    suffix = PurePosixPath(name).suffix
    return {
        "@id": _id(name),
        "@type": "File",
        "name": PurePosixPath(name).name,
        "contentSize": str(size),
        "encodingFormat": TYPES.get(suffix, "text/plain"),
        **({"description": description} if description else {}),
    }
