"""Bundles: what one is made of, and that a result opens the factory only if its apply succeeded."""

import datetime

import pytest

from millwright.antennas.bundle.manifest import Manifest
from millwright.antennas.bundle.result import Result
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.app.antenna import bundle as module
from millwright.app.antenna.bundle import BundleRequest, bundle, import_result
from millwright.app.context import Context
from millwright.core.errors import BadInputError
from millwright.core.places import state_folder

NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def played(monkeypatch):
    """Runs of the factory's play; no host, package index or key of a host is asked."""
    runs = []
    monkeypatch.setattr(module, "resolve_target", lambda _facility, host: host)
    monkeypatch.setattr(module, "pinned_keys", lambda host: (f"ssh-ed25519 {host}",))
    monkeypatch.setattr(module, "write_trust", lambda *_, **__: None)
    monkeypatch.setattr(module, "run_factory_play", lambda *_, **__: runs.append("factory") or 4)
    return runs


@pytest.fixture
def made(played, monkeypatch):
    """What the bundle was made from."""
    orders = []

    def make_bundle(_facility, order, sources, *, now):
        orders.append((order, sources))
        manifest = Manifest(
            order.target,
            7,
            order.nonce,
            now,
            now + order.valid,
            {"payload.tar": "ab"},
            "described",
            "product",
        )
        return manifest, b"bundle"

    monkeypatch.setattr(module, "gateway_wheels", lambda _lock, **wanted: [wanted["python"]])
    monkeypatch.setattr(module, "make_bundle", make_bundle)
    return orders


def test_a_bundle_is_for_the_gateway_alone_and_signed_by_the_key(made, played, tmp_path):
    key = ensure_key_pair(tmp_path, "operator", comment="")
    output = tmp_path / "coast.bundle"
    request = BundleRequest(
        "rack", "coast", output, datetime.timedelta(days=2), python="3.11", machine="aarch64", sign_with=key
    )
    outcome = bundle(Context(now=lambda: NOW), request)
    assert output.read_bytes() == b"bundle"
    assert (outcome.file, outcome.size_bytes) == (str(output), 6)
    assert outcome.signer == fingerprint(public_half(key))
    manifest = outcome.manifest
    assert (manifest.gateway, manifest.host_keys) == ("rack-antenna", ("ssh-ed25519 rack-antenna",))
    assert (manifest.python, manifest.machine) == ("3.11", "aarch64")
    assert manifest.not_after == NOW + datetime.timedelta(days=2)
    [(order, sources)] = made
    assert (order.signing_key, sources.wheels) == (key, ["3.11"])
    assert played == ["factory"], "the factory had no key yet"


def test_a_factory_with_a_key_is_not_asked(made, played, tmp_path):
    public = state_folder("rack") / "wireguard" / "factory.pub"
    public.parent.mkdir(parents=True)
    public.write_text("key\n")
    bundle(Context(), BundleRequest("rack", "coast", tmp_path / "b"))
    assert played == []


def test_an_unknown_antenna_gets_no_bundle(made):
    with pytest.raises(BadInputError, match="unknown antenna"):
        bundle(Context(), BundleRequest("rack", "hill"))
    assert made == []


def result(**change):
    return Result(
        **{
            "format": 1,
            "facility": "rack",
            "antenna": "coast",
            "gateway": "rack-antenna",
            "serial": 7,
            "nonce": "n",
            "is_good": True,
            "operations": 3,
            "changed": ["two"],
            "failed": [],
            "last_words": ["done"],
            "finished": "2030-01-01T00:00:00+00:00",
            "wireguard_public_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "versions": {"python": "3.13"},
        }
        | change
    )


@pytest.fixture
def imported(played, monkeypatch, tmp_path):
    def read(**change):
        monkeypatch.setattr(module, "take_result", lambda *_, **__: result(**change))
        return import_result(Context(), "rack", "coast", tmp_path / "coast.result")

    return read


def test_a_good_result_lets_the_gateway_in(imported, played):
    outcome = imported()
    assert (outcome.exit_code, outcome.factory_changes, outcome.changed) == (0, 4, ("two",))
    published = state_folder("rack") / "wireguard" / "coast.pub"
    assert published.read_text().strip() == outcome.wireguard_public_key
    assert played == ["factory"]


def test_a_failed_apply_opens_nothing(imported, played):
    outcome = imported(is_good=False, failed=["sshd"])
    assert (outcome.exit_code, outcome.factory_changes, outcome.failed) == (1, 0, ("sshd",))
    assert not (state_folder("rack") / "wireguard" / "coast.pub").exists()
    assert played == []
