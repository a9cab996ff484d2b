"""Awards: only what may be accepted, once, and nothing but commitments changes in the facility."""

import datetime

import pytest

import worked_tender as worked
from millwright.app.context import Context
from millwright.app.tender.award import AwardRequest, award_tender
from millwright.core.errors import BadInputError
from millwright.facility import load_facility

NOON = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def award(folder, bidder="birch", **more):
    return award_tender(Context(now=lambda: NOON), AwardRequest(str(folder), bidder, **more))


def refuse(folder, bidder="birch", **more):
    before = (folder / "facility.yaml").read_bytes()
    with pytest.raises(BadInputError) as caught:
        award(folder, bidder, **more)
    assert (folder / "facility.yaml").read_bytes() == before
    return sorted(problem.code for problem in caught.value.problems)


def test_the_accepted_values_become_commitments_with_the_offers_hash(folder):
    found = award(folder)
    assert found.changed
    assert {line.effect for line in found.commitments} == {"add"}
    facility = load_facility(folder / "facility.yaml")
    given = facility.partitions["gpu"].checks["AcceleratorGemm"]["fp64_rate"]
    assert (given.value, given.unit, given.lot, given.minimum_n) == (49000, "GFLOP/s", "gpu", 10)
    assert found.offer_sha256 in given.source
    assert found.standstill_ends == datetime.date(2026, 10, 11)
    assert found.not_committed == ("llm_training", "pue")


def test_a_trial_writes_nothing_and_shows_the_difference(folder):
    before = (folder / "facility.yaml").read_bytes()
    found = award(folder, is_trial=True)
    assert (folder / "facility.yaml").read_bytes() == before
    assert not found.changed
    assert "+          value: 49000\n" in found.diff
    award(folder)
    assert award(folder, is_trial=True).diff == ""


def test_a_second_award_changes_nothing_and_another_offer_is_refused(folder):
    award(folder)
    before = (folder / "facility.yaml").read_bytes()
    again = award(folder)
    assert not again.changed
    assert {line.effect for line in again.commitments} == {"unchanged"}
    assert (folder / "facility.yaml").read_bytes() == before
    assert refuse(folder, "alder", reason="the first one withdrew") == ["MW7629"] * 5


def test_an_offer_that_was_changed_after_its_award_is_another_one(folder):
    award(folder)
    with (folder / "offers/birch.yaml").open("a") as file:
        file.write("# later\n")
    assert refuse(folder) == ["MW7629"] * 5


def test_permissions_and_a_link_to_the_facility_stay(folder, tmp_path):
    real = (folder / "facility.yaml").rename(tmp_path / "real.yaml")
    real.chmod(0o640)
    (folder / "facility.yaml").symlink_to(real)
    award(folder)
    assert (folder / "facility.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "SHA-256" in real.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lighthouse", "real.yaml"]


@pytest.mark.parametrize("bidder", ["brich", "", "../birch", "birch.yaml", "a\x1b[0m"])
def test_a_bidder_without_an_offer_is_refused(folder, bidder):
    assert refuse(folder, bidder) == ["MW7630"]


def test_a_rejected_offer_is_refused_with_every_reason(folder):
    assert refuse(folder, "cedar", reason="cheap") == ["MW7631", "MW7631"]


def test_an_offer_that_is_not_first_needs_a_reason(folder):
    assert refuse(folder, "alder") == ["MW7632"]
    assert award(folder, "alder", reason="birch withdrew").rank == 2


def test_a_shared_first_rank_needs_a_reason(folder):
    data = worked.read(folder / "offers/birch.yaml")
    worked.write(folder / "offers/alder.yaml", data | {"bidder": "alder", "title": "Alder"})
    assert refuse(folder) == ["MW7633"]
    assert award(folder, reason="drawn by lot").rank == 1


def test_a_price_that_is_abnormally_low_has_to_be_explained(folder):
    worked.change(folder / "offers/birch.yaml", "price.value", 5000000)
    assert refuse(folder) == ["MW7634"]
    worked.change(folder / "offers/birch.yaml", "explanation", "Own factory, see annex 7")
    assert award(folder).changed


def test_commitments_that_no_check_can_measure_are_refused(folder):
    worked.change(folder / "tender.yaml", "benchmarks.mpi_latency.unit", "h")
    for bidder in worked.BIDDERS:
        worked.change(folder / "offers" / f"{bidder}.yaml", "committed.mpi_latency.unit", "h")
    assert refuse(folder) != []


def test_a_facility_that_lacks_a_metric_is_refused(folder):
    worked.change(folder / "facility.yaml", "partitions.cpu.checks.MemoryBandwidth", ...)
    assert refuse(folder) == ["MW7610"]


def test_a_facility_that_is_broken_is_refused(folder):
    worked.change(folder / "facility.yaml", "partitions.cpu.nodes", "x[")
    assert refuse(folder) != []
