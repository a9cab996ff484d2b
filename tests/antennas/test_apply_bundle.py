"""What a gateway makes of a bundle: the good one is applied once, and every other one is refused."""

import datetime
import json

import pytest
from bundle_workshop import NOW, Workshop, pyinfra_said, with_member

from antennas import apply_bundle
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half

DAY = datetime.timedelta(days=1)


@pytest.fixture
def shop(tmp_path, shipped_rack):
    return Workshop(tmp_path, shipped_rack)


@pytest.fixture
def refused(shop, capsys):
    """Apply a bundle that must be refused, before anything was changed; the reason."""

    def attempt(path, *arguments, now=NOW):
        before, pinned = list(shop.deployed), shop.gateway.signers.exists()
        assert shop.apply(path, *arguments, now=now) == 2
        assert shop.deployed == before
        assert shop.gateway.signers.exists() == pinned
        return capsys.readouterr().err

    return attempt


def test_a_bundle_is_applied_and_leaves_its_signer_its_program_and_a_result(shop, capsys):
    path, result = shop.applied()
    assert "changed  two\napplied; send this back" in capsys.readouterr().out
    assert shop.gateway.signers.read_text().startswith(
        'millwright namespaces="millwright-bundle" ssh-ed25519 '
    )
    assert shop.gateway.program.read_bytes().startswith(b"#!/usr/bin/python3 -I\n")
    assert result.exists()
    assert not shop.deployed[0].exists(), "the unpacked payload was left behind"
    assert path.exists()


def test_later_bundles_need_no_fingerprint(shop):
    shop.applied()
    assert shop.apply(shop.bundle(now=NOW + DAY), now=NOW + DAY) == 0


def test_without_a_pinned_signer_and_a_fingerprint_nothing_is_trusted(shop, refused):
    assert "no signer is pinned" in refused(shop.bundle())


def test_a_signer_with_another_fingerprint_is_refused(shop, refused, tmp_path):
    other = ensure_key_pair(tmp_path / "other", "id_ed25519", comment="other")
    path = shop.bundle(signer=other)
    assert "the signer in the bundle is SHA256:" in refused(path, "--signer", shop.fingerprint)
    shop.applied()
    assert "not signed by the trusted signer" in refused(path)
    theirs = fingerprint(public_half(other))
    assert "the signer pinned on this gateway is" in refused(path, "--signer", theirs)


def test_a_pinned_signer_is_replaced_by_one_that_was_told_by_telephone(shop, refused, tmp_path):
    shop.applied()
    other = ensure_key_pair(tmp_path / "other", "id_ed25519", comment="other")
    theirs, later = fingerprint(public_half(other)), NOW + DAY
    path = shop.bundle(signer=other, now=later)
    assert "where the operator's key changed, add --replace-signer" in refused(path, "--signer", theirs)
    assert "or vouched for" in refused(path, "--replace-signer")
    assert "the signer in the bundle is" in refused(path, "--signer", shop.fingerprint, "--replace-signer")
    assert shop.apply(path, "--signer", theirs, "--replace-signer", now=later) == 0
    assert shop.apply(shop.bundle(signer=other, now=later + DAY), now=later + DAY) == 0
    assert "not signed by the trusted signer" in refused(shop.bundle(now=later + 2 * DAY))


def test_a_new_signer_replays_nothing(shop, refused, tmp_path):
    other = ensure_key_pair(tmp_path / "other", "id_ed25519", comment="other")
    older = shop.bundle(signer=other, now=NOW - datetime.timedelta(hours=1))
    shop.applied()
    theirs = fingerprint(public_half(other))
    assert "a newer one was" in refused(older, "--signer", theirs, "--replace-signer")
    assert "not signed by the trusted signer" in refused(older)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.json.sig", "payload.tar", "apply_bundle.py"])
def test_an_altered_part_is_refused(shop, refused, name):
    path = with_member(shop.bundle(), name, lambda data: data[:-2] + b"#" + data[-1:])
    assert "altered" in refused(path, "--signer", shop.fingerprint)


def test_a_serial_raised_by_hand_is_refused(shop, refused):
    path, _ = shop.applied()

    def raised(data):
        document = json.loads(data)
        return json.dumps(document | {"serial": document["serial"] + 1}).encode()

    assert "was altered" in refused(with_member(path, "manifest.json", raised))


def test_a_swapped_signer_does_not_help(shop, refused, tmp_path):
    other = ensure_key_pair(tmp_path / "other", "id_ed25519", comment="other")
    path = with_member(
        shop.bundle(signer=other), "signer.pub", lambda _: public_half(shop.signer).read_bytes()
    )
    assert "not signed by the trusted signer" in refused(path, "--signer", shop.fingerprint)


