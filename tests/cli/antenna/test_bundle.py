"""``millwright antenna bundle`` and ``import``: what to type on the gateway, and what came of it."""

import datetime
import json
from pathlib import Path

import pytest

from millwright.app.antenna import bundle as application
from millwright.app.antenna.bundle import AntennaBundle, BundleManifest, BundleRequest, ImportedBundleResult
from millwright.cli.main import run

MADE = AntennaBundle(
    file="out/coast.bundle",
    size_bytes=3 * 2**20,
    signer="SHA256:x",
    manifest=BundleManifest(
        format=1,
        facility="rack",
        antenna="coast",
        gateway="rack-antenna",
        host_keys=("ssh-ed25519 A",),
        python="3.13",
        machine="x86_64",
        serial=7,
        nonce="n",
        not_before=datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC),
        not_after=datetime.datetime(2030, 1, 8, tzinfo=datetime.UTC),
        sha256={},
        described="a",
        product="b",
    ),
)
IMPORTED = ImportedBundleResult(
    exit_code=1,
    facility="rack",
    antenna="coast",
    gateway="rack-antenna",
    serial=7,
    nonce="n",
    is_good=False,
    operations=3,
    changed=("tunnel",),
    failed=("sshd",),
    last_words=(),
    finished="2030-01-02T00:00:00+00:00",
    wireguard_public_key="A=",
    versions={"python": "3.13"},
    factory_changes=0,
)


@pytest.fixture
def requests(monkeypatch):
    found = []
    monkeypatch.setattr(application, "bundle", lambda _, request: found.append(request) or MADE)
    return found


def test_the_commands_of_the_gateways_administrator_are_printed(requests, capsys):
    assert run(["antenna", "bundle", "rack", "-a", "coast", "-o", "out/coast.bundle", "--days", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "out/coast.bundle: 3.0 MiB, serial 7"
    assert lines[1] == "valid until 2030-01-08T00:00:00+00:00, for rack-antenna alone"
    assert lines[2] == "On the gateway, as root: millwright-gateway coast.bundle"
    assert lines[-1] == "  python3 -I apply_bundle.py coast.bundle --signer SHA256:x"
    output, lifetime = Path("out/coast.bundle"), datetime.timedelta(days=2)
    assert requests == [BundleRequest("rack", "coast", output, lifetime)]


def test_a_bundle_as_json(requests, capsys):
    assert run(["antenna", "bundle", "rack", "-a", "coast", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["format"], printed["manifest"]["serial"]) == ("millwright-antenna-bundle/1", 7)
    assert AntennaBundle(**printed) == MADE


def test_a_failed_apply_is_printed_and_the_code_is_1(monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(application, "import_result", lambda *given: calls.append(given[1:]) or IMPORTED)
    arguments = ["antenna", "import", "rack", "coast.result", "-a", "coast"]
    assert run(arguments) == 1
    assert capsys.readouterr().out.splitlines() == [
        "changed  rack-antenna: tunnel",
        "FAILED   rack-antenna: sshd",
        "python: 3.13",
        "coast: 1 of 3 operations changed something; changed at the factory: 0",
    ]
    assert calls == [("rack", "coast", Path("coast.result"))]
    assert run([*arguments, "--json"]) == 1
    assert ImportedBundleResult(**json.loads(capsys.readouterr().out)) == IMPORTED
