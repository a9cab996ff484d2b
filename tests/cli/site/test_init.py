"""``millwright init`` as it is typed."""

import json

from millwright.cli import main


def test_it_lists_what_it_made_and_what_comes_next(tmp_path, capsys):
    assert main.run(["init", str(tmp_path / "coast")]) == 0
    told = capsys.readouterr().out
    assert "created  inventories/coast/facility.yaml" in told
    assert "millwright facility check coast" in told
    assert main.run(["facility", "check", str(tmp_path / "coast/inventories/coast")]) == 0


def test_once_more_it_says_what_is_kept(tmp_path, capsys):
    main.run(["init", str(tmp_path / "coast")])
    (tmp_path / "coast/README.md").write_text("mine\n")
    capsys.readouterr()
    assert main.run(["init", str(tmp_path / "coast")]) == 0
    told = capsys.readouterr().out
    assert "nothing to add" in told
    assert "kept     README.md" in told


def test_json_holds_the_same(tmp_path, capsys):
    assert main.run(["init", str(tmp_path / "a site"), "--name", "coast", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["folder"] == str(tmp_path / "a site")
    assert told["name"] == "coast"
    assert "inventories/coast/facility.yaml" in told["created"]
    assert told["kept"] == []


def test_a_folder_with_other_files_exits_2_and_stays(tmp_path, capsys):
    (tmp_path / "notes").write_text("")
    assert main.run(["init", str(tmp_path), "--name", "coast"]) == 2
    assert "--add" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]
