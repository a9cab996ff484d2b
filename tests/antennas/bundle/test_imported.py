"""Whether a gateway that takes bundles was told what is described now, by its own signed word alone."""

import datetime
import json
import shutil

import pytest
from bundle_workshop import NOW, Workshop, pyinfra_said

from millwright.antennas.bundle import imported as module
from millwright.antennas.bundle.imported import (
    by_bundle,
    by_ssh,
    find_due,
    last_imported,
    why_a_bundle_is_due,
    why_a_bundle_is_needed,
)
from millwright.antennas.bundle.result import Sender, take_result
from millwright.antennas.trust.revocations import Kind, add_revocations, new_revocation
from millwright.core.errors import FailedError, NotTestableError
from millwright.core.places import product_root

DAY = datetime.timedelta(days=1)


@pytest.fixture
def shop(tmp_path, facility_with):
    facility = facility_with(lambda data: data["antennas"]["coast"].update(reached_by="bundle"))
    return Workshop(tmp_path, facility)


@pytest.fixture
def why(shop):
    return lambda: why_a_bundle_is_due(shop.facility, "coast", state=shop.state, records=shop.state)


@pytest.fixture
def round_trip(shop):
    """A bundle that was carried there and applied, and its result, which was carried back and imported."""

    def run(now=NOW, **options):
        path = shop.bundle(now=now)
        code = shop.apply(path, "--signer", shop.fingerprint, now=now, **options)
        sender = Sender("rack", "coast", shop.host_keys)
        take_result(path.with_suffix(".result"), sender, state=shop.state)
        (shop.state / "wireguard" / "coast.pub").write_text("what an import publishes\n")
        return code

    return run


def test_a_gateway_of_which_nothing_was_heard_needs_a_bundle(shop, why):
    assert why() == "it takes bundles, and no result of one was imported"
    shop.applied()
    assert why() == "it takes bundles, and no result of one was imported"


def test_one_whose_result_was_imported_needs_none(shop, why, round_trip):
    assert round_trip() == 0
    assert why() is None
    assert last_imported(shop.state, "coast").is_good


def test_one_whose_apply_failed_needs_another(why, round_trip):
    assert round_trip(said=pyinfra_said(error=("two",))) == 1
    assert "failed at" in why()
    round_trip(now=NOW + DAY)
    assert why() is None


def test_a_change_of_trust_needs_another_until_its_result_is_imported(shop, why, round_trip, tmp_path):
    round_trip()
    add_revocations(shop.state, [new_revocation(Kind.SERIAL, "7", "lost", NOW)])
    assert "has changed since bundle" in why()
    path = shop.bundle(now=NOW + DAY)
    assert "has changed since bundle" in why(), "a bundle that was only made changes nothing"
    assert shop.apply(path, now=NOW + DAY) == 0
    assert "has changed since bundle" in why(), "a bundle whose result nobody has seen changes nothing here"
    take_result(path.with_suffix(".result"), Sender("rack", "coast", shop.host_keys), state=shop.state)
    assert why() is None


def test_a_change_of_the_description_needs_another(shop, why, round_trip, facility_with):
    round_trip()

    def change(data):
        data["antennas"]["coast"] |= {"reached_by": "bundle", "administrator_networks": ["192.0.2.0/24"]}

    changed = facility_with(change)
    found = why_a_bundle_is_due(changed, "coast", state=shop.state, records=shop.state)
    assert "has changed since bundle" in found


def test_another_millwright_needs_another_though_nothing_else_changed(shop, why, round_trip, tmp_path):
    round_trip()

    def needed(root):
        return why_a_bundle_is_needed(shop.facility, "coast", state=shop.state, root=root)

    assert needed(product_root()) is None
    for folder in ("antennas", "tools"):
        shutil.copytree(product_root() / folder, tmp_path / "next" / folder)
    shutil.copy(product_root() / "requirements.lock", tmp_path / "next")
    assert needed(tmp_path / "next") is None
    with (tmp_path / "next" / "tools" / "millwright" / "report" / "content.py").open("a") as file:
        file.write("# nothing that a gateway runs\n")
    assert needed(tmp_path / "next") is None
    with (tmp_path / "next" / "tools" / "millwright" / "antennas" / "gateway" / "guard.sh").open("a") as file:
        file.write("# another guard\n")
    assert "what Millwright itself applies has changed since bundle" in needed(tmp_path / "next")
    assert why() is None, "whom the gateway trusts is the same, so a revocation need not wait for it"


def test_a_bundle_that_did_not_say_what_it_runs_needs_another(shop, round_trip):
    round_trip()
    [record] = (path for path in shop.state.glob("antennas/coast/bundles/*.json"))
    made = json.loads(record.read_text())
    record.write_text(json.dumps({key: value for key, value in made.items() if key != "product"}))
    found = why_a_bundle_is_needed(shop.facility, "coast", state=shop.state, root=product_root())
    assert "what Millwright itself applies has changed" in found


def test_a_damaged_record_is_no_good_one(shop, why, round_trip):
    round_trip()
    [result] = shop.state.glob("antennas/coast/bundles/*.result")
    result.write_text("{")
    with pytest.raises(FailedError, match="can't be read"):
        why()


def test_antennas_are_told_apart(shop):
    assert by_ssh(shop.facility, shop.facility.antennas) == ("hills",)
    assert by_bundle(shop.facility, shop.facility.antennas) == ("coast",)


def test_what_is_due_says_what_to_do_and_an_unpinned_gateway_says_so(shop, monkeypatch):
    monkeypatch.setattr(module, "certify_host", lambda *_, **__: None)
    due = find_due(shop.facility, shop.facility.antennas, state=shop.state, now=NOW)
    assert due.keys() == {"coast"}
    assert "antenna bundle" in due["coast"]

    def unpinned(*_, **__):
        raise NotTestableError("no host key is pinned", code="MW9001")

    monkeypatch.setattr(module, "certify_host", unpinned)
    assert "no host key is pinned" in find_due(shop.facility, ["coast"], state=shop.state, now=NOW)["coast"]
