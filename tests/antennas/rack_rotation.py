"""A change of the user CA on the rack: its steps, and what opens which door meanwhile.

The hosts' clock stays as it is; the end of the overlap is brought forward in the file that holds it.
"""

import contextlib
import datetime
import json
import shutil
import subprocess
import sys

from rack_user import millwright

from millwright.antennas.proof.visitor import Visitor
from millwright.antennas.ssh.certificate_signing import read_certificate, sign
from millwright.antennas.ssh.keys import public_half
from millwright.antennas.trust.certificates import new_certificate
from millwright.antennas.trust.user_cas import own_ca
from millwright.antennas.user.files import ensure_user_access
from millwright.core.places import state_folder
from millwright.facility.topics.trust import Environment

STATE = state_folder("rack")
CA = own_ca(STATE, Environment.PRODUCTION)
MOST_STEPS = 4
"""Announced, overlap, withdrawn, steady."""


def now():
    """The time that certificates are dated by."""
    return datetime.datetime.now(datetime.UTC)


def unwatched(*words):
    """Run ``millwright antenna`` with these words to its end."""
    command = [sys.executable, "-m", "millwright", "antenna", *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False)


def rotate(facility, *options, run=unwatched):
    """Exit code, last words and the state afterwards."""
    done = run("rotate-ca", facility, *options)
    shown = json.loads(millwright("antenna", "rotate-ca", facility, *options, "--status", "--json"))
    return done.returncode, done.stderr.decode(), shown


def end_rotation(facility="rack", *options):
    """Bring a change that a failed test left under way to its end; nothing to do if there is none."""
    for _ in range(MOST_STEPS):
        shown = json.loads(millwright("antenna", "rotate-ca", facility, *options, "--status", "--json"))
        if shown["phase"] == "steady":
            return
        if "--hosts" not in options:
            end_overlap(CA)
        unwatched("rotate-ca", facility, *options)


def end_overlap(ca):
    """Bring the end of the overlap forward to this moment."""
    ca.plan.write_text(json.dumps({"withdraw_after": now().isoformat()}))


def keep_private_key(folder):
    """A copy of the private key that the switch destroys, for a thief's sake."""
    for path in (CA.current, public_half(CA.current)):
        shutil.copy2(path, folder / path.name)
    return folder / CA.current.name


def knock(rack, ca, folder):
    """What ``coast``'s gateway and the factory answer to a certificate that only its CA makes different."""
    access = ensure_user_access(rack, "coast", "ada", state=STATE, now=now())
    certificate = folder / "knock-cert.pub"
    sign(ca, public_half(access.key), new_certificate(rack, "coast", "ada", now=now()), certificate)
    answers = []
    for door in (Visitor(access).at_gateway, Visitor(access).at_factory):
        with door(certificate) as (_, attempt):
            answers.append(attempt.answer)
    return answers


def signer_of(home):
    """The fingerprint of the CA that signed a user's certificate."""
    return read_certificate(home.folder / ".ssh" / f"{home.alias}-cert.pub").signer


@contextlib.contextmanager
def open_session(home):
    """A session that gives back each line."""
    opened = subprocess.Popen(
        home.command("ssh", home.alias, "cat"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        cwd="/",
    )
    try:
        assert gives_back(opened, b"before\n")
        yield opened
    finally:
        opened.kill()
        opened.wait()


def gives_back(session, line):
    """Whether the session is still there."""
    session.stdin.write(line)
    return session.stdout.readline() == line
