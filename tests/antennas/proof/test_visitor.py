"""The expired certificate of a proof: the valid one in all but its dates, and gone afterwards."""

import datetime
from dataclasses import replace

import pytest

from millwright.antennas.proof.visitor import expired_certificate
from millwright.antennas.ssh.certificate_signing import read_certificate
from millwright.antennas.ssh.host_keys import SshTarget
from millwright.antennas.trust.certificates import certificate_of, ensure_user_ca, ensure_user_certificate
from millwright.antennas.user.files import UserAccess

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture
def access(shipped_rack, tmp_path):
    key = ensure_user_certificate(shipped_rack, "coast", "ada", state=tmp_path, now=NOW)
    return UserAccess(
        antenna="coast",
        user="ada",
        key=key,
        certificate=certificate_of(key),
        known_hosts=tmp_path / "known_hosts",
        config=tmp_path / "ssh_config",
        gateway=SshTarget("rack-antenna", "10.91.0.41", 22, "root", (), True, (), ()),
        factory_address="10.92.0.1",
    )


def test_only_its_dates_and_serial_differ_from_the_valid_one(access, shipped_rack, tmp_path):
    valid = read_certificate(access.certificate)
    with expired_certificate(shipped_rack, access, ca=ensure_user_ca(tmp_path), now=NOW) as path:
        expired = read_certificate(path)
    assert (expired.key, expired.signer) == (valid.key, valid.signer)
    assert expired.certificate.serial != valid.certificate.serial
    assert expired.certificate.valid_before == NOW - datetime.timedelta(hours=1)
    assert not expired.certificate.is_valid(NOW)
    same = {name: getattr(valid.certificate, name) for name in ("serial", "valid_after", "valid_before")}
    assert replace(expired.certificate, **same) == valid.certificate


def test_it_never_takes_the_place_of_the_valid_one_and_leaves_nothing(access, shipped_rack, tmp_path):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ca = ensure_user_ca(tmp_path)
    with expired_certificate(shipped_rack, access, ca=ca, now=NOW) as path:
        assert path != access.certificate
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
