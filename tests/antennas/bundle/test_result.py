"""What a gateway sends back counts only from that gateway, for a bundle made here, unchanged and once."""

import datetime
import json

import pytest
from bundle_workshop import GATEWAY_KEY, NOW, Workshop, pyinfra_said, signed_by

from millwright.antennas.bundle.result import MARK, Sender, take_result
from millwright.antennas.ssh.keys import ensure_key_pair
from millwright.core.errors import BadInputError

DAY = datetime.timedelta(days=1)


@pytest.fixture
def shop(tmp_path, shipped_rack):
    return Workshop(tmp_path, shipped_rack)


@pytest.fixture
def take(shop):
    def taken(path, **change):
        given = {"facility": "rack", "antenna": "coast", "host_keys": shop.host_keys} | change
        return take_result(path, Sender(**given), state=shop.state)

    return taken


@pytest.fixture
def refusal(take):
    def refused(path, **change):
        with pytest.raises(BadInputError) as error:
            take(path, **change)
        return str(error.value)

    return refused


def changed(shop, result, **change):
    """The result with other words, signed by the gateway itself."""
    document = json.loads(result.read_text().partition(MARK)[0]) | change
    result.write_text(signed_by(shop.gateway.host_key, json.dumps(document)))
    return result


def test_a_result_is_read(shop, take):
    _, path = shop.applied()
    result = take(path)
    assert (result.is_good, result.changed, result.operations) == (True, ["two"], 3)
    assert result.wireguard_public_key == GATEWAY_KEY
    assert result.versions["python"]


def test_a_failed_apply_is_told(shop, take):
    path = shop.bundle()
    shop.apply(path, "--signer", shop.fingerprint, said=pyinfra_said(error=("three",)))
    result = take(path.with_suffix(".result"))
    assert (result.is_good, result.failed, result.last_words) == (False, ["three"], ["words"])


def test_an_altered_result_is_refused(shop, refusal):
    _, path = shop.applied()
    path.write_text(path.read_text().replace(GATEWAY_KEY, GATEWAY_KEY.swapcase()))
    assert "not signed by the gateway's pinned host key, or altered" in refusal(path)


def test_a_result_of_another_host_is_refused(shop, refusal, tmp_path):
    _, path = shop.applied()
    other = ensure_key_pair(tmp_path / "other", "key", comment="other")
    path.write_text(signed_by(other, path.read_text().partition(MARK)[0]))
    assert "not signed by the gateway's pinned host key" in refusal(path)


def test_a_result_without_signature_is_refused(shop, refusal):
    _, path = shop.applied()
    path.write_text(path.read_text().partition(MARK)[0])
    assert "not signed" in refusal(path)


def test_a_replayed_result_is_refused(shop, take, refusal):
    _, path = shop.applied()
    take(path)
    assert "was imported before" in refusal(path)


def test_an_older_result_is_refused(shop, take, refusal):
    _, old = shop.applied()
    newer = shop.bundle(now=NOW + DAY)
    shop.apply(newer, now=NOW + DAY)
    take(newer.with_suffix(".result"))
    assert "is older than the one that was imported last" in refusal(old)


def test_a_result_of_a_bundle_that_was_never_made_is_refused(shop, refusal):
    _, path = shop.applied()
    assert "no bundle that was made here" in refusal(changed(shop, path, serial=7))
    assert "no bundle that was made here" in refusal(changed(shop, path, serial=7, nonce="0" * 32))


def test_a_result_of_another_antenna_is_refused(shop, refusal):
    _, path = shop.applied()
    assert "the result of rack/coast, not of rack/hills" in refusal(path, antenna="hills")


@pytest.mark.parametrize("change", [{"more": 1}, {"serial": "7"}, {"changed": None}])
def test_a_signed_document_of_another_shape_is_refused(shop, refusal, change):
    _, path = shop.applied()
    assert "not a result of format 1" in refusal(changed(shop, path, **change))


def test_no_text_at_all_is_refused(refusal, tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xfe")
    assert "not a result" in refusal(tmp_path / "x")
    assert "No such file" in refusal(tmp_path / "y")
