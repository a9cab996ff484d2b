"""``millwright tender form`` and ``read-form``."""

import json

import bid_forms
import worked_tender as worked
from millwright.cli.main import run
from millwright.tenders.form.layout import BID


def test_a_form_goes_out_and_comes_back(tmp_path, monkeypatch, capsys):
    folder = worked.copy(tmp_path)
    (folder / "offers/birch.yaml").unlink()
    monkeypatch.chdir(folder)
    assert run(["tender", "form", ".", "--output", str(tmp_path / "bid.xlsx")]) == 0
    path = str(bid_forms.saved(bid_forms.filled("birch"), tmp_path, "birch.xlsx"))
    words = ["tender", "read-form", path, "--received", "2026-09-01T10:05:00+0200"]
    assert run([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 2)[2])["bidder"] == "birch"
    assert run(["tender", "award", ".", "birch"]) == 0


def test_problems_are_named_by_cell(tmp_path, capsys):
    book = bid_forms.filled()
    book[BID][bid_forms.cell_of("price")].value = "=A1"
    path = bid_forms.saved(book, tmp_path)
    assert run(["tender", "read-form", str(path), "--tender", "lighthouse"]) == 2
    told = capsys.readouterr().err
    assert f"{path}: Bid!{bid_forms.cell_of('price')}: is a formula" in told
    assert "1 problem; nothing was changed" in told
