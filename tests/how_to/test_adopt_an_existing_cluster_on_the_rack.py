"""``docs/how-to/adopt-an-existing-cluster.md``, walked by somebody who never provisioned this cluster.

The rack is the cluster. It has lost what some roles would bring, and has a setting of its own in slurm.conf.
"""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from millwright.core.places import shipped_facilities
from millwright.facility import load_facility

from .conftest import wait_until
from .walk import Walk

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]
ROOT = Path(__file__).resolve().parents[2]
SUBMIT = (
    "runuser -u mwbench -- sbatch --parsable --chdir=/tmp --output=/dev/null --nodelist=rack-c1 --time=30"
)
LIMITS = "/etc/security/limits.d/60-millwright.conf"
UNIT = "/etc/systemd/system/slurmd.service.d/millwright.conf"
HEALTH = "/usr/local/sbin/millwright-node-health"
OWN = "SchedulerParameters=bf_interval=20"
KEY = "sha256sum /etc/munge/munge.key"
STARTED = "systemctl show --property=ActiveEnterTimestamp munge slurmd"


@pytest.fixture
def job(provisioned_rack, on):
    """A job that runs from the first question to the last role, and its end."""
    done = f"/tmp/adopted-{provisioned_rack.name}"
    on("rack-c1", f"rm -f {done}")
    number = on("rack-login", f"{SUBMIT} --time=30 --wrap='while [ ! -e {done} ]; do sleep 1; done'")
    wait_until(lambda: on("rack-login", f"squeue --noheader --job={number} --format=%T") == "RUNNING")
    yield number
    on("rack-c1", f"touch {done}")
    ended = f"sacct --noheader -X --jobs={number} --format=State,ExitCode,Restarts"
    wait_until(lambda: on("rack-login", ended).split() == ["COMPLETED", "0:0", "0"])


@pytest.fixture
def foreign(provisioned_rack, on, monkeypatch, tmp_path):
    """The rack as another's cluster, of which this machine knows nothing; put right at the end."""
    try:
        for controller in ("rack-ctl", "rack-ctl2"):
            on(controller, f"sed -i '/^SchedulerType=/a {OWN}' /etc/slurm/slurm.conf")
        on("rack-ctl", "scontrol reconfigure")
        on("rack-c1", f"rm {LIMITS}")
        for node in ("rack-c1", "rack-c2", "rack-r1"):
            on(node, f"rm {HEALTH} /etc/millwright/node-health.json")
        on("rack-c2", "systemctl disable --now prometheus-node-exporter")
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("MILLWRIGHT_STATE", str(tmp_path / "state"))
            yield tmp_path / "site/facility.yaml"
    finally:
        says("apply", "rack")


