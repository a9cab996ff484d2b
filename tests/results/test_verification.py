import os

import pytest

from millwright.results.verification import Sealed, SignatureCheck, verify_run, verify_sealed


def write(path, text):
    path.chmod(0o644)
    path.write_text(text)


def test_an_untouched_run_is_intact_and_said_to_be_unsigned(stored_run):
    result = verify_run(stored_run)
    assert result.is_intact
    assert result.is_trustworthy
    assert result.describe() == ()
    assert result.signature.state == "unsigned"
    assert result.files > 20


def test_every_changed_missing_and_added_file_is_listed(stored_run):
    write(stored_run / "samples.parquet", "{}\n")
    (stored_run / "facility.yaml").unlink()
    (stored_run / "sessions" / "note.txt").write_text("x")
    result = verify_run(stored_run)
    assert (result.changed, result.missing, result.extra) == (
        ("samples.parquet",),
        ("facility.yaml",),
        ("sessions/note.txt",),
    )
    assert not result.is_intact
    assert len(result.describe()) == 3


@pytest.mark.parametrize(
    "name", ["counted.jsonl", "run.json", "facility.yaml", "sessions/rack-login/run-report.json"]
)
def test_one_changed_byte_is_found_in_any_file(stored_run, name):
    path = stored_run / name
    text = path.read_text()
    write(path, text[:-2] + ("x" if text[-2] != "x" else "y") + text[-1])
    assert verify_run(stored_run).changed == (name,)


def test_a_file_replaced_by_a_link_to_an_equal_one_is_changed(stored_run, tmp_path):
    path = stored_run / "samples.parquet"
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert verify_run(stored_run).changed == ("samples.parquet",)


def test_a_linked_folder_is_an_addition(stored_run):
    (stored_run / "etc").symlink_to("/etc")
    assert verify_run(stored_run).extra == ("etc",)


def test_a_run_without_its_manifest_is_not_intact(stored_run):
    (stored_run / "MANIFEST.sha256").unlink()
    result = verify_run(stored_run)
    assert not result.is_intact
    assert result.malformed == ("missing",)
    assert result.files == 0
    assert (result.changed, result.missing) == ((), ())
    assert {"samples.parquet", "run.json"} <= set(result.extra)


@pytest.mark.parametrize(
    "line", ["nonsense", f"{'0' * 64}  ../../../etc/passwd", f"{'0' * 64}  /etc/passwd", f"{'0' * 63}  a", ""]
)
def test_a_line_that_is_no_sum_or_leads_outside_is_reported(stored_run, line):
    manifest = stored_run / "MANIFEST.sha256"
    write(manifest, manifest.read_text() + line + "\n")
    result = verify_run(stored_run)
    assert result.malformed == (f"not a sum of a file: {line!r}",)
    assert not result.is_intact


def test_a_file_listed_twice_is_reported(stored_run):
    manifest = stored_run / "MANIFEST.sha256"
    first = manifest.read_text().splitlines()[0]
    write(manifest, manifest.read_text() + first + "\n")
    assert not verify_run(stored_run).is_intact


@pytest.mark.parametrize(
    ("state", "trusted"), [("good", True), ("unknown signer", True), ("bad", False), ("not checked", True)]
)
def test_only_a_bad_signature_takes_trust_away(stored_run, state, trusted):
    (stored_run / "MANIFEST.sha256.sig").write_text("signature")
    result = verify_run(
        stored_run, lambda path, signature: SignatureCheck(state, f"{path.name} {signature.name}")
    )
    assert result.is_intact
    assert result.is_trustworthy is trusted
    assert bool(result.describe()) is not trusted


def test_a_signature_that_nobody_checked_is_said_to_be_unchecked(stored_run):
    (stored_run / "MANIFEST.sha256.sig").write_text("signature")
    assert verify_run(stored_run).signature.state == "not checked"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read_is_an_error_and_no_all_clear(stored_run):
    (stored_run / "sessions").chmod(0)
    try:
        with pytest.raises(PermissionError):
            verify_run(stored_run)
    finally:
        (stored_run / "sessions").chmod(0o755)


def test_a_folder_that_is_not_there_is_an_error_and_no_all_clear(tmp_path):
    with pytest.raises(FileNotFoundError):
        verify_run(tmp_path / "gone")


def test_words_are_those_of_the_folder_that_was_sealed(stored_run):
    write(stored_run / "samples.parquet", "{}\n")
    result = verify_sealed(stored_run, None, Sealed("image", "the image was built"))
    assert result.describe() == ("samples.parquet: changed since the image was built",)
    assert result.signature.detail == "nobody signed this image's manifest"
