"""A whole change of both CAs on real hosts, while a gateway takes bundles only: nobody is shut out."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from rack_bundle import make_and_apply
from rack_console import Console
from rack_rotation import (
    CA,
    STATE,
    end_overlap,
    end_rotation,
    gives_back,
    keep_private_key,
    knock,
    open_session,
    rotate,
    signer_of,
)
from rack_user import AtHome, millwright

from millwright.antennas.gateway.sshd import USER_CA_FILE
from millwright.antennas.proof.proofs import Answer
from millwright.antennas.ssh.keys import fingerprint
from millwright.antennas.trust.user_cas import ensure_own_ca, own_ca
from millwright.core.places import product_root
from millwright.facility.topics.trust import Environment

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]


@pytest.fixture(scope="module")
def facility(tmp_path_factory):
    """The rack as a facility whose gateway of ``hills`` takes bundles."""
    folder = tmp_path_factory.mktemp("site") / "rack"
    shutil.copytree(product_root() / "inventories" / "rack", folder)
    data = yaml.safe_load((folder / "facility.yaml").read_text())
    data["antennas"]["hills"]["reached_by"] = "bundle"
    (folder / "facility.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    return folder / "facility.yaml"


@pytest.fixture(scope="module")
def console(antennas):
    """The administrator of the gateway that takes bundles."""
    return Console(antennas, "rack-antenna2")


@pytest.fixture(scope="module")
def began(console):
    """When these tests began, by the gateway's clock (s since 1970); an apply had just been there."""
    return console.shell("date +%s.%N").strip()


@pytest.fixture(scope="module")
def bring(console, facility, began, tmp_path_factory):
    """Carry a bundle to ``hills`` and its result back."""
    folder = tmp_path_factory.mktemp("bundles")
    console.shell("rm -f /etc/millwright/bundle_signers")
    console.put("/root/apply_bundle.py", (product_root() / "antennas" / "apply_bundle.py").read_bytes())

    def run():
        program = ("python3", "-I", "/root/apply_bundle.py")
        result = make_and_apply(console, folder, *program, facility=facility, signer=True)
        return json.loads(millwright("antenna", "import", facility, result, "-a", "hills", "--json"))

    return run


@pytest.fixture(scope="module")
def old(antennas, tmp_path_factory):
    """Ada with a certificate of the CA that is to go."""
    home = AtHome.settle(tmp_path_factory.mktemp("old"), "coast", "ada")
    assert home.at_factory("id -un") == "ada\n"
    return home


@pytest.fixture(scope="module")
def session(old):
    """A session that was open before anything changed."""
    with open_session(old) as opened:
        yield opened


@pytest.fixture(scope="module")
def kept_ca(old, tmp_path_factory):
    return keep_private_key(tmp_path_factory.mktemp("stolen"))


@dataclass(frozen=True)
class Site:
    """The facility, and what can be done there."""

    facility: Path
    bring: Callable[[], dict[str, Any]]
    knock: Callable[[Path], list[Answer]]
    console: Console

    def rotate(self, *options):
        return rotate(self.facility, *options)


