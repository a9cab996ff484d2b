"""A soak ends at its time, whatever it finds, and counts each interruption once."""

import datetime
from types import SimpleNamespace

import pytest

from millwright.app.context import Context
from millwright.app.measure import soak as module
from millwright.app.measure.run import RunRequest
from millwright.app.measure.soak import SoakRequest, check_hours, soak
from millwright.core.errors import BadInputError, NotTestableError

START = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)


@pytest.fixture
def rounds(monkeypatch):
    """Each round lasts half an hour; a test says what it loses, or raises."""

    class Rounds(list):
        clock = START
        done = 0

        def now(self):
            return self.clock

        def run(self, _context, _request):
            self.clock += datetime.timedelta(minutes=30)
            found = self[self.done] if self.done < len(self) else {}
            self.done += 1
            if isinstance(found, Exception):
                raise found
            stopped = found == "stopped"
            path = str(self.done)
            return SimpleNamespace(was_interrupted=stopped, exit_code=0, run_id=f"r{path}", path=path)

    found = Rounds()
    monkeypatch.setattr(module, "run_checks", found.run)
    monkeypatch.setattr(
        module,
        "_lost",
        lambda path: found[int(str(path)) - 1].items() if int(str(path)) <= len(found) else (),
    )
    return found


def run(rounds, hours=2.0):
    return soak(Context(now=rounds.now), SoakRequest(RunRequest("rack", tier="soak"), hours))


def test_it_lasts_as_long_as_was_fixed(rounds):
    found = run(rounds)
    assert (found.observed_hours, len(found.runs), found.is_complete, found.exit_code) == (2.0, 4, True, 0)
    assert found.mean_hours is None
    assert found.one_sided_low_hours == pytest.approx(2 / 2.9957, rel=1e-3)


def test_an_interruption_counts_once_and_ends_nothing(rounds):
    rounds += [{}, {"n1": "reboot"}, {"n1": "still down"}]
    found = run(rounds)
    assert [(each.run, each.place) for each in found.interruptions] == [("r2", "n1")]
    assert (len(found.runs), found.exit_code, found.mean_hours) == (4, 1, 2.0)


def test_who_stops_it_has_no_complete_soak(rounds):
    rounds += [{}, "stopped"]
    found = run(rounds)
    assert (found.is_complete, found.exit_code, found.runs) == (False, 3, ("r1",))


def test_without_any_result_it_ends(rounds):
    rounds += [NotTestableError("the harness is down", code="MW3202")] * 9
    found = run(rounds, 24.0)
    assert (found.observed_hours, found.is_complete, found.runs) == (1.5, False, ())
    assert [each.place for each in found.interruptions] == ["every node"]


@pytest.mark.parametrize(("tier", "hours"), [("soak", None), ("quick", 1.0), ("", 1.0)])
def test_hours_belong_to_a_soak(tier, hours):
    with pytest.raises(BadInputError, match="MW6621"):
        check_hours(tier, hours)
