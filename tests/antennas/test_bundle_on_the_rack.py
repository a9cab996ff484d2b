"""A gateway that SSH can't reach applies itself from one file, and its answer lets it in at the factory."""

import io
import json
import subprocess
import sys
import tarfile

import pytest
from rack_bundle import make_and_apply, ssh_blocked
from rack_console import Console
from rack_secrets import Watch
from rack_user import millwright

from millwright.antennas.gateway.sshd import DROP_IN
from millwright.antennas.gateway.wireguard import KEY_FILE, read_public_key
from millwright.antennas.rollout.apply import wait_for_handshake
from millwright.core.places import state_folder

pytestmark = pytest.mark.rack

HOST, ADDRESS = "rack-antenna2", "10.91.0.42"


@pytest.fixture(scope="module")
def console(antennas):
    return Console(antennas, HOST)


def taken(watch, result):
    """What ``antenna import`` tells of a result, watched."""
    done = watch.run("import", "rack", result, "-a", "hills", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_gateway_out_of_reach_stands_up_from_one_file(console, antennas, shipped_rack, tmp_path):
    watch = Watch(antennas)
    state = state_folder("rack")
    before = read_public_key(state / "wireguard" / "hills.pub")
    with ssh_blocked(ADDRESS):
        console.shell(f"systemctl stop wg-quick@wg0; rm -f {KEY_FILE} /etc/wireguard/wg0.conf {DROP_IN}")
        refused = subprocess.run(
            [sys.executable, "-m", "millwright", "antenna", "apply", "rack", "-a", "hills"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 3, "the gateway was meant to be out of reach"
        (tmp_path / "bundle").write_text("")
        console.shell("rm -rf /etc/millwright /var/lib/millwright /usr/local/sbin/millwright-gateway")
        unpack = "cd /root && tar -xf hills.bundle apply_bundle.py apply_bundle.py.sig"
        novalidate = "ssh-keygen -Y check-novalidate -n millwright-bundle -s apply_bundle.py.sig"
        made = json.loads(
            millwright("antenna", "bundle", "rack", "-a", "hills", "-o", tmp_path / "first.bundle", "--json")
        )
        console.put("/root/hills.bundle", (tmp_path / "first.bundle").read_bytes())
        assert made["signer"] in console.shell(f"{unpack} && {novalidate} < apply_bundle.py")
        result = make_and_apply(console, tmp_path, "python3", "-I", "/root/apply_bundle.py", signer=True)
        told = taken(watch, result)
        again = make_and_apply(console, tmp_path)
        second = taken(watch, again)
    assert "Ensure the gateway has a private key of its own" in told["changed"]
    assert read_public_key(state / "wireguard" / "hills.pub") == told["wireguard_public_key"] != before
    assert (second["changed"], second["factory_changes"]) == ([], 0)
    wait_for_handshake(shipped_rack, "hills", read_public_key(state / "wireguard" / "factory.pub"))
    watch.assert_nothing_came_to_light()


def test_a_replayed_bundle_is_refused_on_the_gateway(console):
    done = console.run("millwright-gateway", "/root/hills.bundle")
    assert done.returncode == 2
    assert b"was applied before" in done.stderr


def test_an_altered_bundle_is_refused(console, tmp_path):
    millwright("antenna", "bundle", "rack", "-a", "hills", "-o", tmp_path / "hills.bundle")
    with tarfile.open(tmp_path / "hills.bundle") as whole, tarfile.open(tmp_path / "altered", "w") as altered:
        for member in whole:
            data = whole.extractfile(member).read()
            if member.name == "payload.tar":
                assert b"10.92.0.1" in data
                data = data.replace(b"10.92.0.1", b"10.92.0.9")  # another factory at the tunnel's end
            altered.addfile(member, io.BytesIO(data))
    console.put("/root/altered.bundle", (tmp_path / "altered").read_bytes())
    done = console.run("millwright-gateway", "/root/altered.bundle")
    assert done.returncode == 2
    assert b"payload.tar was altered" in done.stderr


def test_a_bundle_of_another_gateway_is_refused(console, tmp_path):
    millwright("antenna", "bundle", "rack", "-a", "coast", "-o", tmp_path / "coast.bundle")
    console.put("/root/coast.bundle", (tmp_path / "coast.bundle").read_bytes())
    done = console.run("millwright-gateway", "/root/coast.bundle")
    assert done.returncode == 2
    assert b"whose host key is not this host's" in done.stderr


def test_no_private_key_stands_in_a_bundle_or_its_result(console, tmp_path):
    millwright("antenna", "bundle", "rack", "-a", "hills", "-o", tmp_path / "hills.bundle")
    carried = (tmp_path / "hills.bundle").read_bytes() + console.take("/root/hills.result")
    secrets = [console.take(KEY_FILE).strip()]
    secrets += [
        path.read_bytes().splitlines()[1]
        for path in state_folder("rack").parent.rglob("*")
        if path.is_file() and path.read_bytes().startswith(b"-----BEGIN OPENSSH PRIVATE KEY")
    ]
    assert len(secrets) > 3
    assert [secret for secret in secrets if secret in carried] == []
