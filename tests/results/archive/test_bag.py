"""Bags after RFC 8493, and what is wrong with those that are none."""

import hashlib
import shutil
import subprocess

import pytest

from millwright.results.archive.bag import decode_name, encode_name, find_bag_problems
from millwright.results.archive.container import write_bag

PAYLOAD = {"archive.json": b"{}", "results/rack/a.txt": b"one\n", "results/rack/b c.txt": b""}


@pytest.fixture
def bag(tmp_path):
    write_bag(tmp_path / "bag", "top", PAYLOAD, {"External-Identifier": "rack/1"})
    return tmp_path / "bag"


def test_a_bag_is_checked_by_sha256sum(bag):
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--check", "--strict", manifest], cwd=bag, check=True)
    assert (bag / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert "Payload-Oxum: 6.3\n" in (bag / "bag-info.txt").read_text()
    assert list(find_bag_problems(bag)) == []


def test_a_bag_is_valid_for_the_reference_library(bag):
    bagit = pytest.importorskip("bagit", reason="the library bagit is not installed")
    assert bagit.Bag(str(bag)).validate()


@pytest.mark.parametrize(
    ("alter", "problem"),
    [
        (lambda bag: (bag / "data/results/rack/a.txt").write_text("two\n"), "a.txt: its SHA-256 is not that"),
        (lambda bag: (bag / "data/results/rack/a.txt").unlink(), "a.txt: missing, but listed"),
        (lambda bag: (bag / "data/extra").write_text(""), "data/extra: not listed"),
        (lambda bag: (bag / "manifest-sha256.txt").unlink(), "manifest-sha256.txt: missing"),
        (lambda bag: (bag / "tagmanifest-sha256.txt").unlink(), "tagmanifest-sha256.txt: missing"),
        (lambda bag: (bag / "bagit.txt").write_text("BagIt-Version: 0.9\n"), "does not declare BagIt 1.0"),
        (lambda bag: (bag / "bagit.txt").unlink(), "bagit.txt: missing"),
        (lambda bag: (bag / "fetch.txt").write_text("http://x 1 data/y\n"), "fetch.txt: names files"),
        (lambda bag: (bag / "bag-info.txt").write_text("Payload-Oxum: 1.1\n"), "says Payload-Oxum"),
        (lambda bag: (bag / "manifest-sha256.txt").write_text("no sum\n"), "line 1 is no sum"),
        (
            lambda bag: (bag / "manifest-sha256.txt").write_text(f"{'0' * 64}  ../../etc/passwd\n"),
            "line 1 is no sum",
        ),
    ],
)
def test_each_alteration_is_found(bag, alter, problem):
    alter(bag)
    assert any(problem in f"{name}: {what}" for name, what in find_bag_problems(bag))


def test_all_problems_are_found_at_once(bag):
    shutil.rmtree(bag / "data/results")
    (bag / "data/extra").write_text("")
    assert {name for name, _ in find_bag_problems(bag)} >= {
        "data/results/rack/a.txt",
        "data/results/rack/b c.txt",
        "data/extra",
    }


@pytest.mark.parametrize("name", ["data/Check_%size=L2", "data/a\nb", "data/%0A", "data/a\r%25"])
def test_names_survive_a_manifest(name):
    assert decode_name(encode_name(name)) == name
    assert encode_name(name).isprintable()


def test_a_percent_sign_in_a_name_is_no_problem(tmp_path):
    write_bag(tmp_path / "bag", "top", {"Check_%size=L2/rfm_job.out": b"x"}, {})
    assert list(find_bag_problems(tmp_path / "bag")) == []
    line = f"{hashlib.sha256(b'x').hexdigest()}  data/Check_%25size=L2/rfm_job.out\n"
    assert (tmp_path / "bag/manifest-sha256.txt").read_text() == line
