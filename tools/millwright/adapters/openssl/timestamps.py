"""Time stamps of an authority (RFC 3161), requested and checked with OpenSSL's own ``openssl ts``."""

import datetime
import hashlib
import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millwright.core.errors import FailedError, NotTestableError
from millwright.results.run_info import iso_utc

TIMEOUT_S = 60
MAX_REPLY_BYTES = 1024 * 1024
STAMPED = re.compile(
    r"^Time stamp: (?P<time>\w{3} +\d+ [\d:]{8})(?:\.\d+)? (?P<year>\d{4}) GMT$", re.MULTILINE
)
DUMPED = re.compile(r"^    [0-9a-f]{4} - ([0-9a-f -]{1,48})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TimestampCheck:
    """What is known about a time stamp."""

    state: Literal["good", "bad", "not checked"]
    time: str = ""
    """ISO 8601, UTC, by the authority's clock; empty if it can't be read."""
    detail: str = ""


def make_query(file: Path, query: Path) -> None:
    """Write the request to stamp a file: its SHA-256 and a nonce, nothing of its content."""
    done = _openssl(("-query", "-data", str(file), "-sha256", "-cert", "-out", str(query)))
    if done.returncode != 0:
        raise FailedError(f"OpenSSL could not make a request for {file}: {_last_line(done)}", code="MW6203")


def ask_authority(url: str, query: bytes) -> bytes:
    """Send a request to an authority over HTTP; raises :exc:`NotTestableError` if it does not answer."""
    if not url.startswith(("http://", "https://")):
        raise FailedError(
            f"{url} is no address of a time stamp authority, expected http or https", code="MW6204"
        )
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url, data=query, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            reply: bytes = answer.read(MAX_REPLY_BYTES)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise NotTestableError(f"the authority {url} did not answer: {error}", code="MW6205") from error
    return reply


def check_timestamp(file: Path, response: Path, authority: Path | None) -> TimestampCheck:
    """Judge the time stamp of a file by the certificate of an authority that the reader trusts."""
    time = _time_of(response)
    if authority is None:
        return TimestampCheck("not checked", time, "no authority was named")
    command = ("-verify", "-data", str(file), "-in", str(response), "-CAfile", str(authority))
    done = _openssl(command)
    if done.returncode == 0:
        return TimestampCheck("good", time)
    return TimestampCheck("bad", time, _last_line(done))


def find_refusal(file: Path, response: Path) -> str:
    """Why a reply is no time stamp of a file; empty if it is one, by whichever authority."""
    text = _openssl(("-reply", "-in", str(response), "-text")).stdout
    if "Status: Granted" not in text:
        return next(
            (line.strip() for line in text.splitlines() if "Status" in line), "not a time stamp reply"
        )
    dump = DUMPED.findall(text.partition("Message data:")[2].partition("Serial number:")[0])
    digits = re.sub(r"[^0-9a-f]", "", "".join(dump))
    return "" if digits == hashlib.sha256(file.read_bytes()).hexdigest() else "it stamps another file"


def _time_of(response: Path) -> str:
    match = STAMPED.search(_openssl(("-reply", "-in", str(response), "-text")).stdout)
    if match is None:
        return ""
    text = f"{match['time']} {match['year']}"
    moment = datetime.datetime.strptime(text, "%b %d %H:%M:%S %Y").replace(tzinfo=datetime.UTC)
    return iso_utc(moment)


def _openssl(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["openssl", "ts", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
        )
    except FileNotFoundError as error:
        raise NotTestableError("openssl is missing; install the package openssl", code="MW6206") from error
    except subprocess.TimeoutExpired as error:
        raise NotTestableError(f"openssl gave no answer within {TIMEOUT_S} s", code="MW6207") from error


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"openssl ended with {done.returncode}"
