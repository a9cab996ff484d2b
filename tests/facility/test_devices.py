"""What a device is: the same for Slurm's node definitions, its billing weights and the reader of sacct."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.adapters.slurm.access import BILLING_PER_UNIT, billing_weights
from millwright.capacity.charges import charge
from millwright.capacity.usage import sum_usage
from millwright.facility import load_facility
from millwright.facility.devices import gres_text, node_resources
from millwright.facility.topics.accelerators import Accelerators
from millwright.results.accounting import UsageRow, read_usage

SITES = Path(__file__).resolve().parents[1] / "data/sites"
DIVIDED = load_facility(SITES / "01-mig-charge/site.facility.yaml")
DIVISIONS = {
    "whole": ({"part": "h100_sxm", "count": 4}, "gpu:h100_sxm:4", {"gres/gpu": 4}),
    "mig": (
        {"part": "h100_sxm", "count": 4, "partitioning": {"mig": {"3g.40gb": 1, "1g.10gb": 4}}},
        "gpu:3g.40gb:4,gpu:1g.10gb:16",
        {"gres/gpu": 20},
    ),
    "cpx": (
        {"part": "mi300x", "count": 8, "partitioning": {"compute": "CPX", "memory": "NPS4"}},
        "gpu:mi300x_cpx:64",
        {"gres/gpu": 64},
    ),
    "cpx of six": (
        {"part": "mi300a", "count": 4, "partitioning": {"compute": "CPX"}},
        "gpu:mi300a_cpx:24",
        {"gres/gpu": 24},
    ),
    "spx": (
        {"part": "mi300x", "count": 8, "partitioning": {"compute": "SPX"}},
        "gpu:mi300x:8",
        {"gres/gpu": 8},
    ),
    "shards": (
        {"part": "h100_pcie", "count": 2, "sharing": {"shards_per_device": 8}},
        "gpu:h100_pcie:2,shard:16",
        {"gres/gpu": 2, "gres/shard": 16},
    ),
    "mps": (
        {"part": "h100_sxm", "count": 4, "sharing": {"mps_per_device": 100}},
        "gpu:h100_sxm:4,mps:400",
        {"gres/gpu": 4, "gres/mps": 400},
    ),
}


@pytest.mark.parametrize(("given", "text", "totals"), DIVISIONS.values(), ids=DIVISIONS)
def test_devices_of_a_node(given, text, totals):
    accelerators = Accelerators.model_validate(given)
    assert gres_text(accelerators) == text
    assert node_resources(accelerators) == totals


def hours_of(case, answer):
    facility = load_facility(SITES / case / "site.facility.yaml")
    text = (SITES / case / answer).read_text()
    evidence = read_usage(text, begin="2026-01-01T00:00:00Z", end="2026-02-01T00:00:00Z", command=())
    usage = sum_usage(facility, evidence)
    assert not usage.unknown
    return {row.account: row.used for row in usage.accounts}


@pytest.mark.parametrize(
    ("case", "answer", "hours"),
    [
        ("01-mig-charge", "sacct.txt", {"sea": 4.0, "ice": 8.0}),
        ("02-tres-strings", "typed-only.txt", {"sea": 4.0, "ice": 4.0}),
        ("02-tres-strings", "burst-buffer.txt", {"sea": 4.0, "ice": 0.0}),
    ],
)
def test_a_whole_node_for_an_hour_costs_its_units(case, answer, hours):
    assert hours_of(case, answer) == pytest.approx(hours)


ANSWERS = {"unit": "mem=1Q,cpu=4", "word": "cpu=many", "nothing": "cpu=", "not a number": "gres/gpu=nan"}


@pytest.mark.parametrize("allocated", ANSWERS.values(), ids=ANSWERS)
def test_an_amount_that_is_no_number_is_listed_and_hides_nobody_else(allocated):
    facility = load_facility(SITES / "02-tres-strings/site.facility.yaml")
    text = f"sea|ada|open|boost|3600|{allocated}\nice|ada|open|boost|3600|cpu=64,mem=1G,node=1\n"
    evidence = read_usage(text, begin="2026-01-01T00:00:00Z", end="2026-02-01T00:00:00Z", command=())
    usage = sum_usage(facility, evidence)
    assert [row.allocated for row in usage.unknown] == [allocated]
    assert {row.account: row.used for row in usage.accounts} == {"sea": 0.0, "ice": pytest.approx(4.0)}


def slurm_charge(weights, allocated):
    """What slurmctld charges by ``MAX_TRES``: the largest of count times weight, over all it tracks."""
    factor = {"K": 1 / 1024, "M": 1, "G": 1024}
    counts = {}
    for part in allocated.split(","):
        name, _, count = part.partition("=")
        counts[name] = float(count[:-1]) * factor[count[-1]] if name == "mem" else float(count)
    resources = {"CPU": "cpu", "Mem": "mem"}
    pairs = (pair.split("=") for pair in weights.split(","))
    return max(counts.get(resources.get(name, name.lower()), 0) * float(weight) for name, weight in pairs)


@settings(deadline=None)
@given(
    st.sampled_from(["boost", "slices", "instinct"]),
    st.integers(1, 128),
    st.integers(1, 4000),
    st.integers(0, 128),
    st.booleans(),
)
def test_slurm_charges_what_the_usage_says(partition, cpus, gib, gpus, is_typed):
    """The billing weights applied as slurmctld does, against the reader of sacct."""
    facility = DIVIDED
    allocated = f"cpu={cpus},mem={gib}G,node=1,gres/gpu={gpus}"
    weights = billing_weights(facility, partition)
    shown = allocated + (f",gres/gpu:any={gpus}" if is_typed else "")
    usage = charge(facility, UsageRow("a", "u", "open", partition, shown, 1, 3600))
    assert usage == pytest.approx(slurm_charge(weights, allocated) / BILLING_PER_UNIT, rel=1e-6)