def says(*arguments, code=0):
    """Everything that a command printed; it has to end so."""
    done = subprocess.run(
        [sys.executable, "-m", "millwright", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if "--json" in arguments else done.stdout + done.stderr


def plan_of(file, *options):
    return json.loads(says("plan", str(file), "--json", *options))


def set_key(file, **keys):
    """Edit the file as an admin does; a key of `services` is added to those that are there."""
    found = yaml.safe_load(file.read_text())
    for key, value in keys.items():
        found[key] = found.get(key, {}) | value if isinstance(value, dict) else value
    file.write_text(yaml.safe_dump(found, sort_keys=False))


def set_variable(file, text):
    with (file.parent / "group_vars/all.yml").open("a") as variables:
        variables.write(text + "\n")


def test_a_cluster_is_described_and_taken_over_role_by_role(provisioned_rack, on, job, foreign, tmp_path):
    file, facility = foreign, str(foreign)
    names = {
        "inventories/site/facility.yaml": facility,
        "login1": "rack-login",
        "--limit n1": "--limit rack-c1",
    }
    walk = Walk("adopt-an-existing-cluster", names)
    entry = ("--ssh-config", str(provisioned_rack.ssh_config), "--ssh-user", "root")

    walk.runs("facility discover", *entry)
    described_as_the_rack_is(file)
    walk.meets("sinfo --json")  # one of the questions
    walk.meets("millwright facility discover --print-commands")
    captured = captured_by_hand(provisioned_rack, on, tmp_path)
    answers_by_hand_describe_the_same(captured, entry, file)
    assert "no problem found" in walk.runs("facility check")

    shutil.copytree(ROOT / "inventories/rack/group_vars", file.parent / "group_vars")  # it is of containers
    assert "0 tasks would change something" in walk.runs("apply")

    set_key(file, **walk.declares())
    assert "rack-antenna" in walk.runs("apply"), "names that this description does not know would go"
    set_variable(file, "base_manage_hosts: false")
    told = says("apply", facility, "--check", "--diff", "--limit", "rack-c1")
    assert "rack-antenna" not in told
    assert "+* - memlock unlimited" in told
    assert on("rack-c1", f"test -e {LIMITS}; echo $?") == "1"
    walk.runs("apply")
    on("rack-c1", f"test -e {LIMITS}")
    told = says("drift", facility, code=3)
    assert "never converged: rack-c2,rack-ctl,rack-ctl2,rack-login,rack-r1" in told
    assert "Only what these roles declare was compared: base." in told
    assert "every host is in its declared state" in walk.runs("apply")

    before = [on("rack-c1", command) for command in (KEY, STARTED)]
    take_over_munge(on, file, tmp_path / "state/rack/munge.key")
    take_over_the_watch(on, file)
    take_over_the_controller(on, file)
    assert [on("rack-c1", command) for command in (KEY, STARTED)] == before
    assert on("rack-login", f"squeue --noheader --job={job} --format=%T") == "RUNNING"

    roles = "base, munge, node_health, node_exporter, slurm_controller"
    assert f"Only what these roles declare was compared: {roles}." in says("drift", facility)
    on("rack-c2", f"chmod 0600 {LIMITS}; echo '# by hand' >> {UNIT}")
    found = walk.runs("drift", code=1)
    assert f"differs: rack-c2: base: {LIMITS}: mode: 0644 → 0600" in found
    assert UNIT not in found

    walk.meets("millwright apply")
    playbook = [sys.executable, "-m", "ansible", "playbook", "-i", facility, "playbooks/site.yml"]
    subprocess.run([*playbook, "--limit", "rack-c2"], cwd=ROOT, capture_output=True, check=True)
    assert on("rack-c2", f"stat --format=%a {LIMITS}; grep -c 'by hand' {UNIT}").split() == ["644", "1"]
    file.write_text(file.read_text().partition("manages:")[0])
    tasks = {change["task"] for change in plan_of(file, "--limit", "rack-c2")["changes"]}
    assert any(task.startswith("slurm_configless : ") for task in tasks), tasks
    assert walk.is_through()


def described_as_the_rack_is(file):
    found, real = load_facility(file), load_facility(shipped_facilities()["rack"])
    assert found.manages == ()
    assert found.switches == real.switches
    for name, partition in real.partitions.items():
        assert found.partitions[name].node_names() == partition.node_names()
        assert found.partitions[name].max_time_min == partition.max_time_min
    for name, mode in real.access_modes.items():
        assert limits_of(found.access_modes[name]) == limits_of(mode)


def limits_of(mode):
    """All of an access mode but that of which Slurm knows nothing."""
    return {**mode.model_dump(exclude={"title", "grant"}), "preempts": set(mode.preempts)}


def captured_by_hand(rack, on, folder):
    """What a user of the login host carries over, who needs no rights for it."""
    place = on("rack-login", "runuser -u mwbench -- mktemp -d")
    script = "\n".join([f"cd {place}", *says("facility", "discover", "--print-commands").splitlines()])
    encoded = base64.b64encode(script.encode()).decode()
    on("rack-login", f"echo {encoded} | base64 -d | runuser -u mwbench -- sh")
    fetch = ["scp", "-q", "-F", rack.ssh_config, f"rack-login:{place}/captured.tar.gz", folder]
    subprocess.run(fetch, check=True)
    subprocess.run(["tar", "-xzf", "captured.tar.gz"], cwd=folder, check=True)
    return folder / "captured"


def answers_by_hand_describe_the_same(captured, entry, file):
    """And a file that is not whole says so, in both commands."""
    told = ("facility", "discover", "--captured", str(captured))
    same, unfinished = captured.parent / "same.yaml", captured.parent / "unfinished.yaml"
    says(*told, "--harness", "rack-login", *entry, "--output", str(same))
    assert same.read_text() == file.read_text()
    assert "services.harness" in says(*told, "--output", str(unfinished), code=3)
    assert "services.harness" in says("facility", "check", str(unfinished), code=2)


def take_over_munge(on, file, key):
    """With the cluster's own key beforehand, nothing is to do."""
    set_key(file, manages=["base", "munge"])
    assert plan_of(file)["would_change"], "a new key would be made"
    key.write_text(on("rack-ctl", "base64 -w0 /etc/munge/munge.key"))
    key.write_bytes(base64.b64decode(key.read_text()))
    key.chmod(0o600)
    assert not plan_of(file)["would_change"]
    says("apply", str(file))


def take_over_the_watch(on, file):
    """The health check and the exporter come where they were not, and nowhere else."""
    set_key(
        file,
        manages=["base", "munge", "node_health", "node_exporter"],
        services={"monitoring": "rack-ctl2"},
    )
    changes = plan_of(file)
    assert set(changes["would_change_tasks"]) == {"rack-c1", "rack-c2", "rack-r1"}
    roles = {change["task"].split(" : ")[0] for change in changes["changes"]}
    assert roles == {"node_health"}, "the exporter is only started"
    says("apply", str(file))
    on("rack-c2", "systemctl is-active prometheus-node-exporter")
    assert "verdict" in on("rack-c2", f"{HEALTH} --report-only")


def take_over_the_controller(on, file):
    """Every line of the diff is read: what would go is kept by a variable, or by a key of the facility."""
    roles = ["base", "munge", "node_health", "node_exporter", "slurm_controller"]
    set_key(file, manages=roles)
    gone, added = slurm_conf_of(plan_of(file))
    assert {OWN, "AuthAltTypes=auth/jwt"} <= gone
    assert added == set()
    set_key(file, services={"rest": "rack-ctl2"})
    name, _, value = OWN.partition("=")
    set_variable(file, f"slurm_controller_settings: {{{name}: {value}}}")
    gone, added = slurm_conf_of(plan_of(file))
    assert gone == added == {OWN}, "it moves to the end, and nothing else changes"
    says("apply", str(file))
    assert on("rack-login", "scontrol show config | grep -c bf_interval=20") == "1"
    assert not plan_of(file)["would_change"]


def slurm_conf_of(plan):
    """Lines of slurm.conf that a plan takes away and adds, without comments and empty ones."""
    task = "Ensure the configuration of the cluster"
    text = "\n".join(change["text"] for change in plan["changes"] if task in change["task"])
    lines = [(line[0], line[1:].strip()) for line in text.splitlines() if line[:1] in "+-" and line[:3]]
    told = [(sign, line) for sign, line in lines if line and line[0] not in "#+-"]
    gone, added = ({line for sign, line in told if sign == wanted} for wanted in "-+")
    return gone, added
