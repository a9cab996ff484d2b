"""Units of this account, with programs in place of systemd's that write down how they were called."""

import pytest

from millwright.antennas.proof.user_units import ensure_no_timer, ensure_timer
from millwright.core.errors import NotTestableError

UNITS = {"a.service": "[Service]\n", "a.timer": "[Timer]\n"}
FAKE = """\
#!/bin/sh
echo "$(basename "$0") $*" >> {folder}/calls
[ ! -e {folder}/silent ] || {{ echo "Failed to connect to bus" >&2; exit 1; }}
case "$*" in
*" show "*) if [ -e {folder}/active ]; then echo active; else echo inactive; fi ;;
*" restart "*) touch {folder}/active ;;
*" disable "*) rm -f {folder}/active ;;
esac
"""


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "loginctl"):
        (programs / name).write_text(FAKE.format(folder=tmp_path))
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return tmp_path


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "units"


def test_a_timer_is_started_and_a_second_time_left_alone(systemd, folder):
    assert ensure_timer(UNITS, "a.timer", folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == UNITS
    assert (systemd / "calls").read_text().splitlines()[1:] == [
        "systemctl --user daemon-reload",
        "loginctl enable-linger",
        "systemctl --user enable --quiet a.timer",
        "systemctl --user restart a.timer",
    ]
    assert not ensure_timer(UNITS, "a.timer", folder)


def test_a_timer_that_somebody_stopped_is_started_again(systemd, folder):
    ensure_timer(UNITS, "a.timer", folder)
    (systemd / "active").unlink()
    assert ensure_timer(UNITS, "a.timer", folder)
    assert (systemd / "active").exists()


def test_a_timer_that_is_not_wanted_goes_and_nothing_else_does(systemd, folder):
    ensure_timer(UNITS, "a.timer", folder)
    (folder / "b.timer").write_text("another's")
    assert ensure_no_timer(UNITS, "a.timer", folder)
    assert [path.name for path in folder.iterdir()] == ["b.timer"]
    assert not (systemd / "active").exists()
    assert not ensure_no_timer(UNITS, "a.timer", folder)


def test_without_systemd_nothing_is_written(systemd, folder):
    (systemd / "silent").touch()
    with pytest.raises(NotTestableError, match="Failed to connect to bus"):
        ensure_timer(UNITS, "a.timer", folder)
    assert not folder.exists()


def test_without_systemd_nothing_is_taken_away(systemd, folder):
    ensure_timer(UNITS, "a.timer", folder)
    (systemd / "silent").touch()
    with pytest.raises(NotTestableError):
        ensure_no_timer(UNITS, "a.timer", folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(UNITS)
