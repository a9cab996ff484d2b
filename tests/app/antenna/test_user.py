"""What users are given: files here, a configuration to paste, a certificate for their own key."""

from pathlib import Path

import pytest

from millwright.app.antenna.user import certify, config_of_user, config_of_users
from millwright.app.context import Context
from millwright.core.errors import BadInputError, NotTestableError


def people(outcome):
    return [(row.antenna, row.user) for row in outcome.users]


def test_certificates_are_renewed_without_any_host(rack_down):
    outcome = config_of_users(Context(), rack_down, None)
    assert people(outcome) == [("coast", "ada"), ("hills", "bea"), ("hills", "ada")]
    assert all(Path(row.config).exists() and Path(row.certificate).exists() for row in outcome.users)


def test_the_first_user_of_each_antenna_is_the_default(rack_down):
    outcome = config_of_user(Context(), rack_down, None, None)
    assert people(outcome) == [("coast", "ada"), ("hills", "bea")]
    assert outcome.users[0].printed.startswith("# ada at rack-coast: ")


def test_what_a_user_pastes_names_no_file_of_this_machine(rack_down, tmp_path):
    [row] = config_of_user(Context(), rack_down, "coast", "ada").users
    assert str(tmp_path) not in row.printed
    assert '"@cert-authority [127.0.0.1]:' in row.printed


def test_a_user_of_another_antenna_is_refused(rack_down):
    with pytest.raises(BadInputError, match="unknown user 'mallory', expected one of ada"):
        config_of_user(Context(), rack_down, "coast", "mallory")


def test_unknown_antennas_are_refused():
    with pytest.raises(BadInputError, match="expected one of"):
        config_of_user(Context(), "rack", "hill", None)
    with pytest.raises(BadInputError, match="expected a facility with antennas"):
        config_of_users(Context(), "workstation", None)


def test_a_facility_that_was_never_up_has_no_pinned_keys(rack_reached_by):
    with pytest.raises(NotTestableError, match="ssh_config is missing"):
        config_of_user(Context(), rack_reached_by(None), None, None)


def test_a_key_that_a_user_sent_is_certified(rack_down, tmp_path, public_key):
    key = tmp_path / "sent.pub"
    key.write_text(f"{public_key} ada@home\n")
    certificate = certify(Context(), rack_down, "coast", "ada", key)
    assert certificate.startswith("ssh-ed25519-cert-v01@openssh.com ")
    assert certificate.count("\n") == 1
