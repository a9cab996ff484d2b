"""What goes wrong while hosts are changed, done to real hosts, while a user's job runs through all of it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from millwright.fleet.rollout.journal import is_finished, latest_journal
from millwright.rack.cgroups import cgroup_of, find_hierarchies
from millwright.rack.mounts import MOUNTINFO

pytestmark = pytest.mark.rack

MILLWRIGHT = [sys.executable, "-m", "millwright"]
DAEMON = "/etc/systemd/system/slurmd.service.d"
UNIT = f"{DAEMON}/millwright.conf"
NODES = ("--limit", "rack-c1,rack-c2", "--canary", "0")
STARTED: list[subprocess.Popen] = []
DONE = "/shared/home/mwbench/faults-are-over"


def millwright(*arguments, **environment):
    return subprocess.run(
        [*MILLWRIGHT, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, **environment},
    )


def apply(*options, **environment):
    """Exit code and report of an apply; each host's state by name."""
    done = millwright("apply", "rack", "--json", *options, **environment)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    return done.returncode, found, {host["host"]: host["state"] for host in found["hosts"]}


def message_of(found, host):
    (line,) = [line for line in found["hosts"] if line["host"] == host]
    return line["message"]


@pytest.fixture(scope="module", autouse=True)
def long_job(provisioned_rack, on):
    """A job on rack-c1 that runs through every fault; its exit code at the end is 0."""
    on("rack-ctl", f"rm -f {DONE}")
    wait = f"until test -e {DONE}; do sleep 1; done"
    submit = "runuser -u mwbench -- sbatch --parsable --chdir=/tmp --output=/dev/null --nodelist=rack-c1"
    job = on("rack-ctl", f"{submit} --time=25 --wrap='{wait}'")
    try:
        wait_until(lambda: on("rack-ctl", f"squeue -h -j {job} -o %T") == "RUNNING")
        yield job
        on("rack-ctl", f"touch {DONE}")
        wait_until(lambda: on("rack-ctl", f"sacct -X -n -P -j {job} -o State,ExitCode") == "COMPLETED|0:0")
    finally:
        on("rack-ctl", f"scancel {job}; rm -f {DONE}")