@pytest.fixture(scope="module")
def site(facility, bring, console, shipped_rack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    yield Site(facility, bring, lambda ca: knock(shipped_rack, ca, folder), console)
    millwright("antenna", "apply", "rack")  # by SSH, which reaches every gateway of the shipped rack
    end_rotation()
    end_rotation("rack", "--hosts")


def test_while_a_gateway_waits_for_its_bundle_the_old_ca_goes_on_signing(site, old, session, kept_ca):
    assert site.bring()["is_good"]
    before = fingerprint(CA.current)
    code, words, found = site.rotate()
    assert code == 3
    assert "hills was not reached: what is described has changed since bundle" in words
    assert (found["phase"], found["signs"]) == ("announced", before)
    assert old.at_factory("id -un") == "ada\n"


def test_once_its_result_is_imported_the_new_ca_signs_and_both_open_every_door(
    site, old, session, kept_ca, tmp_path
):
    assert "antennas/trust.py | Ensure the gateway knows the user CAs" in site.bring()["changed"]
    code, words, found = site.rotate()
    assert (code, found["phase"], found["other"]) == (0, "overlap", fingerprint(kept_ca)), words
    assert site.rotate()[2] == found, "the overlap ended early"
    new = AtHome.settle(tmp_path, "coast", "ada")
    assert (signer_of(old), signer_of(new)) == (found["other"], found["signs"])
    for home in (old, new):
        done = home.run("ssh", home.alias, "id -un")
        assert (done.stdout, done.stderr) == ("ada\n", "")
    for ca in (kept_ca, CA.current):
        assert site.knock(ca) == [Answer.ENTERED, Answer.ENTERED]
    bea = AtHome.settle(tmp_path / "bea", "hills", "bea")
    assert bea.at_factory("id -un") == "bea\n", "the gateway that took bundles knows the new CA"


def test_another_environments_ca_changes_by_itself_and_opens_nothing_here(site):
    _, _, before = site.rotate("--environment", "production", "--status")
    staging = ensure_own_ca(STATE, Environment.STAGING)
    assert site.knock(staging)[0] is Answer.REFUSED
    code, words, found = site.rotate("--environment", "staging")
    assert (code, found["phase"]) == (0, "overlap"), words
    assert site.knock(staging) == [Answer.REFUSED, Answer.REFUSED]
    assert site.knock(CA.current) == [Answer.ENTERED, Answer.ENTERED]
    end_overlap(own_ca(STATE, Environment.STAGING))
    assert site.rotate("--environment", "staging")[2]["phase"] == "steady"
    assert site.rotate("--environment", "production", "--status")[2] == before


def test_after_the_overlap_the_old_ca_opens_nothing_any_more(site, old, kept_ca, tmp_path):
    end_overlap(CA)
    code, words, found = site.rotate()
    assert (code, found["phase"]) == (3, "withdrawn")
    assert "the old CA is withdrawn here, but hills was not reached" in words
    assert site.knock(kept_ca) == [Answer.REFUSED, Answer.REFUSED]
    assert "antennas/trust.py | Ensure the gateway knows the user CAs" in site.bring()["changed"]
    code, words, found = site.rotate()
    assert (code, found["phase"], found["other"]) == (0, "steady", None), words
    done = old.run("ssh", old.alias, "id -un", check=False)
    assert done.returncode == 255
    assert "Permission denied" in done.stderr
    assert AtHome.settle(tmp_path, "coast", "ada").at_factory("id -un") == "ada\n"
    assert fingerprint(kept_ca) not in site.console.shell(f"ssh-keygen -lf {USER_CA_FILE}")


def test_a_session_that_was_open_before_went_through_all_of_it(session):
    assert gives_back(session, b"still there\n")


def test_the_old_host_ca_counts_until_the_gateways_result_came_back(site, tmp_path):
    late = AtHome.settle(tmp_path / "late", "hills", "bea")  # never pastes the new configuration
    code, words, told = site.rotate("--hosts", "--days", "0")
    assert (code, told["phase"]) == (0, "announced"), words
    prompt = AtHome.settle(tmp_path / "prompt", "hills", "bea")
    assert [home.at_factory("id -un") for home in (late, prompt)] == ["bea\n"] * 2
    code, words, found = site.rotate("--hosts")
    assert (code, found["signs"], found["other"]) == (3, told["other"], told["signs"]), words
    assert "the old CA stays trusted, because hills was not reached" in words
    assert prompt.at_factory("id -un") == "bea\n", "the gateway still shows a certificate of the old CA"
    assert site.bring()["changed"] != []
    code, words, found = site.rotate("--hosts")
    assert (code, found["phase"], found["signs"]) == (0, "steady", told["other"]), words
    assert prompt.at_factory("id -un") == "bea\n"
    done = late.run("ssh", late.alias, "id -un", check=False)
    assert (done.returncode, done.stdout) == (255, "")
    assert "Host key verification failed." in done.stderr


def test_nothing_enters_the_gateway_that_takes_bundles(site, began):
    assert "hills: up to date by the last imported result" in millwright("antenna", "apply", site.facility)
    plan = json.loads(millwright("antenna", "plan", site.facility, "--json"))
    assert plan["changes"] == []
    proofs = json.loads(millwright("antenna", "check", site.facility, "-a", "hills", "--json"))["proofs"]
    assert [row["name"] for row in proofs[:2]] == ["tunnel is up", "gateway's signed result"]
    assert {row["outcome"] for row in proofs} == {"PASS"}
    log = site.console.shell(f"journalctl --quiet --unit=ssh --output=cat --since=@{began}")
    assert "Accepted publickey for jump" in log
    assert "for root" not in log, "somebody entered the gateway that takes bundles"
