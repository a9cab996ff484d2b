import json
import shutil
from dataclasses import replace

import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError
from millwright.results.manifest import sum_file, write_sums
from millwright.results.runs import find_run, list_runs, load_run
from millwright.results.session import open_session
from millwright.results.storing import store_run


def reseal(run):
    """Make a manifest that fits what lies there now, as somebody with bad intent and no key could."""
    (run / "MANIFEST.sha256").chmod(0o644)
    files = [path for path in run.rglob("*") if path.is_file() and not path.name.startswith("MANIFEST")]
    (run / "MANIFEST.sha256").write_text(write_sums({str(p.relative_to(run)): sum_file(p) for p in files}))


def write(path, text):
    path.chmod(0o644)
    path.write_text(text)


def test_a_stored_run_comes_back_whole(rack_run, run_info):
    assert replace(rack_run.info, sessions=()) == replace(run_info, number=1)
    assert {sample.check for sample in rack_run.samples} == {"MemoryBandwidth", "Gemm", "RiscvVector"}
    assert len(rack_run.samples) == (4 * 2 + 2 * 2 + 4) * 8
    assert len(rack_run.rejected) == 4
    assert rack_run.manifest_sum == sum_file(rack_run.path / "MANIFEST.sha256")
    assert rack_run.sums["samples.parquet"] == sum_file(rack_run.path / "samples.parquet")


def test_runs_are_listed_by_number_and_leftovers_apart(tmp_path, stored_run, session_folder, run_info):
    """The clock was set back between the two runs."""
    back = replace(run_info, run_id="20250101T000000Z-00000000")
    sessions = [open_session(session_folder)]
    newest = store_run(tmp_path / "results", back, b"", sessions, registry=shipped_checks())
    place = stored_run.parent
    (place / ".incoming-x").mkdir()
    (place / "notes.txt").write_text("")
    (place / "20270101T000000Z-00000000").mkdir()
    (place / "20280101T000000Z-00000000").symlink_to(stored_run)
    found = list_runs(tmp_path / "results", "rack")
    assert found.runs == (stored_run, newest)
    assert len(found.leftovers) == 4
    assert find_run(tmp_path / "results", "rack") == newest
    assert find_run(tmp_path / "results", "rack", stored_run.name) == stored_run


def test_an_interrupted_run_is_never_the_newest(tmp_path, stored_run, session_folder, run_info):
    stopped = replace(run_info, run_id="20261124T000000Z-00000000", was_interrupted=True)
    partial = store_run(
        tmp_path / "results", stopped, b"", [open_session(session_folder)], registry=shipped_checks()
    )
    assert find_run(tmp_path / "results", "rack") == stored_run
    assert find_run(tmp_path / "results", "rack", partial.name) == partial
    shutil.rmtree(stored_run)
    with pytest.raises(BadInputError, match=f"no complete run of 'rack' is stored.*{partial.name}"):
        find_run(tmp_path / "results", "rack")


def test_a_newest_run_that_cannot_be_read_is_not_passed_over(tmp_path, stored_run, session_folder, run_info):
    """Else spoiling one file would bring an older and better run to the front."""
    info = replace(run_info, run_id="20261124T000000Z-00000000")
    newest = store_run(
        tmp_path / "results", info, b"", [open_session(session_folder)], registry=shipped_checks()
    )
    write(newest / "run.json", "{")
    assert find_run(tmp_path / "results", "rack") == newest
    with pytest.raises(BadInputError, match=r"run\.json: changed"):
        load_run(newest)


def test_no_results_folder_is_no_run(tmp_path):
    assert list_runs(tmp_path, "rack").runs == ()
    with pytest.raises(BadInputError, match="no complete run of 'rack' is stored"):
        find_run(tmp_path, "rack")


def test_an_unknown_run_names_the_known_ones(tmp_path, stored_run):
    with pytest.raises(BadInputError, match=stored_run.name):
        find_run(tmp_path / "results", "rack", "20270101T000000Z-00000000")


@pytest.mark.parametrize("name", ["counted.jsonl", "run.json", "sessions/rack-login/run-report.json"])
def test_a_tampered_run_is_not_loaded(stored_run, name):
    write(stored_run / name, (stored_run / name).read_text().replace("1", "2", 1))
    with pytest.raises(BadInputError, match=f"{name}: changed since the run was stored"):
        load_run(stored_run)


def test_a_run_renamed_to_another_time_is_not_loaded(stored_run):
    moved = stored_run.rename(stored_run.with_name("20270101T000000Z-00000000"))
    with pytest.raises(BadInputError, match="says it is"):
        load_run(moved)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("rejected.jsonl", lambda text: text.replace('"reasons"', '"why"', 1)),
        ("run.json", lambda text: text.replace("millwright-run/2", "millwright-run/9")),
        ("run.json", lambda _: ""),
    ],
)
def test_a_run_in_another_format_is_refused_with_the_file_and_place(stored_run, name, change):
    write(stored_run / name, change((stored_run / name).read_text()))
    reseal(stored_run)
    with pytest.raises(BadInputError, match=name):
        load_run(stored_run)


def test_run_info_keeps_hostile_text_as_it_is(tmp_path, session_folder, run_info):
    text = "}<script>$(reboot)\n\u2028"
    info = replace(run_info, host={"cpu": text}, unavailable_nodes={"rack-c1": text})
    stored = store_run(tmp_path, info, b"", [open_session(session_folder)], registry=shipped_checks())
    assert load_run(stored).info.host == {"cpu": text}
    assert json.loads((stored / "run.json").read_text())["unavailable_nodes"] == {"rack-c1": text}
