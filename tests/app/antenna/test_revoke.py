"""Revoking: who is on the list, and where it is in force."""

import pytest

from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.app.antenna import revoke as module
from millwright.app.antenna.revoke import RevocationRequest, lift_revocation, list_revocations, revoke
from millwright.app.context import Context
from millwright.core.errors import BadInputError
from millwright.core.places import state_folder


@pytest.fixture(autouse=True)
def unreached(without_hosts):
    return without_hosts(module, "distribute")


def revoked():
    return [(str(row.kind), row.value) for row in list_revocations("rack").revocations]


def test_a_user_is_revoked_at_each_antenna_and_taken_back():
    outcome = revoke(Context(), "rack", RevocationRequest(user="ada", reason="left"))
    assert (outcome.exit_code, outcome.in_force) == (0, ("factory", "coast", "hills"))
    assert [row.reason for row in outcome.revoked] == ["left", "left"]
    assert revoked() == [("user", "rack/coast/ada"), ("user", "rack/hills/ada")]
    outcome = lift_revocation(Context(), "rack", RevocationRequest(user="ada", antenna="hills"))
    assert [row.value for row in outcome.lifted] == ["rack/hills/ada"]
    assert revoked() == [("user", "rack/coast/ada")]


def test_the_key_of_a_user_in_the_state_folder_is_revoked_too():
    folder = state_folder("rack") / "antennas" / "coast" / "users" / "ada"
    held = fingerprint(public_half(ensure_key_pair(folder, "id_ed25519", comment="ada")))
    revoke(Context(), "rack", RevocationRequest(user="ada", antenna="coast"))
    assert revoked() == [("user", "rack/coast/ada"), ("key", held)]


@pytest.mark.parametrize("option", ["key", "ca"])
def test_a_key_is_revoked_by_its_file(tmp_path, option):
    public = public_half(ensure_key_pair(tmp_path, "key", comment=""))
    revoke(Context(), "rack", RevocationRequest(**{option: str(public)}))
    assert revoked() == [("key", fingerprint(public))]


def test_who_was_not_reached_is_named_and_the_code_is_3(unreached):
    unreached["hills"] = "rack-antenna2 is down"
    outcome = revoke(Context(), "rack", RevocationRequest(serial=7))
    assert (outcome.exit_code, outcome.not_reached) == (3, {"hills": "rack-antenna2 is down"})
    assert outcome.in_force == ("factory", "coast")
    assert revoked() == [("serial", "7")]


@pytest.mark.parametrize(
    "request_",
    [
        RevocationRequest(),
        RevocationRequest(user="ada", serial=7),
        RevocationRequest(user="mallory"),
        RevocationRequest(user="ada", antenna="hill"),
        RevocationRequest(serial=0),
        RevocationRequest(key="/nowhere"),
        RevocationRequest(key="SHA256:x"),
        RevocationRequest(serial=7, reason="a\nb"),
    ],
)
def test_bad_input_changes_nothing(request_):
    with pytest.raises(BadInputError):
        revoke(Context(), "rack", request_)
    assert revoked() == []
