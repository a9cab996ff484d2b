"""The revocation list, with the real ssh-keygen: what it shuts out, and that it can't be fooled."""

import datetime

import pytest

from millwright.antennas.ssh.certificate_signing import Certificate, sign
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust.revocations import (
    Kind,
    add_revocations,
    is_revoked,
    krl_file,
    krl_source,
    lift_revocations,
    list_file,
    new_revocation,
    read_revocations,
    write_krl,
)
from millwright.core.errors import BadInputError, FailedError
from millwright.core.process import run_tool

NOON = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
ADA = "rack/coast/ada"


def line(kind, value, reason=""):
    return new_revocation(kind, value, reason, NOON)


@pytest.fixture
def hands(tmp_path):
    """A CA, a key, and a certificate for it."""
    ca, key = (
        ensure_key_pair(tmp_path / "k", "ca", comment="ca"),
        ensure_key_pair(tmp_path / "k", "u", comment="u"),
    )
    certificate = Certificate(ADA, 77, ("user-ada",), NOON, NOON + datetime.timedelta(hours=1))
    sign(ca, public_half(key), certificate, tmp_path / "cert.pub")
    return ca, key, tmp_path / "cert.pub"


def is_shut_out(state, path):
    """What OpenSSH itself makes of the list."""
    return run_tool(["ssh-keygen", "-Q", "-f", str(krl_file(state)), str(path)]).returncode != 0


def test_an_empty_list_shuts_nobody_out(tmp_path, hands):
    write_krl(tmp_path)
    assert not is_shut_out(tmp_path, hands[2])


@pytest.mark.parametrize("kind", ["user", "serial", "key", "ca"])
def test_each_kind_shuts_the_certificate_out(tmp_path, hands, kind):
    ca, key, certificate = hands
    lines = {
        "user": line(Kind.USER, ADA),
        "serial": line(Kind.SERIAL, "77"),
        "key": line(Kind.KEY, fingerprint(public_half(key))),
        "ca": line(Kind.KEY, fingerprint(public_half(ca))),
    }
    add_revocations(tmp_path, [lines[kind]])
    assert is_shut_out(tmp_path, certificate)
    lift_revocations(tmp_path, [lines[kind].key])
    assert not is_shut_out(tmp_path, certificate)


@pytest.mark.parametrize(
    ("kind", "value"), [(Kind.USER, "rack/coast/bea"), (Kind.SERIAL, "78"), (Kind.SERIAL, "7")]
)
def test_nobody_else_is_shut_out(tmp_path, hands, kind, value):
    add_revocations(tmp_path, [line(kind, value)])
    assert not is_shut_out(tmp_path, hands[2])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.USER, "rack/coast/ada\nserial: 1-18446744073709551615"),
        (Kind.USER, "ada"),
        (Kind.SERIAL, "0"),
        (Kind.SERIAL, "1-99"),
        (Kind.KEY, "SHA256:short"),
        (Kind.KEY, "/etc/ssh/key"),
    ],
)
def test_a_value_that_says_more_than_one_thing_is_refused(kind, value):
    with pytest.raises(BadInputError):
        line(kind, value)


def test_a_reason_is_one_printable_line():
    with pytest.raises(BadInputError):
        line(Kind.SERIAL, "1", "left\x1b[2J")


def test_a_second_time_changes_nothing(tmp_path):
    assert len(add_revocations(tmp_path, [line(Kind.USER, ADA)] * 2)) == 1
    before = krl_file(tmp_path).read_bytes(), list_file(tmp_path).read_bytes()
    assert add_revocations(tmp_path, [line(Kind.USER, ADA)]) == ()
    assert (krl_file(tmp_path).read_bytes(), list_file(tmp_path).read_bytes()) == before
    assert is_revoked(tmp_path, ADA)
    assert not is_revoked(tmp_path, "rack/coast/bea")


def test_a_damaged_list_is_an_error_and_lets_nobody_in_again(tmp_path):
    add_revocations(tmp_path, [line(Kind.USER, ADA)])
    list_file(tmp_path).write_text("[")
    with pytest.raises(FailedError, match="damaged"):
        read_revocations(tmp_path)
    with pytest.raises(FailedError):
        add_revocations(tmp_path, [line(Kind.SERIAL, "1")])


@pytest.mark.parametrize("left", [None, "[]"])
def test_a_list_that_was_lost_or_emptied_is_an_error_too(tmp_path, left):
    """It would read as "nobody is revoked"."""
    add_revocations(tmp_path, [line(Kind.USER, ADA)])
    list_file(tmp_path).unlink() if left is None else list_file(tmp_path).write_text(left)
    for read in (read_revocations, write_krl):
        with pytest.raises(FailedError, match="lacks 1 revocations"):
            read(tmp_path)


def test_what_was_lifted_stays_named_until_it_is_revoked_again(tmp_path):
    """A host takes a line off its list only if it is named so."""
    add_revocations(tmp_path, [line(Kind.USER, ADA), line(Kind.SERIAL, "7")])
    first = krl_source(tmp_path).read_text()
    lift_revocations(tmp_path, [(Kind.USER, ADA)])
    second = krl_source(tmp_path).read_text()
    assert second.splitlines()[1:] == [f"# lifted id: {ADA}", "serial: 7"]
    add_revocations(tmp_path, [line(Kind.USER, ADA)])
    third = krl_source(tmp_path).read_text()
    assert third.splitlines()[1:] == ["serial: 7", f"id: {ADA}"]
    versions = [int(text.splitlines()[0].removeprefix("# version ")) for text in (first, second, third)]
    assert versions == sorted(set(versions))
