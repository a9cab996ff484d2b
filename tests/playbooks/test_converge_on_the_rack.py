"""One look a host instead of a whole run: no Ansible where nothing changed; changes by hand are found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

ROOT = Path(__file__).resolve().parents[2]
NODE = "rack-c1"
LIMITS = "/etc/security/limits.d/60-millwright.conf"
DROP_IN = "/etc/systemd/system/slurmd.service.d/millwright.conf"
TAMPER = {
    LIMITS: f"echo '# by hand' >> {LIMITS}",
    DROP_IN: f"chown mwbench {DROP_IN}; chmod 0600 {DROP_IN}",
    "/etc/munge/munge.key": "chown root /etc/munge/munge.key; chmod 0640 /etc/munge/munge.key",
    "/etc/localtime": "ln -sfn /usr/share/zoneinfo/Europe/Berlin /etc/localtime",
    "block in /etc/hosts": "sed -i 's/rack-ctl/elsewhere/' /etc/hosts",
    "service munge": "systemctl disable --now munge",
    "service prometheus-node-exporter": "systemctl stop prometheus-node-exporter",
    "/etc/default/prometheus-node-exporter": "rm /etc/default/prometheus-node-exporter",
    "service scratch.mount": "umount /scratch",
    "ada has the id 22152": "userdel ada",
    "setting net.core.somaxconn": "sysctl -q -w net.core.somaxconn=77",
    "package slurm-client": "dpkg --remove --force-depends slurm-client",
}
"""What is changed by hand, under the name that a look has for it."""


def millwright(*arguments):
    """What a command told as JSON; its exit code is the told one."""
    done = subprocess.run(
        [sys.executable, "-m", "millwright", *arguments, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert done.returncode == found["exit_code"], done.stderr
    return found


def on(rack, node, command):
    done = subprocess.run(
        ["ssh", "-F", str(rack.ssh_config), node, command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def settled(provisioned_rack):
    """The rack, after an apply that left every role of the node settled; also after a test that failed."""
    found = millwright("apply", "rack", "--limit", NODE)
    assert found["exit_code"] == 0, found["failures"]
    yield provisioned_rack
    millwright("apply", "rack", "--limit", NODE)  # seconds if nothing is left to repair


def test_an_untouched_node_needs_no_ansible(settled):
    found = millwright("apply", "rack", "--limit", NODE)
    assert found["log"] is None
    (host,) = found["hosts"]
    assert (host["state"], host["changed"]) == ("ok", 0)
    assert host["ok"] >= 20
    drift = millwright("drift", "rack", "--limit", NODE)
    assert (drift["exit_code"], drift["differences"], drift["unseen"]) == (0, [], [])
    plan = millwright("plan", "rack", "--limit", NODE)
    assert (plan["would_change"], plan["checked_by_ansible"], plan["log"]) == (False, 0, None)


def test_whatever_is_changed_by_hand_is_found_shown_and_repaired(settled):
    key = (settled.state / "munge.key").read_text()
    on(settled, NODE, " && ".join(TAMPER.values()))
    drift = millwright("drift", "rack", "--limit", NODE)
    assert drift["exit_code"] == 1
    assert {told["what"] for told in drift["differences"]} >= set(TAMPER)

    plan = millwright("plan", "rack", "--limit", NODE)
    assert plan["exit_code"] == 0, plan["failures"]
    assert {told["what"] for told in plan["differences"]} >= set(TAMPER)
    assert "-# by hand" in "".join(change["text"] for change in plan["changes"])
    assert key not in json.dumps([drift, plan])
    assert "by hand" in on(settled, NODE, f"cat {LIMITS}"), "a plan touches nothing"

    repaired = millwright("apply", "rack", "--limit", NODE)
    assert repaired["exit_code"] == 0, repaired["failures"]
    assert repaired["hosts"][0]["changed"] >= 5
    left = millwright("drift", "rack", "--limit", NODE)
    # A restarted slurmd may still be on its way; everything else is as declared.
    assert [told["what"] for told in left["differences"]] == []
    assert "rack-ctl" in on(settled, NODE, "getent hosts rack-ctl; systemctl is-active munge")


def test_a_changed_variable_sends_only_its_role(settled, tmp_path):
    """The plan of a node whose declared state is from another time names the role, and nothing is changed."""
    document = settled.state / "declared" / "hosts" / f"{NODE}.json"
    kept = document.read_text()
    try:
        changed = json.loads(kept)
        changed["roles"]["base"]["inputs"] = "0" * 64
        document.write_text(json.dumps(changed))
        plan = millwright("plan", "rack", "--limit", NODE)
        assert [(told["role"], told["detail"]) for told in plan["reasons"]] == [
            ("base", "its role or variables changed")
        ]
        assert plan["would_change"] is False
    finally:
        document.write_text(kept)


def test_no_document_holds_a_secret(settled):
    key = (settled.state / "munge.key").read_text()
    for document in (settled.state / "declared").rglob("*"):
        if document.is_file():
            assert document.stat().st_mode & 0o077 == 0
            assert key not in document.read_text()
