"""``docs/how-to/antenna.md``, walked from a bare machine at a national site to its accepted antenna."""

import re
import time

import pytest

from millwright.rack.session import look_at, open_plan

from .tour import GATEWAY, HOST_KEY, WHOLE, Tour, millwright
from .walk import Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

NAMES = {"my-site": "tour", "192.0.2.41": "10.97.0.5", "198.51.100.0/24": "10.97.0.0/28"}
PROOFS = 10


@pytest.fixture
def tour(rack_or_reason, tmp_path):
    """The hosts, up and empty; taken down at the end."""
    plan = open_plan(str(WHOLE))
    assert look_at(plan).is_down, "a rack of this name is up already"
    try:
        millwright("rack", "up", "--facility", WHOLE)
        found = Tour(plan, tmp_path)
        found.begin()
        yield found
    finally:
        millwright("rack", "down", "--facility", WHOLE)


def login(home):
    """Who a user is at the factory, and what ``ssh`` had to say."""
    done = home.run("ssh", home.alias, "id -un", check=False)
    return done.returncode, done.stdout.strip(), done.stderr


IN = (0, "ada", "")


def output_of_a_job(home):
    """What a job of the user's own writes, once it is there."""
    options = "--parsable --account=coast --time=2 --mem=64M --output=out.%j"
    job = home.at_factory(f"sbatch {options} --wrap 'echo made by $SLURM_JOB_ID'").strip()
    end = time.monotonic() + 120
    while "COMPLETED" not in (state := home.at_factory(f"scontrol --oneliner show job {job}")):
        assert time.monotonic() < end, state
        time.sleep(1)
    return home.at_factory(f"cat out.{job}").strip(), f"made by {job}"


def describe(walk, site, names):
    """The facility gets its antenna, and the operator gets to know its hosts."""
    site.merge(walk.declares())
    assert "no problem found" in walk.runs("facility check")
    words = walk.meets("ssh-keygen -lf")
    assert words[-1] == HOST_KEY
    told = {host: site.fingerprint(host, words) for host in ("login", GATEWAY)}
    names |= {f"{host} --fingerprint SHA256:...": f"{host} --fingerprint {told[host]}" for host in told}
    assert f"{GATEWAY}: no host key is pinned" in site.millwright("antenna", "plan", "tour", code=3)
    wrong = ("antenna", "pin", "tour", GATEWAY, "--fingerprint", told["login"])
    assert "nothing was pinned" in site.millwright(*wrong, code=1)
    assert f"{GATEWAY}: pinned: {told[GATEWAY]}" in walk.runs("antenna pin")
    (site.folder / f"{GATEWAY}.pub").write_text(site.on(GATEWAY, f"cat {HOST_KEY}"))
    assert f"{GATEWAY}: was pinned before" in walk.runs("antenna pin")
    assert "login: pinned" in walk.runs("antenna pin")


def bring_up(walk, site):
    """The factory, then the gateway: entered by SSH, and once more by a bundle that is carried in."""
    walk.runs("apply")
    assert "Ensure the gateway has a private key of its own" in walk.runs("antenna plan")
    assert "coast: tunnel up" in walk.runs("antenna apply")
    told = walk.runs("antenna bundle")
    bundle = (site.folder / "coast.bundle").read_bytes()
    site.on(GATEWAY, "cat > coast.bundle", bundle)
    first = told.split("(", 2)[1].split(")")[0]
    commands = re.search(r"\): (tar -xf .* --signer \S+)", told)[1]
    by_hand = commands.replace(" ssh-keygen", " && ssh-keygen").replace(" python3", " && python3")
    assert first in site.on(GATEWAY, by_hand), commands
    (site.folder / "coast.result").write_bytes(site.on(GATEWAY, "cat coast.result").encode() + b"\n")
    assert "coast: 0 of" in walk.runs("antenna import")


def let_in(walk, site):
    """Ada sends a key, gets a certificate and a text, and needs nothing else."""
    ada = site.settle("ada")
    walk.runs("antenna config")
    walk.runs("antenna certify")
    site.hand_over(ada, "ada")
    assert login(ada) == IN
    found, expected = output_of_a_job(ada)
    assert found == expected
    return ada


def accept(walk, site):
    """What users feel is measured, reported and measured again by itself."""
    before = site.file.read_text()
    site.merge(walk.declares())
    assert "AntennaRecovery" in walk.runs("run")
    site.file.write_text(before)
    assert "NOT MEASURED" not in walk.runs("run")
    page = walk.runs("report", code=3).split()[0]
    assert "Coast: a national antenna" in (site.folder / page).read_text()
    walk.meets("millwright run")  # all the other checks: the demo runs them
    site.merge({"acceptance": {"every": "daily"}})
    assert "OnCalendar=daily" in walk.runs("antenna schedule", "--print")  # a rack has no login session


def live_on(walk, site, ada):
    """Somebody leaves and comes back; both CAs change; a machine is installed anew; the antenna goes."""
    words = walk.meets("millwright antenna revoke")
    assert "in force at: factory, coast" in site.millwright(*words[1:])
    assert login(ada)[:2] == (255, "")
    assert "left" in site.millwright("antenna", "revoke", "tour", "--list")
    site.millwright(*words[1:], "--lift")
    assert login(ada) == IN
    assert "overlap" in walk.runs("antenna rotate-ca")
    assert "send every user a new 'antenna config'" in walk.runs("antenna rotate-ca", "--days", "30")
    assert login(ada) == IN
    walk.meets("millwright antenna revoke")  # of a stolen CA; tests of attacks revoke one
    assert re.search(
        r" coast tour/coast/ada serial \d+ from 10\.97\.0\.1:\d+ to 10\.92\.0\.1:22 ",
        walk.runs("antenna log"),
    )
    site.install_anew(GATEWAY)
    assert "Host key" in (said := site.millwright("antenna", "apply", "tour", code=3)), said
    walk.meets("millwright antenna pin")
    told = site.fingerprint(GATEWAY, ["ssh-keygen", "-lf", HOST_KEY])
    assert "pinned" in site.millwright("antenna", "pin", "tour", GATEWAY, "--fingerprint", told)
    assert "coast: tunnel up" in site.millwright("antenna", "apply", "tour")
    assert login(ada) == IN
    walk.meets("millwright apply")  # the login node stays the same one here
    site.forget_antennas()
    walk.runs("apply")
    assert login(ada)[:2] == (255, "")


def test_a_national_site_gets_its_antenna_from_nothing_to_accepted(tour):
    names = dict(NAMES)
    walk = Walk("antenna", names, tour.environment, tour.folder)
    describe(walk, tour, names)
    bring_up(walk, tour)
    told = walk.runs("antenna check")
    assert told.count("PASS") == PROOFS, told
    ada = let_in(walk, tour)
    accept(walk, tour)
    live_on(walk, tour, ada)
    assert walk.is_through()