@pytest.mark.parametrize("name", ["more.txt", "../../etc/passwd", "/etc/passwd"])
def test_a_member_too_many_is_refused(shop, refused, name):
    path = with_member(shop.bundle(), name, lambda _: b"x")
    assert "unexpected member" in refused(path, "--signer", shop.fingerprint)


@pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 10240])
def test_no_bundle_at_all_is_refused(shop, refused, tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    assert "not a bundle" in refused(tmp_path / "file", "--signer", shop.fingerprint)


def test_a_bundle_for_another_host_is_refused(shop, refused, tmp_path):
    other = public_half(ensure_key_pair(tmp_path / "host", "key", comment="hills")).read_text().split()[:2]
    path = shop.bundle(gateway="rack-antenna2", host_keys=(" ".join(other),))
    assert "made for rack-antenna2, whose host key is not this host's" in refused(
        path, "--signer", shop.fingerprint
    )


@pytest.mark.parametrize(("when", "words"), [(7 * DAY, "expired at"), (-DAY, "not valid before")])
def test_a_bundle_counts_in_its_time_only(shop, refused, when, words):
    assert words in refused(shop.bundle(), "--signer", shop.fingerprint, now=NOW + when)


@pytest.mark.parametrize("change", [{"python": "3.9"}, {"machine": "riscv64"}])
def test_packages_for_another_python_or_machine_are_refused(shop, refused, change):
    assert "this host has" in refused(shop.bundle(**change), "--signer", shop.fingerprint)


def test_every_reason_is_named_at_once(shop, refused):
    said = refused(shop.bundle(python="3.9"), "--signer", shop.fingerprint, now=NOW + 8 * DAY)
    assert "expired" in said
    assert "3.9" in said


def test_a_replayed_bundle_is_refused(shop, refused):
    path, _ = shop.applied()
    assert "was applied before" in refused(path)


def test_an_older_bundle_is_refused_once_a_newer_one_was_applied(shop, refused):
    old = shop.bundle()
    assert shop.apply(shop.bundle(now=NOW + DAY), "--signer", shop.fingerprint, now=NOW + DAY) == 0
    assert "or a newer one was" in refused(old)


def test_a_bundle_that_failed_may_be_tried_again(shop, capsys):
    path = shop.bundle()
    assert shop.apply(path, "--signer", shop.fingerprint, said=pyinfra_said(error=("three",))) == 1
    assert "words" in capsys.readouterr().err
    assert shop.apply(path) == 0


@pytest.mark.parametrize("said", ["", "{}", '{"results": null}', pyinfra_said()[:-9]])
def test_a_deploy_that_says_nothing_is_a_failure(shop, said):
    assert shop.apply(shop.bundle(), "--signer", shop.fingerprint, said=said) == 1


def test_a_journal_that_can_not_be_read_hides_no_replay(shop, refused):
    path, _ = shop.applied()
    shop.gateway.journal.write_text("")
    assert "no replay can be told" in refused(path)


def test_a_clock_that_was_set_back_lets_no_expired_bundle_in(shop, refused):
    path = shop.bundle()
    late = NOW + 8 * DAY
    assert "expired at" in refused(path, "--signer", shop.fingerprint, now=late)
    assert f"but said {late.isoformat()} before" in refused(path, "--signer", shop.fingerprint)
    assert shop.apply(path, "--signer", shop.fingerprint, "--clock-was-wrong") == 0


def test_a_bundle_of_another_signer_moves_no_clock(shop, refused):
    path = shop.bundle()
    assert "not SHA256:other" in refused(path, "--signer", "SHA256:other", now=NOW + 8 * DAY)
    assert shop.apply(path, "--signer", shop.fingerprint) == 0


def test_a_journal_of_the_version_before_knows_no_time(shop, refused):
    shop.gateway.journal.parent.mkdir(parents=True, exist_ok=True)
    shop.gateway.journal.write_text('{"serial": 1, "nonce": "a", "finished": true}')
    path, _ = shop.applied()
    assert "was applied before" in refused(path)


def test_no_file_is_written_through_a_link(shop, tmp_path):
    """The folder beside a bundle may be a user's: whoever owns it can leave links there."""
    path = shop.bundle()
    precious = tmp_path / "precious"
    precious.write_text("precious")
    result = path.with_suffix(".result")
    for name in (f".{result.name}.new", result.name):
        result.with_name(name).symlink_to(precious)
    assert shop.apply(path, "--signer", shop.fingerprint) == 0
    assert precious.read_text() == "precious"
    assert not result.is_symlink()
    assert [each.name for each in result.parent.glob(f".{result.name}.*")] == [f".{result.name}.new"]


def test_two_at_once_are_refused(shop, refused):
    path = shop.bundle()
    with apply_bundle.only_one(shop.gateway):
        assert "another bundle is being applied" in refused(path, "--signer", shop.fingerprint)
