"""sshd's journal of a gateway, captured on the rack: who entered, with what, from where and to where."""

import json
from pathlib import Path

from millwright.antennas.proof.audit import parse_journal

JOURNAL = (Path(__file__).parents[1] / "data" / "sshd-journal.json").read_text().splitlines()


def record(message, pid=1, time_us=5):
    return json.dumps({"MESSAGE": message, "_PID": str(pid), "__REALTIME_TIMESTAMP": str(time_us)})


ACCEPTED = (
    "Accepted publickey for jump from 10.0.0.9 port 4000 ssh2: ED25519-CERT SHA256:key ID {} "
    "(serial 7) CA ED25519 SHA256:ca"
)


def test_every_certificate_that_entered_is_an_entry():
    entries = parse_journal(JOURNAL)
    assert len(entries) == sum("ED25519-CERT" in line and "Accepted" in line for line in JOURNAL) > 3
    assert {entry.key_id for entry in entries} == {"rack/coast/ada"}
    assert all(entry.ca.startswith("SHA256:") and entry.serial > 0 for entry in entries)


def test_where_it_went_and_what_was_denied_belongs_to_the_entry():
    entries = parse_journal(JOURNAL)
    assert any(entry.targets == ("10.92.0.1:22",) and not entry.denied for entry in entries)
    (probing,) = [entry for entry in entries if entry.denied]
    assert probing.denied == ("10.91.0.11:22", "10.91.0.10:22", "10.92.0.1:6817", "127.0.0.1:22")


def test_an_administrators_key_is_no_entry_of_a_certificate():
    line = "Accepted publickey for root from 10.0.0.9 port 4000 ssh2: ED25519 SHA256:key"
    assert parse_journal([record(line)]) == ()


def test_a_key_id_that_looks_like_more_of_the_line_stays_a_key_id():
    hostile = "x (serial 1) CA ED25519 SHA256:forged"
    (entry,) = parse_journal([record(ACCEPTED.format(hostile))])
    assert (entry.key_id, entry.serial, entry.ca) == (hostile, 7, "SHA256:ca")


def test_a_process_number_that_comes_again_belongs_to_the_newer_connection():
    target = "debug1: server_request_direct_tcpip (pid=9): originator x port 1, target {} port 22"
    lines = [
        record(ACCEPTED.format("a"), 8, 1),
        record("User child is on pid 9", 8, 1),
        record(target.format("10.0.0.1"), 9, 2),
        record("Disconnected from user jump 10.0.0.9 port 4000", 9, 3),
        record(ACCEPTED.format("b"), 8, 4),
        record("User child is on pid 9", 8, 4),
        record(target.format("10.0.0.2"), 9, 5),
    ]
    first, second = parse_journal(lines)
    assert (first.targets, first.left_us, second.targets) == (("10.0.0.1:22",), 3, ("10.0.0.2:22",))


def test_what_is_no_record_says_nothing():
    assert parse_journal(["", "{", "[]", "{}", '{"MESSAGE": [1, 2], "__REALTIME_TIMESTAMP": "1"}']) == ()
