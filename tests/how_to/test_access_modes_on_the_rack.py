"""``docs/how-to/access-modes.md``, walked with a real slurmdbd, from shares to a grant that is closed."""

import datetime
import re

import pytest
import yaml

from .conftest import wait_until
from .walk import HOW_TO, Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]
TODAY = datetime.datetime.now(datetime.UTC).date()
OPEN = {"start": TODAY - datetime.timedelta(days=1), "end": TODAY + datetime.timedelta(days=30)}
ACCELERATORS = {"slurm_controller_settings": {"GresTypes": "gpu", "AccountingStorageTRES": "gres/gpu"}}
"""The virtual nodes have none; slurmdbd knows them by this, and takes limits of them."""
LATER = {
    "architecture": "x86_64",
    "cores_per_socket": 1,
    "memory_mib": 1500,
    "accelerators": {"part": "h100_sxm", "count": 8},
}
"""A class of nodes that are not here yet, without which no limit of accelerators could be declared."""
MINE = "ehpc-2026-017"
LIMITS = "sacctmgr -nP show qos playground format=MaxWall,MaxTRESPU"


@pytest.fixture
def site(described):
    """One node in service, a slurmdbd that knows accelerators, and people as a site's directory has them."""
    found = described(1)
    variables = found.file.parent / "group_vars/all.yml"
    before = variables.read_text()
    try:
        variables.write_text(before + yaml.safe_dump(ACCELERATORS))
        found.merge({"node_classes": {"later": LATER}})
        found.millwright("apply", str(found.file))
        found.on("site-ctl", "sacctmgr -i delete qos first || true")  # of a walk before in the same rack
        add = "for user in ada eva; do id $user 2>/dev/null || useradd --create-home $user; done"
        for host in ("site-ctl", "site-n1"):
            found.on(host, add)
        yield found
    finally:
        variables.write_text(before)
        found.on("site-ctl", "for user in ada eva; do ! id $user 2>/dev/null || scancel --user=$user; done")


@pytest.fixture
def walk(site):
    return Walk(
        "access-modes", {"my-site": str(site.file), "booster": "cpu", "ehpc-2025-003": "ehpc-2026-017"}
    )


def test_time_is_divided_granted_taken_for_an_emergency_and_given_back(site, walk):
    an_edit_is_seen_and_applied(site, walk)
    time_is_divided(site, walk)
    modes_are_declared(site, walk.declares())
    a_grant_is_used(site, walk.declares()["accounts"])
    walk.meets("millwright accounts diff")
    assert "slurmdbd holds what is declared" in site.millwright("accounts", "diff", str(site.file))
    an_emergency_takes_the_node(site, walk)
    a_change_by_hand_is_set_back(site, walk)
    a_grant_that_left_is_closed_by_name(site, walk)
    assert walk.is_through()


def an_edit_is_seen_and_applied(site, walk):
    walk.meets("$EDITOR")
    site.merge({"access_modes": {"first": {"title": "First", "priority": 1}}})
    held = "sacctmgr -nP show qos format=Name"
    assert "+ qos first" in walk.runs("accounts plan")
    assert "first" not in site.on("site-ctl", held).split()
    walk.runs("accounts apply")
    assert "first" in site.on("site-ctl", held).split()


def time_is_divided(site, walk):
    site.merge(walk.declares())
    walk.runs("apply")
    assert "TRESBillingWeights" in site.on("site-ctl", "scontrol --oneliner show partition cpu")
    apply(site)
    shares = "sacctmgr -nP show assoc user= account=union,belgium,latvia format=Account,ParentName,Share"
    found = sorted(site.on("site-ctl", shares).split())
    assert found == ["belgium|root|300", "latvia|root|200", "union|root|500"]


def modes_are_declared(site, told):
    site.merge(told)
    apply(site)
    assert site.on("site-ctl", LIMITS) == "12:00:00|gres/gpu=8"
    gives_way = site.on("site-ctl", "sacctmgr -nP show qos emergency format=Preempt").split(",")
    assert sorted(gives_way) == ["ai-for-science", "fast-lane", "large-scale", "playground"]


