"""How long users wait after a cut of the tunnel: in an open session, and at a new login.

``MILLWRIGHT_ADMIN_SSH`` is the administrator's way to the gateway, ``MILLWRIGHT_ENDPOINT`` the factory's
address outside the tunnel. Without them the antenna may not be cut, and nothing is measured.
"""

import os
import shlex
import subprocess
import time

import antenna_probe
import probe

REPETITIONS = 6
CUT_S = 3
# The gateway heals itself, whatever becomes of us: systemd runs the whole cut, and its end is certain.
CUT = """
systemd-run --quiet --wait --collect --unit=millwright-cut \
  --property=ExecStopPost="-/bin/ip route del blackhole {endpoint}/32" \
  /bin/sh -c 'ip route add blackhole {endpoint}/32 && exec sleep {seconds}'
"""


def cut(admin, endpoint):
    """Start a cut; the program ends when the tunnel is whole again."""
    command = CUT.format(endpoint=endpoint, seconds=CUT_S)
    return subprocess.Popen([*admin, command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def recover(config, admin, endpoint):
    """Seconds from the end of a cut until an open session answers, and until a new login is through."""
    session = antenna_probe.open_session(config, "cat")
    cutting = cut(admin, endpoint)
    time.sleep(CUT_S / 2)
    session.stdin.write(b"still there\n")
    if cutting.wait(antenna_probe.PATIENCE_S) != 0:
        probe.stop("the gateway could not be cut", probe.NOT_TESTABLE)
    healed = time.monotonic()
    login = subprocess.Popen(antenna_probe.ssh(config, "true"), stdin=subprocess.DEVNULL)
    if antenna_probe.read_line(session) != "still there":
        probe.stop("an open session did not survive the cut")
    in_session = time.monotonic() - healed
    if login.wait(antenna_probe.PATIENCE_S) != 0:
        probe.stop("no login after the cut")
    at_login = time.monotonic() - healed
    antenna_probe.close(session)
    return in_session, at_login


def measure():
    """One cut after the other."""
    admin = shlex.split(os.environ.get("MILLWRIGHT_ADMIN_SSH", ""))
    if not admin:
        probe.stop("this antenna may not be cut: may_be_cut is not set in the facility", probe.NOT_TESTABLE)
    config, lines = antenna_probe.configuration(), []
    for rep in range(REPETITIONS):
        in_session, at_login = recover(config, admin, os.environ["MILLWRIGHT_ENDPOINT"])
        lines.append(probe.sample("session_recovery", in_session, "s", rep))
        lines.append(probe.sample("login_recovery", at_login, "s", rep))
    probe.finish(lines)


if __name__ == "__main__":
    try:
        measure()
    except (BrokenPipeError, subprocess.TimeoutExpired):
        probe.stop("a session did not survive the cut")
