"""``millwright tender check``, ``compare`` and ``schema``: what a procurement team reads."""

import json

import openpyxl
import pytest

import worked_tender as worked
from millwright.cli.main import run


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def test_the_worked_tender_is_shown_whole(golden, capsys):
    assert run(["tender", "compare", "lighthouse"]) == 0
    golden("compare.txt", "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines()))


def test_check_names_each_rejected_offer_and_ends_with_1(golden, capsys):
    assert run(["tender", "check", "lighthouse"]) == 1
    golden("check.txt", capsys.readouterr().out)


def test_json_has_every_part(capsys):
    assert run(["tender", "compare", "lighthouse", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["format"] == "millwright-tender-compare/1"
    assert found["winners"] == ["birch"]
    assert found["ranking"][0]["price"] == {"amount": 6500000.0, "currency": "EUR", "date": "2026-08-31"}
    for index in found["indexes"]:
        product = 1.0
        for part in index["parts"]:
            product *= part["factor"]
        assert product == pytest.approx(index["index"], rel=1e-12)
    assert run(["tender", "check", "lighthouse", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["offers"][2]["rejections"][0]["rule_violation"]


def test_good_offers_alone_end_with_0(folder, capsys):
    (folder / "offers/cedar.yaml").unlink()
    assert run(["tender", "check", str(folder)]) == 0


def test_no_offer_and_no_admissible_offer_end_with_1(folder, capsys):
    for bidder in ("alder", "birch"):
        (folder / "offers" / f"{bidder}.yaml").unlink()
    assert run(["tender", "compare", str(folder)]) == 1
    assert "No offer is admissible." in capsys.readouterr().out
    (folder / "offers/cedar.yaml").unlink()
    (folder / "offers").rmdir()
    assert run(["tender", "check", str(folder)]) == 1
    assert "offers/<bidder>.yaml" in capsys.readouterr().out
    assert run(["tender", "compare", str(folder), "--json"]) == 1


def test_rank_reversal_and_low_prices_stand_out(folder, capsys):
    tender = worked.read(folder / "tender.yaml")
    tender["award"] = {
        "formula": "linear_min_max",
        "quality_weight": 0.9,
        "price_weight": 0.1,
        "abnormally_low": 0.05,
    }
    tender["mandatory"]["pue"]["limit"] = 1.3
    tender["benchmarks"]["fp64_gemm"]["rate"] = None
    worked.write(folder / "tender.yaml", tender)
    worked.change(folder / "offers/cedar.yaml", "committed.fp64_gemm.kind", ...)
    worked.change(folder / "offers/cedar.yaml", "price.value", 100000)
    assert run(["tender", "compare", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "ABNORMALLY LOW cedar" in printed
    assert "NOT EXPLAINED" in printed
    assert "Points of an offer depend on other offers" in printed


def test_markup_of_a_bidder_is_printed_as_text(folder, capsys):
    text = "[red]x[/red] <script> =1+1 [link=file:///]y[/link]"
    worked.change(folder / "offers/alder.yaml", "title", text)
    worked.change(folder / "offers/alder.yaml", "committed.fp64_gemm.kind", f"emulated {text}")
    assert run(["tender", "compare", str(folder)]) == 0
    assert capsys.readouterr().out.count(text) == 2


def test_problems_are_listed_with_file_and_line(folder, capsys):
    worked.change(folder / "offers/alder.yaml", "nodes", 0)
    worked.change(folder / "tender.yaml", "award.formula", "cheapest")
    assert run(["tender", "compare", str(folder)]) == 2
    told = capsys.readouterr().err
    assert f"{folder}/offers/alder.yaml:" in told
    assert "2 problems; nothing was changed" in told


def test_an_unknown_key_names_the_command_that_prints_the_schema(folder, capsys):
    worked.change(folder / "offers/alder.yaml", "nodez", 1)
    assert run(["tender", "check", str(folder)]) == 2
    assert "(millwright tender schema offer); did you mean nodes?" in capsys.readouterr().err
    assert run(["tender", "schema", "offer"]) == 0
    assert "committed" in json.loads(capsys.readouterr().out)["properties"]
    assert run(["tender", "schema", "offr"]) == 2


def test_what_a_bidder_may_see_is_shown_without_the_others(tmp_path, capsys):
    target = tmp_path / "for-cedar.xlsx"
    assert run(["tender", "compare", "lighthouse", "--for", "cedar", "--xlsx", str(target)]) == 0
    printed = capsys.readouterr().out
    assert "other offers that are not shown: 1" in printed
    assert "alder" not in printed.lower()
    book = openpyxl.load_workbook(target)
    texts = [str(cell.value).lower() for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "birch" in texts
    assert not [text for text in texts if "alder" in text]
    assert "REJECTED cedar" in printed
