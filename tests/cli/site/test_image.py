"""What ``millwright image`` refuses, and what it says then."""

import json
import shutil

import pytest

from millwright.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gpu",), "no such partition of Slurm"),
        (("cpu", "--release", "el-9"), "no image of 'el-9' can be built"),
        (("cpu", "--release", "sles-15"), "no image of 'sles-15' can be built"),
        (("cpu", "--format", "zip"), "squashfs or tar.zst"),
        (("cpu", "--archive", "http://ada:secret@mirror/debian"), "without a user name"),
    ],
)
def test_bad_input_is_refused_before_anything_is_done(arguments, words, capsys, tmp_path):
    assert main.run(["image", "build", "rack", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_a_machine_without_the_programs_says_which(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("millwright.images.needs.find_program", lambda _name: None)
    assert main.run(["image", "build", "rack", "cpu", "--output", str(tmp_path / "images")]) == 3
    assert "apt-get install" in capsys.readouterr().err
    assert not (tmp_path / "images").exists()


def test_no_image_is_told_with_how_to_build_one(capsys):
    assert main.run(["image", "list", "rack"]) == 0
    assert "millwright image build rack PARTITION" in capsys.readouterr().out
    assert main.run(["image", "list", "rack", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["format"], printed["images"]) == ("millwright-image-list/1", [])


def test_a_folder_that_is_no_image_is_refused(capsys, tmp_path):
    assert main.run(["image", "verify", str(tmp_path)]) == 2
    assert "a folder that millwright image build made" in capsys.readouterr().err
    shutil.rmtree(tmp_path)
    assert main.run(["image", "verify", str(tmp_path)]) == 2
