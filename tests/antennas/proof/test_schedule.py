"""The units of the schedule: as expected, and read by systemd as they are meant."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from millwright.antennas.proof.schedule import Schedule, unit_files
from millwright.core.errors import BadInputError
from millwright.facility.topics.acceptance import Every

SCHEDULE = Schedule(
    facility="rack",
    every=Every.DAILY,
    command=("/opt/millwright/bin/python", "-m", "millwright", "run", "rack", "--check", "AntennaAccess"),
    environment={"MILLWRIGHT_STATE": "/srv/state"},
    folder=Path("/srv/facilities"),
)
HOSTILE = "100%h $HOME ${USER} \"quoted\" 'single' back\\slash ;reboot"


@pytest.mark.parametrize("suffix", ["service", "timer"])
def test_the_units_read_as_expected(golden, suffix):
    name = f"millwright-access-rack.{suffix}"
    golden(name, unit_files(SCHEDULE)[name])


def test_hostile_words_stay_words(golden):
    command = ("/bin/printf", HOSTILE)
    changed = replace(SCHEDULE, command=command, environment={"A": HOSTILE}, folder=Path("/srv/100% mine"))
    golden("hostile-words.service", unit_files(changed)["millwright-access-rack.service"])


@pytest.mark.parametrize("every", Every)
def test_systemd_takes_the_units(tmp_path, every):
    command = ("/bin/echo", HOSTILE)
    units = unit_files(
        replace(SCHEDULE, every=every, command=command, environment={"A": HOSTILE}, folder=tmp_path)
    )
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    paths = [tmp_path / name for name in units]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("word", ["line\nExecStart=/bin/sh", "\x1b[2J", "tab\t"])
def test_words_that_a_line_cannot_hold_are_refused(word):
    with pytest.raises(BadInputError):
        unit_files(replace(SCHEDULE, command=("/bin/echo", word)))
