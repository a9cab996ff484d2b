"""Stored runs against their manifests."""

import pytest

from millwright.app.context import Context
from millwright.app.measure.results_verify import VerifyRequest, verify_results
from millwright.core.errors import BadInputError


@pytest.fixture
def verify(stored_run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def run(**more):
        return verify_results(Context(), VerifyRequest("rack", results=stored_run.parents[1], **more))

    return run


def test_an_intact_run_passes_though_nobody_signed_it(verify, stored_run):
    found = verify()
    assert (found.ok, found.exit_code) == (True, 0)
    assert [(run.run_id, run.signature.state, run.differences) for run in found.runs] == [
        (stored_run.name, "unsigned", ())
    ]


def test_it_fails_if_a_signature_is_required(verify):
    assert verify(require_signature=True).exit_code == 1


def test_a_file_more_fails(verify, stored_run):
    (stored_run / "extra").write_text("")
    (run,) = verify().runs
    assert (run.ok, run.extra, run.differences) == (
        False,
        ("extra",),
        ("extra: added since the run was stored",),
    )


def test_a_run_whose_manifest_was_taken_away_does_not_slip_through(verify, stored_run):
    (stored_run / "MANIFEST.sha256").unlink()
    for run in (None, stored_run.name):
        found = verify(run=run)
        assert (found.exit_code, found.runs[0].malformed) == (1, ("missing",))


def test_a_facility_without_runs_is_bad_input(tmp_path):
    with pytest.raises(BadInputError, match="no complete run of 'rack' is stored"):
        verify_results(Context(), VerifyRequest("rack", results=tmp_path))
