"""Which share of the bytes that the factory sends to a user it must send again, as its kernel counts them."""

import re

import antenna_probe
import probe

STREAM_BYTES = 4 * 1024 * 1024
# The login node's own count of this very connection, read after each stream.
SCRIPT = """
set -- $SSH_CONNECTION
command -v ss >/dev/null || exit 3
while read -r line; do
  yes millwright | head -c {count}
  ss -tinH state established "( sport = :$4 and dport = :$2 )" | tr -s '\\n\\t ' ' '
  echo
done
"""


def parse_counts(text):
    """Bytes that were sent, and sent again; None if the kernel does not count them."""
    sent = re.search(r"\bbytes_sent:(\d+)", text)
    again = re.search(r"\bbytes_retrans:(\d+)", text)
    if sent is None:
        return None
    return int(sent[1]), int(again[1]) if again else 0


def counts_after_stream(session):
    """Let the factory send a stream, and read what its kernel counted."""
    session.stdin.write(b"go\n")
    received = antenna_probe.read_exactly(session, STREAM_BYTES)
    if len(received) != STREAM_BYTES:
        probe.stop("a stream from the factory ended early")
    counts = parse_counts(antenna_probe.read_line(session))
    if counts is None:
        probe.stop("the login node does not count what it sends again", probe.NOT_TESTABLE)
    return counts


def measure():
    """One stream after the other, each with what it added to the counts."""
    script = SCRIPT.format(count=STREAM_BYTES)
    session = antenna_probe.open_session(antenna_probe.configuration(), script)
    lines, before = [], (0, 0)
    for rep in range(-probe.WARM_UPS, probe.REPETITIONS):
        counts = counts_after_stream(session)
        sent, again = counts[0] - before[0], counts[1] - before[1]
        lines.append(probe.sample("retransmitted", again / max(sent, 1), "ratio", rep))
        before = counts
    antenna_probe.close(session)
    probe.finish(lines)


if __name__ == "__main__":
    measure()
