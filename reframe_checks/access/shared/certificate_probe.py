"""How long the certificates of a user, or of the hosts on the way, are still valid.

``MILLWRIGHT_CERTIFICATES`` says whose: ``user`` or ``host``.
"""

import datetime
import os
import re
import subprocess
from pathlib import Path

import antenna_probe
import probe

METRICS = {"user": "user_certificate_left", "host": "host_certificate_left"}
REPETITIONS = 6
END = re.compile(r"[Vv]alid:? from \S+ to (\S+)")
HOST = re.compile(r"Server host certificate: .*")


def run(arguments):
    """Output and messages of a program, with all times in UTC."""
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment
    )
    return done.returncode, done.stdout, done.stderr


def parse_end(text):
    """The moment a certificate ends, in UTC; None if it says none."""
    found = END.search(text)
    if found is None:
        return None
    return datetime.datetime.fromisoformat(found[1]).replace(tzinfo=datetime.UTC)


def user_end(config):
    """End of the certificate that OpenSSH would offer."""
    _, settings, _ = run(["ssh", "-G", "-F", config, "factory"])
    files = [
        line.partition(" ")[2].strip('"')
        for line in settings.splitlines()
        if line.startswith("certificatefile ")
    ]
    for file in files:
        status, shown, _ = run(["ssh-keygen", "-L", "-f", str(Path(file.replace("%%", "%")).expanduser())])
        if status == 0 and (end := parse_end(shown)):
            return end
    return probe.stop("the user has no certificate with an end", probe.NOT_TESTABLE)


def host_end(config):
    """The earliest end among the host certificates that gateway and factory show."""
    status, _, told = run(["ssh", "-v", *antenna_probe.ssh(config, "true")[1:]])
    if status != 0:
        probe.stop(f"login failed (ssh exited with {status})")
    ends = [end for line in HOST.findall(told) if (end := parse_end(line))]
    if len(ends) < 2:
        probe.stop(f"{len(ends)} of 2 hosts on the way show a certificate with an end", probe.NOT_TESTABLE)
    return min(ends)


def measure():
    """The same question some times: what it tells is the time that is left."""
    whose = os.environ.get("MILLWRIGHT_CERTIFICATES", "user")
    find_end = {"user": user_end, "host": host_end}[whose]
    config = antenna_probe.configuration()
    lines = []
    for rep in range(REPETITIONS):
        left = find_end(config) - datetime.datetime.now(datetime.UTC)
        lines.append(probe.sample(METRICS[whose], left.total_seconds(), "s", rep))
    probe.finish(lines)


if __name__ == "__main__":
    measure()
