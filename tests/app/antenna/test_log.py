"""Reading the gateways' logs: one that is down keeps no other from being read."""

import pytest

from millwright.antennas.proof.audit import Entry
from millwright.app.antenna import log as module
from millwright.core.errors import BadInputError, NotTestableError

ENTRY = Entry(1_700_000_000_000_000, "jump", "rack/coast/ada", 7, "SHA256:ca", "10.0.0.9:4711", ("a:22",))


def test_entries_come_by_antenna(monkeypatch):
    monkeypatch.setattr(module, "entries_of", lambda *_, since: (ENTRY,) if since == "-1 hour" else ())
    outcome = module.log("rack", "coast", "-1 hour")
    assert (outcome.exit_code, list(outcome.entries), outcome.not_reached) == (0, ["coast"], {})
    [row] = outcome.entries["coast"]
    assert (row.key_id, row.serial, row.targets, row.left_us) == ("rack/coast/ada", 7, ("a:22",), None)


def test_a_gateway_that_is_down_is_named_and_the_others_are_read(monkeypatch):
    def entries_of(_facility, antenna, *, since):
        if antenna == "coast":
            raise NotTestableError("coast is down", code="MW9001")
        return (ENTRY,)

    monkeypatch.setattr(module, "entries_of", entries_of)
    outcome = module.log("rack", None, "-1 day")
    assert (outcome.exit_code, outcome.not_reached) == (3, {"coast": "coast is down"})
    assert list(outcome.entries) == ["hills"]


def test_an_unknown_antenna_is_refused():
    with pytest.raises(BadInputError, match="unknown antenna"):
        module.log("rack", "hill", "-1 day")
