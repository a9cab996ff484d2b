"""What the user of an antenna gets: time to log in, round trip, throughput up and down.

Runs where the user sits, with nothing but OpenSSH's client and the user's own configuration
(``MILLWRIGHT_SSH_CONFIG``), whose host ``factory`` leads through the antenna's gateway.
"""

import hashlib
import os
import random
import select
import subprocess
import time
from pathlib import Path

import probe

ROUND_TRIPS = 10
STREAM_BYTES = 32 * 1024 * 1024
CHUNK = 1024 * 1024
PATIENCE_S = 120
LINE = b"millwright\n"
# A connection of its own each time, and bytes as they are: nothing is shared, nothing compressed.
OPTIONS = {
    "ControlMaster": "no",
    "ControlPath": "none",
    "Compression": "no",
    "BatchMode": "yes",
    "ConnectTimeout": "20",
}


def ssh(config, remote_command):
    """Arguments that run one command at the factory."""
    options = [text for key, value in OPTIONS.items() for text in ("-o", f"{key}={value}")]
    return ["ssh", "-F", config, *options, "factory", remote_command]


def open_session(config, remote_command):
    """Start a session and wait until its command runs, so that logging in is not timed again."""
    command = ssh(config, f"echo ready && {remote_command}")
    session = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    if read_exactly(session, 6) != b"ready\n":
        session.kill()
        probe.stop(f"no session at the factory (ssh exited with {session.wait()})")
    return session


def read_exactly(session, count):
    """That many bytes, or fewer where the session ended; stops where it falls silent."""
    parts, missing = [], count
    while missing:
        if not select.select([session.stdout], [], [], PATIENCE_S)[0]:
            probe.stop(f"a session at the factory said nothing for {PATIENCE_S} s")
        part = session.stdout.read(min(missing, CHUNK))
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def read_line(session):
    """One line without its end, or what came before the session ended."""
    line = b""
    while not line.endswith(b"\n"):
        part = read_exactly(session, 1)
        if not part:
            break
        line += part
    return line.decode(errors="replace").strip()


def close(session):
    """End a session, which must have gone well on both sides."""
    session.stdin.close()
    if session.wait(PATIENCE_S) != 0:
        probe.stop(f"a session at the factory ended with exit code {session.returncode}")


def login(config, rep):
    """A connection of its own, through the gateway, until a command has run."""
    start = time.monotonic()
    done = subprocess.run(ssh(config, "true"), stdin=subprocess.DEVNULL, check=False, timeout=PATIENCE_S)
    seconds = time.monotonic() - start
    if done.returncode != 0:
        probe.stop(f"login failed (ssh exited with {done.returncode})")
    return probe.sample("login_time", seconds, "s", rep)


def round_trips(config):
    """One session that echoes; a sample is the mean of some round trips of one line."""
    session = open_session(config, "cat")
    for rep in range(-probe.WARM_UPS, probe.REPETITIONS):
        start = time.monotonic()
        for trip in range(ROUND_TRIPS):
            line = f"{rep} {trip}\n".encode()
            session.stdin.write(line)
            if read_exactly(session, len(line)) != line:
                probe.stop("an echoed line came back wrong")
        yield probe.sample("round_trip", 1e3 * (time.monotonic() - start) / ROUND_TRIPS, "ms", rep)
    close(session)


def sends(config, payload, checksum):
    """One session that takes the payload again and again, and answers with the checksum of what arrived."""
    count = probe.WARM_UPS + probe.REPETITIONS
    session = open_session(config, f"for i in $(seq {count}); do head -c {len(payload)} | sha256sum; done")
    for rep in range(-probe.WARM_UPS, probe.REPETITIONS):
        start = time.monotonic()
        unsent = memoryview(payload)
        while unsent:
            unsent = unsent[session.stdin.write(unsent[:CHUNK]) :]
        answer = read_exactly(session, len(checksum))
        seconds = time.monotonic() - start
        if answer != checksum:
            probe.stop(f"what was sent arrived with another checksum in repetition {rep}")
        yield probe.sample("throughput_up", 1e-6 * len(payload) / seconds, "MB/s", rep)
    close(session)


def receives(config, expected):
    """One session that sends the same bytes at every request."""
    count = probe.WARM_UPS + probe.REPETITIONS
    stream = f"yes {LINE.decode().strip()} | head -c {len(expected)}"
    session = open_session(config, f"for i in $(seq {count}); do head -n 1 >/dev/null; {stream}; done")
    for rep in range(-probe.WARM_UPS, probe.REPETITIONS):
        start = time.monotonic()
        session.stdin.write(b"go\n")
        received = read_exactly(session, len(expected))
        seconds = time.monotonic() - start
        if received != expected:
            probe.stop(f"what was received differs from what was sent in repetition {rep}")
        yield probe.sample("throughput_down", 1e-6 * len(expected) / seconds, "MB/s", rep)
    close(session)


def configuration():
    """The user's OpenSSH configuration, which must be there."""
    config = os.environ.get("MILLWRIGHT_SSH_CONFIG", "")
    if not Path(config).is_file():
        where = config or "MILLWRIGHT_SSH_CONFIG"
        probe.stop(f"no SSH configuration at {where}: run millwright antenna apply", probe.NOT_TESTABLE)
    return config


def measure():
    """Measure everything, then print it."""
    config = configuration()
    payload = random.Random(0).randbytes(STREAM_BYTES)  # noqa: S311 - payload, not a secret
    checksum = f"{hashlib.sha256(payload).hexdigest()}  -\n".encode()
    expected = (LINE * (STREAM_BYTES // len(LINE) + 1))[:STREAM_BYTES]
    lines = [login(config, rep) for rep in range(-probe.WARM_UPS, probe.REPETITIONS)]
    lines += round_trips(config)
    lines += sends(config, payload, checksum)
    lines += receives(config, expected)
    probe.finish(lines)


def main():
    """Say in a sentence what a user's connection did wrong."""
    try:
        measure()
    except BrokenPipeError:
        probe.stop("a session at the factory ended early")
    except subprocess.TimeoutExpired:
        probe.stop(f"the factory gave no answer within {PATIENCE_S} s")


if __name__ == "__main__":
    main()
