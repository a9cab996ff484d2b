"""``millwright tender open``."""

import worked_tender as worked
from millwright.cli.main import run


def test_a_change_after_the_opening_ends_with_1(tmp_path, capsys):
    folder = worked.copy(tmp_path)
    worked.change(folder / "tender.yaml", "published", "2020-06-01")
    worked.change(folder / "tender.yaml", "deadline", "2020-09-01T12:00:00+02:00")
    for kind in ("amendments", "answers"):
        worked.change(folder / "tender.yaml", kind, [])
    (folder / "received").mkdir()
    (folder / "received/alder.xlsx").write_text("sealed")
    words = ["tender", "open", str(folder), "--by", "A. Chair"]
    assert run(words) == 0
    assert "1: alder.xlsx, 6 bytes, SHA-256" in capsys.readouterr().out
    assert run(words) == 0
    assert "opening.yaml: holds" in capsys.readouterr().out
    (folder / "received/alder.xlsx").write_text("other")
    assert run(words) == 1
    assert "was changed after the opening" in capsys.readouterr().err
