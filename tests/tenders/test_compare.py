"""What follows from the files of a tender, with numbers from a hand calculation."""

from fractions import Fraction

import pytest

import worked_tender as worked
from millwright.tenders.award import depends_on_losers
from millwright.tenders.compare import compare
from millwright.tenders.load import load_procedure


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def found_in(folder):
    return compare(load_procedure(folder))


def make_simple(folder, award, offers):
    """A tender with one criterion, in which each offer is (committed, price); the reference is 1."""
    file = folder / "tender.yaml"
    asked = {
        "unit": "GB/s",
        "better": "higher",
        "weight": 1,
        "reference": 1,
        "source": "1",
        "date": "2026-06-01",
    }
    for key, value in {"benchmarks": {"bw": asked}, "mandatory": {}, "workloads": {}, "award": award}.items():
        worked.change(file, key, value)
    for bidder, (value, price) in offers.items():
        offer = folder / "offers" / f"{bidder}.yaml"
        given = {"value": value, "unit": "GB/s", "source": "x", "date": "2026-08-01"}
        worked.change(offer, "committed", {"bw": given})
        worked.change(offer, "workloads", {})
        worked.change(offer, "price.value", price)


def test_the_worked_tender_by_hand(folder):
    """The index of birch is 2.148550; its price points are 100 * (9 - 6.5) / (9 - 4)."""
    found = found_in(folder)
    ranking = found.standing.ranking
    index = 2.8**0.3 * 1.6**0.2 * 1.9**0.25 * 1.6**0.1 * 2.8**0.15
    assert ranking.order == ("birch", "alder")
    assert float(ranking.scores["birch"].total) == pytest.approx(0.7 * 100 * index / 4 + 0.3 * 50, rel=1e-12)
    assert ranking.scores["alder"].price_points == 32
    assert found.energy_kwh["birch"] == Fraction(66) * 8760 * 5 * Fraction("1.18")
    assert found.delivered["birch"].node_hours == {"climate": 20 * 8 * 8, "fine_tuning": 5 * 16 * 13}
    assert found.delivered["birch"].mixes_per_year == Fraction(24 * 8760, 2320)
    assert found.delivered["birch"].eur_per_mix == Fraction(6500000) / (Fraction(24 * 8760, 2320) * 5)
    assert set(found.rejected) == {"cedar"}
    assert set(found.indexes) == {"alder", "birch"}


def test_power_counts_in_the_unit_that_is_stated(folder):
    before = found_in(folder).energy_kwh["birch"]
    worked.change(folder / "offers/birch.yaml", "power.unit", "W")
    worked.change(folder / "offers/birch.yaml", "power.value", 66000)
    assert found_in(folder).energy_kwh["birch"] == before


def test_a_losing_offer_that_turns_the_order_is_shown(folder):
    """The worked example offers-rank-reversal, through files: with cedar alder wins, without it birch."""
    award = {"formula": "inverse_proportional", "quality_weight": 0.6, "price_weight": 0.4, "full_marks": 100}
    make_simple(folder, award, {"alder": (80, 100), "birch": (70, 84), "cedar": (20, 50)})
    standing = found_in(folder).standing
    assert standing.ranking.order == ("alder", "birch", "cedar")
    assert standing.ranking.scores["alder"].total == 68
    assert depends_on_losers(standing.left_out)
    turned = {row.without: row.turned for row in standing.left_out}
    assert turned == {"birch": (), "cedar": (("alder", "birch"),)}


def test_an_absolute_formula_does_not_depend_on_losers(folder):
    award = {
        "formula": "linear_to_ceiling",
        "quality_weight": 0.6,
        "price_weight": 0.4,
        "full_marks": 100,
        "ceiling_eur": 120,
    }
    make_simple(folder, award, {"alder": (80, 100), "birch": (70, 84), "cedar": (20, 50)})
    assert not depends_on_losers(found_in(folder).standing.left_out)


def test_quality_above_full_marks_earns_no_more(folder):
    award = {"formula": "price_per_point", "full_marks": 10}
    make_simple(folder, award, {"alder": (10, 100), "birch": (5000, 100), "cedar": (5, 100)})
    ranking = found_in(folder).standing.ranking
    assert ranking.ranks == {"alder": 1, "birch": 1, "cedar": 3}


def test_quality_can_be_the_delivered_mix(folder):
    worked.change(folder / "tender.yaml", "award.quality_by", "delivered")
    worked.change(folder / "tender.yaml", "award.full_marks", 200)
    scores = found_in(folder).standing.ranking.scores
    assert scores["birch"].quality_points == Fraction(24 * 8760, 2320) / 2
    assert any("mixes a year" in bar.name for bar in found_in(folder).standing.tornado)


def test_an_abnormally_low_price_is_named_with_its_explanation(folder):
    """6.5 M is more than 30 % below 9.5 M * 0.99."""
    worked.change(folder / "tender.yaml", "award.ceiling_eur", 20000000)
    worked.change(folder / "offers/alder.yaml", "price.value", 9285714)
    assert found_in(folder).abnormally_low == {}, "6.5 M is 0.7 of 9.2857 M, which is not more than 30 % less"
    worked.change(folder / "offers/alder.yaml", "price.value", 9285715)
    assert found_in(folder).abnormally_low == {"birch": None}
    worked.change(folder / "offers/birch.yaml", "explanation", "Own factory")
    assert found_in(folder).abnormally_low == {"birch": "Own factory"}


def test_the_tornado_moves_one_input_and_begins_with_the_strongest(folder):
    """A price 10 % lower adds 0.65 / 5 * 100 * 0.3 = 3.9 points to the lead."""
    bars = found_in(folder).standing.tornado
    assert [bar.span for bar in bars] == sorted((bar.span for bar in bars), reverse=True)
    price = next(bar for bar in bars if bar.name == "birch: price")
    scores = found_in(folder).standing.ranking.scores
    lead = scores["birch"].total - scores["alder"].total
    assert price.low.lead - lead == Fraction(39, 10) == lead - price.high.lead


def test_the_tornado_shows_who_wins_if_the_winner_falls_short(folder):
    award = {"formula": "price_per_point", "full_marks": 100}
    make_simple(folder, award, {"alder": (80, 100), "birch": (76, 100), "cedar": (20, 90)})
    bars = {bar.name: bar for bar in found_in(folder).standing.tornado}
    assert bars["alder: ratio of bw"].low.winners == ("birch",)
    assert bars["alder: ratio of bw"].low.lead < 0


def test_without_an_admissible_offer_nothing_is_ranked(folder):
    for bidder in worked.BIDDERS:
        worked.change(folder / "offers" / f"{bidder}.yaml", "form_version", 1)
    found = found_in(folder)
    assert found.standing is None
    assert set(found.rejected) == set(worked.BIDDERS)


def test_one_offer_is_ranked_alone(folder):
    for bidder in ("alder", "cedar"):
        (folder / "offers" / f"{bidder}.yaml").unlink()
    standing = found_in(folder).standing
    assert standing.ranking.winners == ("birch",)
    assert (standing.left_out, standing.tornado) == ((), ())
