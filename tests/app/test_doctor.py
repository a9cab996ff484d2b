"""What doctor looks at, and the document that scripts read."""

import pytest

from millwright.app import doctor
from millwright.app.doctor import DoctorContext, examine, exit_code, to_document
from millwright.doctor.findings import CommandState, Diagnosis, Finding
from millwright.errors import BadInputError

GCC = Finding("gcc", "", "apt-get install gcc", ("run workstation",))
LACKING = Diagnosis(None, "3.13.5", None, (CommandState("run workstation", ("gcc",)),), (GCC,))


def test_the_exit_code_tells_whether_something_is_missing():
    assert exit_code(LACKING) == 3
    assert exit_code(Diagnosis(None, "3.13.5", None, (CommandState("report", ()),), ())) == 0


def test_the_document_has_a_format_and_the_line_that_mends_it():
    assert to_document(LACKING) == {
        "format": "millwright-doctor/1",
        "facility": None,
        "python": "3.13.5",
        "hosts_tried": None,
        "complete": False,
        "commands": [{"command": "run workstation", "ready": False, "missing": ["gcc"]}],
        "findings": [
            {
                "subject": "gcc",
                "detail": "",
                "mend": "apt-get install gcc",
                "commands": ["run workstation"],
                "optional": False,
            }
        ],
    }


def test_hosts_are_tried_only_if_a_facility_is_named(monkeypatch):
    tried = []
    monkeypatch.setattr(doctor, "look_at_machine", lambda: "machine")
    monkeypatch.setattr(doctor, "look_at_site", lambda _, site: tried.append(site.name) or "site")
    monkeypatch.setattr(doctor, "diagnose", lambda *given: given)
    assert examine(DoctorContext()) == ("machine",)
    assert tried == []
    assert examine(DoctorContext("workstation")) == ("machine", "site")
    assert tried == ["workstation"]


def test_an_unknown_facility_is_bad_input():
    with pytest.raises(BadInputError, match="no such facility"):
        examine(DoctorContext("atlantis"))
