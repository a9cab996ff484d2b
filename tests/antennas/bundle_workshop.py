"""An operator and a gateway on one table: makes bundles, spoils them, and applies them below a folder."""

import datetime
import io
import json
import subprocess
import tarfile
from pathlib import Path

from antennas import apply_bundle
from millwright.antennas.bundle.build import Order, Sources, make_bundle
from millwright.antennas.bundle.manifest import Target
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust.prepared import write_factory_trust
from millwright.core.places import product_root

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
GATEWAY_KEY = "WtK4FszKYkaa/Kg4bl6aZi3aR8iyaV/yrdBaxCshIQY="
FACTORY_KEY = "YpH9G5selcu6Q5qw9TmqdiQUsnwxFTptn8gwW+x6N/w="


def pyinfra_said(*, success=(), error=()):
    """What pyinfra prints about a deploy of three operations."""
    operations = [
        {"name": name, "success": ["@local"] * (name in success), "error": ["@local"] * (name in error)}
        for name in ("one", "two", "three")
    ]
    return json.dumps({"results": {"operations": operations}})


class Workshop:
    """One antenna with its operator and its gateway."""

    def __init__(self, folder, facility):
        self.folder, self.facility = folder, facility
        self.state = folder / "state"
        write_factory_trust(
            self.facility, product_root() / "inventories" / "rack" / "facility.yaml", self.state
        )
        (self.state / "wireguard").mkdir()
        (self.state / "wireguard" / "factory.pub").write_text(f"{FACTORY_KEY}\n")
        (folder / "wheels").mkdir()
        self.signer = ensure_key_pair(folder / "operator", "id_ed25519", comment="operator")
        self.gateway = apply_bundle.Gateway(folder / "gateway")
        ensure_key_pair(self.gateway.host_key.parent, self.gateway.host_key.name, comment="gateway")
        self.deployed = []

    @property
    def fingerprint(self):
        return fingerprint(public_half(self.signer))

    @property
    def host_keys(self):
        return (" ".join(public_half(self.gateway.host_key).read_text().split()[:2]),)

    def bundle(self, *, now=NOW, signer=None, **target):
        """A bundle's file."""
        python = ".".join(apply_bundle.platform.python_version_tuple()[:2])
        given = {
            "facility": "rack",
            "antenna": "coast",
            "gateway": "rack-antenna",
            "host_keys": self.host_keys,
            "python": python,
            "machine": apply_bundle.platform.machine(),
        }
        order = Order(
            Target(**given | target), datetime.timedelta(days=7), f"{now:%H%M%S}", signer or self.signer
        )
        sources = Sources(self.state, product_root(), self.folder / "wheels")
        manifest, data = make_bundle(self.facility, order, sources, now=now)
        path = self.folder / f"{manifest.serial}.bundle"
        path.write_bytes(data)
        return path

    def apply(self, path, *arguments, now=NOW, said=None):
        """Apply a bundle on the gateway; its exit code."""
        said = said if said is not None else pyinfra_said(success=("two",))

        def deploying(folder):
            self.deployed.append(folder)
            (folder / "state" / "wireguard").mkdir(parents=True, exist_ok=True)
            (folder / "state" / "wireguard" / "coast.pub").write_text(f"{GATEWAY_KEY}\n")
            return 0, said, "words\n"

        return apply_bundle.main([str(path), *arguments], gateway=self.gateway, deploying=deploying, now=now)

    def applied(self):
        """A bundle that was applied with the fingerprint told by telephone, and its result."""
        path = self.bundle()
        assert self.apply(path, "--signer", self.fingerprint) == 0
        return path, path.with_suffix(".result")


def with_member(path, name, change):
    """The same bundle with one member changed."""
    members = {}
    with tarfile.open(path) as tar:
        for member in tar:
            members[member.name] = tar.extractfile(member).read()
    members[name] = change(members.get(name, b""))
    spoiled = path.with_name(f"spoiled-{path.name}")
    with tarfile.open(spoiled, "w") as tar:
        for each, data in members.items():
            info = tarfile.TarInfo(each)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return spoiled


def signed_by(key, document):
    """A result's file as its host would write it."""
    return apply_bundle.sign(document.encode(), Path(key)).decode()


def run(*arguments):
    """A program that must end well."""
    return subprocess.run(list(map(str, arguments)), check=True, capture_output=True, text=True).stdout