def a_grant_is_used(site, told):
    """Its access mode is its jobs', and a job that does not fit into the hours is refused."""
    grant = {**told[MINE], **OPEN}
    del grant["antenna"]  # there is none here, and its users stand there
    site.merge({"accounts": {MINE: grant, "ehpc-short": {**grant, "granted_hours": 1}}})
    apply(site)
    job = submit(site, "ada", MINE, "--wrap=true")
    wait_until(lambda: told_of(site, job, "QOS,State,ExitCode") == ["playground|COMPLETED|0:0"])
    too_long = submit(site, "ada", "ehpc-short", "--time=30", "--wrap=true", "2>&1 || true")  # 2 of 1 hours
    assert "AssocGrpBillingMinutes" in too_long


def an_emergency_takes_the_node(site, walk):
    running = submit(site, "ada", MINE, "--wrap='test \"$SLURM_RESTART_COUNT\" = 1 || sleep 600'")
    wait_until(lambda: told_of(site, running, "State") == ["RUNNING"])
    told = walk.declares()["accounts"]
    site.merge({"accounts": {"flood-2026": {**told["flood-2026"], **OPEN}}})
    walk.runs("accounts apply")
    taking = submit(site, "eva", "flood-2026", "--wrap='sleep 5'")
    wait_until(lambda: told_of(site, taking, "QOS,State,ExitCode") == ["emergency|COMPLETED|0:0"])
    assert told_of(site, running, "State") in (["PENDING"], ["REQUEUED"])
    site.on("site-ctl", f"scontrol update jobid={running} StartTime=now")  # else after two minutes
    wait_until(lambda: told_of(site, running, "State,ExitCode") == ["COMPLETED|0:0"])
    assert re.search(r"emergency 1 20,000\.0 0\.\d+", walk.runs("accounts usage"))
    assert running in site.on("site-ctl", words_of("sacct --allusers")).split()


def a_change_by_hand_is_set_back(site, walk):
    site.on("site-ctl", "sacctmgr -i modify qos where name=playground set maxwall=1-00:00:00")
    assert "~ qos playground" in walk.runs("accounts diff", code=1)
    apply(site)
    assert site.on("site-ctl", LIMITS) == "12:00:00|gres/gpu=8"


def a_grant_that_left_is_closed_by_name(site, walk):
    file = str(site.file)
    found = yaml.safe_load(site.file.read_text())
    found["accounts"]["ehpc-2026-018"] = found["accounts"].pop(MINE)  # a renewal
    site.file.write_text(yaml.safe_dump(found, sort_keys=False))
    told = " ".join(site.millwright("accounts", "apply", file).split())
    assert f"still open, and no longer in the facility: account {MINE}" in told
    assert f"closed by name: millwright accounts apply {file} --delete account={MINE}" in told
    assert f"not declared: site-ctl: slurm_accounts: open grants: {MINE}" in walk.runs("drift")
    assert f"account {MINE}: may be charged by ada" in walk.runs("accounts plan")
    walk.runs("accounts apply")
    assert MINE not in site.on("site-ctl", "sacctmgr -nP show assoc format=Account").split()
    past = f"sacct -X -n -P --allusers --account={MINE} --starttime=now-1hour --format=State"
    assert "COMPLETED" in site.on("site-ctl", past).split()
    assert "not declared" not in site.millwright("drift", file)


def apply(site):
    site.millwright("accounts", "apply", str(site.file))


def submit(site, user, account, *options):
    command = ["sbatch --parsable --chdir=/tmp --output=/dev/null --time=5", f"--account={account}", *options]
    return site.on("site-ctl", f"runuser -u {user} -- {' '.join(command)}")


def told_of(site, job, columns):
    return site.on("site-ctl", f"sacct -X -n -P --allusers -j {job} --format={columns}").split()


def words_of(beginning):
    """A command of the how-to that is none of Millwright's, with what it needs to print job numbers only."""
    (command,) = re.findall(rf"`({beginning}[^`]*)`", (HOW_TO / "access-modes.md").read_text())
    return f"{' '.join(command.split())} -n -P --format=JobID"
