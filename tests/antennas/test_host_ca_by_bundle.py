"""A change of the host CA while a gateway takes bundles only: the old CA counts until it answered."""

import datetime
from types import SimpleNamespace

import pytest
from bundle_workshop import NOW, Workshop

from millwright.antennas.bundle.imported import find_due
from millwright.antennas.bundle.result import Sender, take_result
from millwright.antennas.rollout.distribution import Distributed
from millwright.antennas.ssh.certificate_signing import read_certificate
from millwright.antennas.ssh.keys import fingerprint, public_half
from millwright.antennas.trust import host_certificates, rotation
from millwright.antennas.trust.host_ca import ensure_host_ca, host_ca, hosts_of_another_ca
from millwright.antennas.trust.rotation import Phase
from millwright.app.antenna import rotation as antenna_rotation
from millwright.app.context import Context
from millwright.core.errors import NotTestableError

PATIENCE = datetime.timedelta(days=30)


class Site:
    """An operator whose one gateway takes bundles; the factory's hosts do as they are told."""

    def __init__(self, shop):
        self.shop, self.now, self.ca = shop, NOW, host_ca(shop.state)
        self.certificate = shop.state / "hosts" / "rack-antenna" / "ssh_host_ed25519_key-cert.pub"

    def distribute(self, _context, _file, facility):
        return Distributed(("factory",), find_due(facility, ["coast"], state=self.shop.state, now=self.now))

    def carry(self, *arguments):
        """A bundle there, and its result back."""
        path = self.shop.bundle(now=self.now)
        assert self.shop.apply(path, *arguments, now=self.now) == 0
        sender = Sender("rack", "coast", self.shop.host_keys)
        take_result(path.with_suffix(".result"), sender, state=self.shop.state)
        (self.shop.state / "wireguard" / "coast.pub").write_text("what an import publishes\n")

    def rotate(self):
        context = Context(now=lambda: self.now)
        antenna_rotation.step_of_host_ca(context, self.shop.folder, self.shop.facility, PATIENCE)

    @property
    def phase(self):
        return rotation.look(self.ca, self.now).phase

    @property
    def vouched_for_by(self):
        return read_certificate(self.certificate).signer


@pytest.fixture
def site(tmp_path, facility_with, monkeypatch):
    facility = facility_with(lambda data: data["antennas"]["coast"].update(reached_by="bundle"))
    shop = Workshop(tmp_path, facility)
    site = Site(shop)
    monkeypatch.setattr(host_certificates, "pinned_keys", lambda _: shop.host_keys)
    monkeypatch.setattr(
        host_certificates, "resolve_target", lambda _, host: SimpleNamespace(host=host, address="10.91.0.41")
    )
    monkeypatch.setattr(antenna_rotation, "state_folder", lambda _: shop.state)
    monkeypatch.setattr(antenna_rotation, "distribute_to_all_hosts", site.distribute)
    ensure_host_ca(shop.state)
    assert site.distribute(None, None, facility).unreached.keys() == {"coast"}
    site.carry("--signer", shop.fingerprint)
    return site


def test_announcing_needs_no_bundle(site):
    """What a gateway holds of the host CA is its own certificate, and the old CA still makes that."""
    site.rotate()
    assert site.phase is Phase.ANNOUNCED
    assert site.distribute(None, None, site.shop.facility).unreached == {}


def test_the_old_ca_stays_trusted_until_the_gateways_result_came_back(site):
    old = fingerprint(public_half(site.ca.current))
    site.rotate()
    new = fingerprint(site.ca.following)
    site.now += PATIENCE + datetime.timedelta(minutes=1)
    for _ in range(2):  # however often the operator tries
        with pytest.raises(NotTestableError, match="the old CA stays trusted, because coast was not reached"):
            site.rotate()
        assert site.ca.former.exists(), "users would refuse the gateway, which still shows the old one's"
        assert (fingerprint(public_half(site.ca.current)), fingerprint(site.ca.former)) == (new, old)
    path = site.shop.bundle(now=site.now)
    with pytest.raises(NotTestableError):
        site.rotate()
    assert site.ca.former.exists(), "a bundle that was only made changes nothing there"
    site.now += datetime.timedelta(minutes=1)
    path.unlink()
    site.carry()
    site.rotate()
    assert (site.phase, site.vouched_for_by) == (Phase.STEADY, new)
    assert not site.ca.former.exists()
    assert hosts_of_another_ca(site.shop.facility, site.shop.state) == ()


def test_a_gateway_that_was_told_nothing_before_holds_the_announcement_up(site):
    """Its result is missing, so nothing is known of it: the old CA goes on signing."""
    for result in site.shop.state.glob("antennas/coast/bundles/*.result"):
        result.unlink()
    with pytest.raises(NotTestableError, match="the old CA goes on signing, because coast was not reached"):
        site.rotate()
    assert site.phase is Phase.ANNOUNCED
