"""What is in a bundle, and what never is."""

import datetime
import io
import tarfile
from pathlib import PurePosixPath

import pytest
from bundle_workshop import NOW, Workshop

from millwright.adapters.pyinfra.inventory import pyinfra_groups
from millwright.antennas.bundle.manifest import next_serial
from millwright.antennas.bundle.payload import pack, payload_contents
from millwright.core.errors import FailedError
from millwright.core.places import product_root


@pytest.fixture
def shop(tmp_path, shipped_rack):
    return Workshop(tmp_path, shipped_rack)


def members(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def test_the_payload_holds_the_deploy_its_data_and_public_keys(shop):
    payload = members(members(shop.bundle().read_bytes())["payload.tar"])
    assert {
        "inventory.py",
        "antenna.json",
        "src/millwright/antennas/gateway/guard.sh",
        "antennas/trust.py",
    } <= payload.keys()
    assert {"antennas/deploy.py", "state/trust/production.pub", "state/trust/revoked_keys"} <= payload.keys()
    assert b'"state/wireguard/factory.pub"' in payload["antenna.json"]
    assert str(shop.state).encode() not in payload["antenna.json"]


def test_no_private_key_of_the_operator_is_in_a_bundle(shop):
    data = shop.bundle().read_bytes()
    private = [path for path in shop.folder.rglob("*") if path.name in {"user_ca", "id_ed25519"}]
    assert len(private) >= 2
    for key in private:
        body = key.read_text().splitlines()[1]
        assert body.encode() not in data


@pytest.mark.parametrize("mark", ["-----BEGIN OPENSSH PRIVATE KEY-----", "[Interface]\nPrivateKey = x"])
def test_a_secret_where_a_public_key_should_be_stops_the_bundle(shop, mark):
    (shop.state / "wireguard" / "factory.pub").write_text(mark)
    with pytest.raises(FailedError, match="holds a private key"):
        shop.bundle()


def test_files_named_deep_in_the_data_are_carried_and_renamed(tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "ca.pub").write_text("key")
    data = {"cas": [{"file": f"{state}/ca.pub"}, {"file": f"{state}/missing.pub"}], "n": 3}
    contents = payload_contents(data, state=state, root=product_root(), wheels=tmp_path)
    assert contents[PurePosixPath("state/ca.pub")] == b"key"
    assert PurePosixPath("state/missing.pub") not in contents
    assert str(tmp_path).encode() not in contents[PurePosixPath("antenna.json")]


def test_every_file_of_the_gateways_data_lies_below_the_state_folder(shipped_rack, tmp_path):
    """Anything else would be missing on a gateway that applies itself."""
    for entries in pyinfra_groups(shipped_rack, tmp_path).values():
        for _, data in entries:
            files = [value for key, value in data["antenna"].items() if key.endswith("_file")]
            assert all(str(value).startswith(f"{tmp_path}/") for value in files)


def test_the_same_files_give_the_same_archive():
    files = {PurePosixPath("b"): b"2", PurePosixPath("a"): b"1"}
    assert pack(files) == pack(dict(reversed(files.items())))


def test_serials_only_grow():
    assert next_serial(0, NOW) == round(NOW.timestamp() * 1e6)
    later = next_serial(0, NOW) + 10**9
    assert next_serial(later, NOW) == later + 1
    assert next_serial(next_serial(0, NOW), NOW + datetime.timedelta(days=1)) > next_serial(0, NOW) + 1
