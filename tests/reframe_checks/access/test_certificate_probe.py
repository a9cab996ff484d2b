"""The certificate probe: real certificates of users, and what OpenSSH's client tells of hosts."""

import datetime
import os
import sys
from dataclasses import replace

import pytest

from millwright.antennas.ssh.certificate_signing import sign
from millwright.antennas.ssh.keys import ensure_key_pair, public_half
from millwright.antennas.trust.certificates import ensure_user_ca, new_certificate
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility

from ..conftest import python_path, run_probe

HOST_LINE = (
    "debug1: Server host certificate: ssh-ed25519-cert-v01@openssh.com SHA256:a, serial 7 "
    'ID "rack/h" CA ssh-ed25519 SHA256:b valid {when}'
)
SPOKEN = "#!/bin/sh\ncat >&2 <<'END'\n{words}\nEND\nexit {status}\n"


def now():
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


@pytest.fixture
def left(tmp_path):
    """Run the probe for a user or for hosts."""

    def run(whose, config, path=""):
        return run_probe(
            [sys.executable, "-m", "certificate_probe"],
            MILLWRIGHT_CERTIFICATES=whose,
            MILLWRIGHT_SSH_CONFIG=str(config),
            PATH=f"{path}:{os.environ['PATH']}",
            PYTHONPATH=python_path("access"),
        )

    return run


@pytest.fixture
def user_config(tmp_path):
    """Ada's configuration with a certificate that ends when the test says, in a folder with a space."""

    def make(ends):
        folder = tmp_path / "ada's home"
        key = ensure_key_pair(folder, "id_ed25519", comment="ada")
        facility = load_facility(shipped_facilities()["rack"])
        wanted = replace(new_certificate(facility, "coast", "ada", now=now()), valid_before=ends)
        wanted = replace(wanted, valid_after=min(wanted.valid_after, ends - datetime.timedelta(hours=1)))
        certificate = folder / "id_ed25519-cert.pub"
        sign(ensure_user_ca(tmp_path), public_half(key), wanted, certificate)
        config = folder / "config"
        config.write_text(f'Host factory\n    CertificateFile "{certificate}"\n')
        return config

    return make


@pytest.mark.parametrize("minutes", [10, -10])
def test_the_users_certificate_says_how_long_it_lives(left, user_config, minutes):
    ended = left("user", user_config(now() + datetime.timedelta(minutes=minutes)))
    output = ended.output("AntennaUserCertificate")
    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    values = [sample.value for sample in output.samples]
    assert len(values) == 6
    assert all(60 * minutes - 60 < value <= 60 * minutes for value in values)


def test_a_user_without_a_certificate_is_not_measured(left, tmp_path):
    (tmp_path / "config").write_text("Host factory\n")
    ended = left("user", tmp_path / "config")
    assert (ended.code, ended.vouches) == (3, False)
    assert "no certificate with an end" in ended.stderr


@pytest.fixture
def hosts_say(left, tmp_path):
    """A client that meets hosts whose certificates are valid as given."""

    def run(*when, status=0):
        (tmp_path / "config").write_text("Host factory\n")
        words = "\n".join(HOST_LINE.format(when=each) for each in when)
        (tmp_path / "ssh").write_text(SPOKEN.format(words=words, status=status))
        (tmp_path / "ssh").chmod(0o755)
        return left("host", tmp_path / "config", path=tmp_path)

    return run


def test_of_two_hosts_the_one_that_ends_first_counts(hosts_say):
    soon, late = (now() + datetime.timedelta(days=days) for days in (2, 300))
    spans = (f"from 2026-01-01T00:00:00 to {end:%Y-%m-%dT%H:%M:%S}" for end in (late, soon))
    ended = hosts_say(*spans)
    output = ended.output("AntennaHostCertificate")
    assert (ended.code, output.problems) == (0, ())
    assert all(2 * 86400 - 60 < sample.value <= 2 * 86400 for sample in output.samples)


@pytest.mark.parametrize(
    ("when", "status", "code", "message"),
    [
        (["from 2026-01-01T00:00:00 to 2036-01-01T00:00:00"], 0, 3, "1 of 2 hosts on the way"),
        (["forever", "from 2026-01-01T00:00:00 to 2036-01-01T00:00:00"], 0, 3, "1 of 2 hosts on the way"),
        ([], 255, 1, "login failed (ssh exited with 255)"),
    ],
)
def test_what_hosts_do_not_say_is_never_a_result(hosts_say, when, status, code, message):
    ended = hosts_say(*when, status=status)
    assert (ended.code, ended.vouches) == (code, False)
    assert message in ended.stderr
