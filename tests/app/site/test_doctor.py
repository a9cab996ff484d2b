"""What doctor looks at, and the document that scripts read."""

import pytest

from millwright.app.site import doctor
from millwright.app.site.doctor import examine
from millwright.core.errors import BadInputError
from millwright.doctor.findings import CommandState, Diagnosis, Finding

GCC = Finding("gcc", "", "apt-get install gcc", ("run workstation",))
LACKING = Diagnosis(None, "3.13.5", None, (CommandState("run workstation", ("gcc",)),), (GCC,))
COMPLETE = Diagnosis(None, "3.13.5", None, (CommandState("report", ()),), ())


@pytest.fixture
def looks(monkeypatch):
    """Facilities whose hosts were tried; the machine lacks gcc."""
    tried = []
    monkeypatch.setattr(doctor, "look_at_machine", lambda: "machine")
    monkeypatch.setattr(doctor, "look_at_site", lambda _, site: tried.append(site.name))
    monkeypatch.setattr(doctor, "diagnose", lambda *_: LACKING)
    return tried


def test_the_document_says_what_is_missing_and_the_line_that_mends_it(looks):
    found = examine()
    assert found.format == "millwright-doctor/1"
    assert found.exit_code == 3
    assert [(state.command, state.ready, state.missing) for state in found.commands] == [
        ("run workstation", False, ("gcc",))
    ]
    assert [(each.subject, each.mend, each.optional) for each in found.findings] == [
        ("gcc", "apt-get install gcc", False)
    ]


def test_a_machine_with_everything_exits_0(looks, monkeypatch):
    monkeypatch.setattr(doctor, "diagnose", lambda *_: COMPLETE)
    assert examine().exit_code == 0


def test_hosts_are_tried_only_if_a_facility_is_named(looks):
    examine()
    assert looks == []
    examine("workstation")
    assert looks == ["workstation"]


def test_an_unknown_facility_is_bad_input():
    with pytest.raises(BadInputError, match="no such facility"):
        examine("atlantis")
