"""From a stored run, made of a real session of ReFrame, to the content of its report."""

import dataclasses
import json

import pytest

from millwright.capacity.assessment import assess
from millwright.catalogue.catalogue import load_catalogue
from millwright.report.build import build_content
from millwright.report.content import to_json
from millwright.report.html import render_html
from millwright.results.run_info import RunInfo
from millwright.results.samples import collect
from millwright.results.verification import SignatureCheck

SIGNATURE = SignatureCheck("good", "ada, SHA256:x")


def build(facility, run, signature=SIGNATURE):
    found = assess(facility, run, load_catalogue(), catalogue_sum="c" * 64, signature=signature)
    return build_content(found, run_folder=f"results/rack/{run.info.run_id}", version="0.1.0")


@pytest.fixture(scope="module")
def content(rack_facility, rack_run):
    return build(rack_facility, rack_run)


def rows(content):
    return {(group.name, row.metric): row for group in content.groups for row in group.rows}


def test_equal_runs_make_equal_reports(rack_facility, rack_run, content, reports_folder):
    again = build(rack_facility, rack_run)
    assert to_json(again) == to_json(content)
    assert render_html(again, reports_folder) == render_html(content, reports_folder)
    assert content.generated == rack_run.info.finished


def test_everything_that_the_facility_expects_stands_in_the_report(rack_facility, content):
    expected = {
        (name, m) for name, p in rack_facility.partitions.items() for c in p.checks.values() for m in c
    }
    expected |= {
        (name, m) for name, a in rack_facility.antennas.items() for c in a.checks.values() for m in c
    }
    assert set(rows(content)) == expected
    assert content.decision.expected == len(expected)
    assert sum(content.decision.counts.values()) + content.decision.unjudged == len(expected)


def test_a_row_with_a_missing_node_keeps_the_numbers_of_the_others_and_says_which_is_missing(content):
    row = rows(content)["cpu", "triad_bw"]
    assert (row.verdict, row.nodes_measured, row.nodes_expected, row.nodes_missing) == (
        "NOT MEASURED",
        2,
        3,
        "rack-c3",
    )
    assert [(share.verdict, share.count, share.nodes) for share in row.shares] == [
        ("NOT MEASURED", 1, "rack-c3"),
        ("PASS", 2, "rack-c[1-2]"),
    ]
    assert row.estimate == row.series[0].estimate
    assert (row.reference.limit, round(row.margin, 3)) == (9.0, 0.111)
    assert [item.reason for item in content.missing if item.metric == "triad_bw"] == [row.reason]


def test_samples_are_those_of_the_run(rack_run, content):
    for (group, metric), row in rows(content).items():
        for series in row.series:
            key = (group, row.check, metric, series.node, series.device)
            stored = [
                s for s in rack_run.samples if (s.partition, s.check, s.metric, s.node, s.device) == key
            ]
            assert series.samples == tuple(s.value for s in sorted(stored, key=lambda s: s.rep))
            assert series.estimate.n == len(stored)


def test_every_number_has_evidence_that_the_manifest_names(rack_run, content):
    files = {file.path: file.sha256 for file in content.provenance.evidence}
    for row in rows(content).values():
        assert bool(row.evidence) == bool(row.series)
        assert all(f"/{row.check}/" in path for path in row.evidence)
    for path, digest in files.items():
        assert rack_run.sums[path] == digest
        assert (rack_run.path / path).is_file()
    assert {path for item in content.rejected for path in item.evidence} <= set(files)


def test_emulated_values_are_marked_and_in_no_capacity_figure(content):
    assert {name for (name, _), row in rows(content).items() if row.emulated} == {"dare"}
    assert {row.group for row in content.capacity} == {"cpu"}
    left_out = {(item.group, item.what): item.reason for item in content.excluded}
    assert left_out["dare", "RiscvVector isa_baseline"] == "measured under emulation"
    assert (
        left_out["dare", "RiscvVector vector_length"]
        == "measured, but nothing in the facility file expects it"
    )


