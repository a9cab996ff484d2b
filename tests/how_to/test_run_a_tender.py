"""docs/how-to/run-a-tender.md, command by command, in a copy of the worked tender."""

import bid_forms
import worked_tender as worked
from millwright.facility import load_facility

from .walk import Walk


def test_the_page_is_walked(tmp_path):
    folder = worked.copy(tmp_path)
    walk = Walk("run-a-tender", {}, {"HOME": str(tmp_path), "COLUMNS": "300"}, folder)
    worked.change(
        folder / "tender.yaml",
        "mandatory",
        worked.read(folder / "tender.yaml")["mandatory"] | walk.declares()["mandatory"],
    )
    assert "written" in walk.runs("tender form")
    assert (folder / "bid.xlsx").exists()

    walk.meets("millwright tender open")  # needs a clock after the deadline: tests/app/tender/test_opening.py
    (folder / "received").mkdir()
    (folder / "offers/alder.yaml").unlink()
    bid_forms.saved(bid_forms.filled("alder", folder), folder / "received", "alder.xlsx")
    assert "offers/alder.yaml: written" in walk.runs("tender read-form")

    assert "cedar: REJECTED" in walk.runs("tender check", code=1)
    assert "Ranking without each losing offer" in walk.runs("tender compare")
    assert (folder / "comparison.xlsx").exists()

    assert "would be changed" in walk.runs("tender award")
    assert "standstill up to" in walk.runs("tender award")
    assert "no problem found" in walk.runs("facility check")
    given = load_facility(folder / "facility.yaml").partitions["gpu"].checks["AcceleratorGemm"]["fp64_rate"]
    assert "SHA-256" in given.source
    walk.meets("millwright run")  # both need the machine that was bought: tests/test_chain_on_the_rack.py
    walk.meets("millwright report")
    assert walk.is_through()