@pytest.fixture(autouse=True)
def applies():
    """Applies that a test started; none of them works on the rack any more when the next one begins."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.3)


def tamper(on, *nodes):
    """Change a managed file on each node, so that Ansible has something to do there."""
    for node in nodes:
        on(node, f"echo '# by hand' >> {UNIT}")


def start_apply(rack, *options):
    """Start an apply in the background; return once Ansible has begun to work on rack-c2."""
    before = set((rack.state / "logs").glob("*.events.jsonl"))
    process = subprocess.Popen(
        [*MILLWRIGHT, "apply", "rack", "--json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    STARTED.append(process)

    def has_begun():
        assert process.poll() is None, "it ended before anything could go wrong"
        files = set((rack.state / "logs").glob("*.events.jsonl")) - before
        return any('"host": "rack-c2"' in file.read_text() for file in files)

    wait_until(has_begun)
    return process


def power_off(rack, node):
    """Nothing of the node runs any more from one moment to the next."""
    cgroup_of(find_hierarchies(MOUNTINFO.read_text()), rack.name, node).kill()


@pytest.mark.rehearsal
def test_a_node_dies_then_the_control_process_and_the_run_goes_on(rack, on, long_job):
    tamper(on, "rack-c1", "rack-c2")
    process = start_apply(rack, *NODES)
    power_off(rack, "rack-c2")
    found = json.loads(process.communicate(timeout=300)[0])
    states = {host["host"]: host["state"] for host in found["hosts"]}
    assert states == {"rack-c1": "changed", "rack-c2": "unreachable"}, found
    assert process.returncode == 3
    assert "by hand" not in on("rack-c1", f"cat {UNIT}")

    assert millwright("rack", "up").returncode == 0  # the node comes back empty
    process = start_apply(rack, "--resume")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert not is_finished(latest_journal(rack.state, "apply"))

    second = millwright("apply", "rack", *NODES)  # its playbook still runs
    assert second.returncode == 3
    assert "is being provisioned already" in second.stderr
    wait_until(
        lambda: "being provisioned" not in millwright("apply", "rack", "--resume", "--json").stderr, 300
    )
    code, found, states = apply(*NODES)
    assert (code, states) == (0, {"rack-c1": "ok", "rack-c2": "ok"}), found
    wait_until(lambda: on("rack-ctl", "sinfo -h -n rack-c2 -o %T") == "idle")
    assert on("rack-ctl", f"squeue -h -j {long_job} -o %T") == "RUNNING"


@pytest.mark.rehearsal
def test_a_node_that_slurm_loses_in_its_wave_has_failed_and_stops_what_would_follow(rack, on):
    """Its tasks are all well, and before the wave ends Slurm holds it for down."""
    tamper(on, "rack-c2", "rack-r1")
    process = start_apply(rack, "--limit", "rack-c2,rack-r1", "--canary", "0", "--wave-size", "1")
    wait_until(lambda: has_come_to(rack, "Prove the fabric of the nodes"))  # slurmd was proved before
    try:
        on("rack-ctl", "scontrol update node=rack-c2 state=down reason='lost by a test'")
        found = json.loads(process.communicate(timeout=300)[0])
        states = {host["host"]: host["state"] for host in found["hosts"]}
        assert states == {"rack-c2": "failed", "rack-r1": "waiting"}, found
        assert message_of(found, "rack-c2") == "Slurm lost it: down"
        assert process.returncode == 1
        assert "1 of 1 hosts of this wave failed" in found["stopped"]
        assert "by hand" in on("rack-r1", f"cat {UNIT}")
    finally:
        on("rack-ctl", "scontrol update node=rack-c2 state=resume")
    wait_until(lambda: on("rack-ctl", "sinfo -h -n rack-c2 -o %T") == "idle", 300)
    code, found, states = apply("--resume")
    assert code == 0, found
    assert "by hand" not in on("rack-r1", f"cat {UNIT}")


def has_come_to(rack, play):
    """Whether the newest run of Ansible has begun a play."""
    newest = max((rack.state / "logs").glob("*.events.jsonl"), key=lambda file: file.stat().st_mtime)
    return any('"event": "play"' in line and play in line for line in newest.read_text().splitlines())


def test_two_applies_at_once_do_not_mix(rack, on):
    tamper(on, "rack-c2")
    process = start_apply(rack, "--limit", "rack-c2")
    second = millwright("apply", "rack", "--limit", "rack-c2")
    assert second.returncode == 3
    assert f"process {process.pid}" in second.stderr
    process.communicate(timeout=300)
    assert process.returncode == 0


@pytest.mark.rehearsal
def test_an_apply_that_is_told_to_end_ends_its_ansible_and_goes_on_at_once(rack, on):
    tamper(on, "rack-c2")
    process = start_apply(rack, "--limit", "rack-c2", "--full")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 143
    journal = latest_journal(rack.state, "apply")
    assert journal.entries()[-1]["by"] == "ended by SIGTERM"
    assert not is_finished(journal)
    code, found, states = apply("--resume")
    assert (code, found["run_id"], list(states)) == (0, journal.run_id, ["rack-c2"]), found
    assert "by hand" not in on("rack-c2", f"cat {UNIT}")


def test_a_full_disk_is_told_and_leaves_the_file_whole(on):
    tamper(on, "rack-c1", "rack-c2")
    keep = f"mkdir -p /run/kept && cp -a {DAEMON}/. /run/kept/"
    fill = f"cat /dev/zero > {DAEMON}/filler"
    mount = f"mount -t tmpfs -o size=8k tmpfs {DAEMON} && cp -a /run/kept/. {DAEMON}/"
    try:
        on("rack-c2", f"{keep} && {mount} && {fill}", check=False)
        before = on("rack-c2", f"cat {UNIT}; df --output=avail {DAEMON} | tail -1")
        code, found, states = apply(*NODES)
        assert code == 1, found
        assert states == {"rack-c1": "changed", "rack-c2": "failed"}, found
        assert "file system of the host is full" in message_of(found, "rack-c2")
        assert on("rack-c2", f"cat {UNIT}; df --output=avail {DAEMON} | tail -1") == before
    finally:
        on("rack-c2", f"! mountpoint --quiet {DAEMON} || umount {DAEMON}")
    code, found, states = apply("--resume")
    assert (code, states["rack-c2"]) == (0, "changed"), found


def test_a_host_key_that_changed_is_refused_and_told(rack, on, tmp_path):
    tamper(on, "rack-c2")
    pinned = rack.state / "known_hosts"
    text = pinned.read_text()
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    other = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    fresh = {"ANSIBLE_SSH_CONTROL_PATH_DIR": str(tmp_path)}  # no connection from before the change
    try:
        pinned.write_text(re.sub(r"^(rack-c2\S*) .*$", rf"\1 {other}", text, flags=re.MULTILINE))
        code, found, states = apply("--limit", "rack-c1,rack-c2", "--canary", "0", **fresh)
    finally:
        pinned.write_text(text)
    assert (code, states) == (3, {"rack-c1": "ok", "rack-c2": "unreachable"}), found
    assert "SSH host key is not the one that is pinned" in message_of(found, "rack-c2")
    assert "by hand" in on("rack-c2", f"cat {UNIT}")
    code, found, _ = apply("--resume")
    assert code == 0, found


def secrets_of(state):
    """Every secret of the facility: whole lines of private files, and the bodies of private keys."""
    for path in state.rglob("*"):
        inside = path.relative_to(state).parts[0] not in {"logs", "runs", "sessions", "run", "log"}
        private = (
            path.is_file() and path.stat().st_mode & 0o077 == 0 and path.suffix not in {".pub", ".jsonl"}
        )
        if inside and private and re.search(r"key|secret|password|jwt|id_ed25519|_ca$", path.name):
            lines = path.read_text(errors="replace").splitlines()
            yield from (line.strip() for line in lines if len(line.strip()) >= 32 and "-----" not in line)


def test_no_secret_is_in_any_log_diff_journal_or_report(rack, on):
    on("rack-c2", "echo x >> /etc/munge/munge.key")
    shown = millwright("apply", "rack", "--limit", "rack-c2", "--diff")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    munge = on("rack-c1", "base64 -w0 /etc/munge/munge.key")
    key = on("rack-c1", "cat /etc/munge/munge.key")
    assert on("rack-c2", "cat /etc/munge/munge.key") == key, "it was not repaired, so no difference was shown"
    tunnel = on("rack-login", "grep -h PrivateKey /etc/wireguard/*.conf | cut -d= -f2-").split()
    found = {munge, key, *tunnel, *secrets_of(rack.state)}
    assert len(found) >= 3
    written = [path for name in ("logs", "runs") for path in (rack.state / name).rglob("*") if path.is_file()]
    assert not [secret[:4] for secret in found if secret in shown.stdout + shown.stderr]
    assert any(path.name == "journal.jsonl" for path in written)
    assert any(path.name == "report.json" for path in written)
    for path in written:
        text = path.read_text(errors="replace")
        assert not [secret[:4] for secret in found if secret in text], path


@pytest.mark.rehearsal
def test_maintenance_waits_for_jobs_and_leaves_an_admins_drain(rack, on):
    job = on(
        "rack-ctl",
        "runuser -u mwbench -- sbatch --parsable --chdir=/tmp --output=/dev/null -w rack-c2 --wrap='sleep 8'",
    )
    wait_until(lambda: on("rack-ctl", f"squeue -h -j {job} -o %T") == "RUNNING")
    try:
        on("rack-ctl", "scontrol update node=rack-r1 state=drain reason='an admin: fan'")
        done = millwright("maintain", "rack", "rack-c2,rack-r1", "--no-checks", "--json")
        fates = {line["node"]: line["fate"] for line in json.loads(done.stdout)["nodes"]}
        assert fates == {"rack-c2": "in service", "rack-r1": "left alone"}, done.stderr
        assert done.returncode == 3
        assert on("rack-ctl", f"sacct -X -n -P -j {job} -o State,ExitCode") == "COMPLETED|0:0"
        assert "an admin: fan" in millwright("nodes", "status", "rack", "rack-r1").stdout
        assert millwright("nodes", "resume", "rack", "rack-r1").returncode == 1
    finally:
        on("rack-ctl", f"scontrol update node=rack-r1 state=resume; scancel {job} || true")


@pytest.mark.rehearsal
def test_too_few_peers_are_reported_before_a_node_is_drained_and_the_hint_works(rack, on, tmp_path):
    refused = millwright("nodes", "commission", "rack", "rack-c2", "--results-dir", str(tmp_path))
    assert refused.returncode == 3, refused.stdout
    assert "rack-c2: too few nodes of the same class to compare with, 1 of 5" in refused.stderr
    assert "millwright nodes commission rack rack-c2 --admit-inconclusive" in refused.stderr
    (line,) = json.loads(millwright("nodes", "status", "rack", "rack-c2", "--json").stdout)["nodes"]
    assert line["owner"] == ""
    assert on("rack-ctl", "scontrol --oneliner show reservation") == "No reservations in the system"
    admitted = millwright(
        *(
            "nodes",
            "commission",
            "rack",
            "rack-c2",
            "--results-dir",
            str(tmp_path),
            "--admit-inconclusive",
            "--json",
        )
    )
    assert json.loads(admitted.stdout)["nodes"][0]["fate"] == "in service", admitted.stdout
    assert list(Path(tmp_path, "@nodes", "rack").iterdir())