def test_refused_results_are_listed_with_every_reason(rack_run, content):
    assert len(content.rejected) == len(rack_run.rejected)
    job = next(item for item in content.rejected if item.check == "MpiPointToPoint")
    assert "exited with 3" in job.reason


def test_a_facility_of_which_nothing_is_expected_makes_a_report_too(rack_facility, rack_run, reports_folder):
    partitions = {name: p.model_copy(update={"checks": {}}) for name, p in rack_facility.partitions.items()}
    antennas = {name: a.model_copy(update={"checks": {}}) for name, a in rack_facility.antennas.items()}
    bare = rack_facility.model_copy(update={"partitions": partitions, "antennas": antennas})
    content = build(bare, rack_run)
    assert (content.decision.outcome, content.decision.expected) == ("unscored", 0)
    assert render_html(content, reports_folder)


def test_hostile_names_in_a_run_report_stay_text(rack_facility, rack_run, reports_folder, read_page):
    evil = "n1]}</script><script>$(id){{7*7}}"
    rejected = tuple(
        dataclasses.replace(
            r, origin=dataclasses.replace(r.origin, nodes=(evil,), case=evil, job_id=evil), reasons=(evil,)
        )
        for r in rack_run.rejected
    )
    hosts = {field.name: getattr(rack_run.info, field.name) for field in dataclasses.fields(RunInfo)}
    info = RunInfo(
        **hosts | {"host": {evil: evil}, "tool_versions": {evil: evil}, "unavailable_nodes": {evil: evil}}
    )
    content = build(rack_facility, dataclasses.replace(rack_run, rejected=rejected, info=info))
    page = read_page(render_html(content, reports_folder))
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert page.texts.count(evil) >= 5
    assert json.loads(page.data)["unavailable"] == [{"what": evil, "reason": evil}]


def test_a_measured_accelerator_is_compared_with_its_catalogue_peak(rack_facility, rack_run, reports_folder):
    data = rack_facility.model_dump(by_alias=True, mode="json")
    data["node_classes"]["virtual-cpu"]["accelerators"] = {"part": "a100_80_sxm", "count": 1}
    data["partitions"]["cpu"]["checks"] = {"AcceleratorGemm": {"fp64_rate": None}}
    facility = type(rack_facility).model_validate(data)
    sample = next(s for s in rack_run.samples if s.check == "Gemm")
    samples = tuple(
        dataclasses.replace(
            sample,
            check="AcceleratorGemm",
            metric="fp64_rate",
            node=f"rack-c{n}",
            device="0",
            rep=rep,
            value=15_600.0 + rep,
        )
        for n in (1, 2, 3)
        for rep in range(7)
    )
    content = build(facility, dataclasses.replace(rack_run, samples=collect(samples)))
    (row,) = content.capacity
    assert (row.devices_measured, row.peak, round(row.peak_share, 3)) == (3, 19_500.0, 0.8)
    assert row.peak_source.startswith("a100_80_sxm fp64_matrix: ")
    text = render_html(content, reports_folder)
    assert "of 3 \u00d7 19\u202f500" in text


def test_nodes_without_a_job_and_seats_without_a_report_are_both_named(rack_facility, rack_run):
    """A reader must learn of a harness that failed as of a node that was down."""
    info = dataclasses.replace(
        rack_run.info,
        unavailable_nodes={"rack-c3": "DOWN", "rack-c2": "DRAINED"},
        failed_sessions={"user": "ssh: connection refused"},
    )
    found = build(rack_facility, dataclasses.replace(rack_run, info=info)).unavailable
    assert [(each.what, each.reason) for each in found] == [
        ("rack-c2", "DRAINED"),
        ("rack-c3", "DOWN"),
        ("user", "ssh: connection refused"),
    ]
