"""What may happen to Slurm's own services, on real hosts; one job runs through all of it and ends well."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

ROOT = Path(__file__).resolve().parents[2]
FACILITY = "inventories/rack/facility.yaml"
UNIT = "/etc/systemd/system/slurmd.service.d/millwright.conf"
GO = "/shared/home/mwbench/go-on"
REST = "http://10.91.0.12:6820/slurm/v0.0.42"
HOLDS = f"until test -e {GO}; do sleep 1; done"


@pytest.fixture(scope="module")
def on(provisioned_rack):
    """Run a shell command on a node, with what it reads; its output."""

    def run(node, command, stdin=""):
        done = subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), node, command],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture(scope="module", autouse=True)
def job(on):
    """Number of a job on rack-c1 that runs through every test of this file, and must end well after them."""
    on("rack-ctl", f"rm -f {GO}")
    submit = "runuser -u mwbench -- sbatch --parsable --chdir=/tmp --output=/dev/null --nodelist=rack-c1"
    number = on("rack-ctl", f"{submit} --wrap='{HOLDS}'")
    try:
        wait_until(lambda: on("rack-ctl", f"squeue -h -j {number} -o %T") == "RUNNING")
        yield number
        on("rack-ctl", f"touch {GO}")
        state = f"sacct -X -n -P -j {number} -o State,ExitCode,Restarts"
        wait_until(lambda: on("rack-ctl", state) == "COMPLETED|0:0|0")
    finally:
        on("rack-ctl", f"scancel {number}; rm -f {GO}")


def play(playbook, *options):
    """Exit code and output of one playbook, run as its users would."""
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "-i", FACILITY, f"playbooks/{playbook}", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.5)


def is_running(on, number):
    return on("rack-ctl2", f"squeue -h -j {number} -o %T") == "RUNNING"


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        pytest.param(
            {"slurm_controller_gather": "jobacct_gather/nonsense"},
            "slurmctld refused its new files: ",
            id="which-the-controller-refuses",
        ),
        pytest.param(
            {"slurm_controller_mpi": "pmix\nNoSuchKey=1"}, "unrecognized key: NoSuchKey", id="with-no-meaning"
        ),
    ],
)
def test_a_bad_configuration_is_refused_and_the_working_one_stays(on, job, setting, reason):
    before = on("rack-ctl", "cd /etc/slurm; sha256sum slurm.conf cgroup.conf gres.conf topology.conf")
    status, output = play("slurm.yml", "--tags=slurm_controller", f"--extra-vars={json.dumps(setting)}")
    assert status != 0
    assert reason in output
    for host in ("rack-ctl", "rack-ctl2"):
        assert (
            on(host, "cd /etc/slurm; sha256sum slurm.conf cgroup.conf gres.conf topology.conf") == before
        ), host
        assert "= Match" in on(host, "scontrol show config | grep HASH_VAL")
        assert on(host, "scontrol ping").count("is UP") == 2
    assert is_running(on, job)


def test_programs_submit_jobs_with_a_token_and_not_without(on):
    token = on("rack-login", "runuser -u mwbench -- scontrol token lifespan=60").removeprefix("SLURM_JWT=")
    forged = token[:-6] + "AAAAAA"
    job = {
        "script": "#!/bin/sh\nexit 0\n",
        "current_working_directory": "/tmp",
        "environment": ["PATH=/usr/bin:/bin"],
        "nodes": "1",
        "time_limit": {"number": 1, "set": True},
        "standard_output": "/dev/null",
    }

    def ask(shown, path, data=None):
        header = "content-type: application/json\n" + (f"X-SLURM-USER-TOKEN: {shown}\n" if shown else "")
        program = ASK.format(header=header, data=data)
        return json.loads(on("rack-login", f"python3 - {REST}{path}", stdin=program))

    status, answer = ask(token, "/ping")
    assert status == 200
    assert {ping["pinged"] for ping in json.loads(answer)["pings"]} == {"UP"}
    status, answer = ask(token, "/job/submit", job)
    assert status == 200
    number = json.loads(answer)["job_id"]
    wait_until(lambda: on("rack-ctl", f"sacct -X -n -P -j {number} -o User,State") == "mwbench|COMPLETED")
    assert ask("", "/ping")[0] == 401
    status, answer = ask(forged, "/job/submit", job)
    assert not json.loads(answer).get("job_id")
    assert json.loads(answer)["errors"]


ASK = '''
import json, sys, urllib.error, urllib.request
headers = dict(line.split(": ", 1) for line in """{header}""".splitlines())
job = {data}
body = json.dumps({{"job": job}}).encode() if job else None
request = urllib.request.Request(sys.argv[1], data=body, headers=headers)
try:
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = answer.status, answer.read().decode()
except urllib.error.HTTPError as error:
    found = error.code, error.read().decode()
print(json.dumps(found))
'''
"""Asks slurmrestd from a node, with a token that stands in no argument."""


def test_slurmrestd_runs_unprivileged_and_holds_no_key(on):
    assert (
        on("rack-ctl2", "ps -o user:20= -p $(systemctl show --value -p MainPID slurmrestd)") == "slurmrestd"
    )
    assert on("rack-ctl2", "stat -c '%a %U' /etc/slurm/jwt_hs256.key") == "600 slurm"


def test_the_backup_takes_over_and_gives_back(on, job):
    on("rack-ctl", "systemctl stop slurmctld")
    try:
        wait_until(lambda: "Slurmctld(backup) at rack-ctl2 is UP" in on("rack-ctl2", "scontrol ping || true"))
        wait_until(lambda: on("rack-ctl2", f"squeue -h -j {job} -o %T || true") == "RUNNING")
        submit = "runuser -u mwbench -- srun --chdir=/tmp --immediate=60 --time=1 --nodelist=rack-c2 hostname"
        assert on("rack-ctl2", submit) == "rack-c2"
    finally:
        on("rack-ctl", "systemctl start slurmctld")
    wait_until(lambda: "Slurmctld(primary) at rack-ctl is UP" in on("rack-ctl", "scontrol ping || true"))
    assert is_running(on, job)


def test_a_node_converges_without_a_controller_as_far_as_it_goes(on, job):
    """What needs no controller is repaired; slurmd is left running, and the run says why, at once."""
    on("rack-c1", f"sed -i s/:6817/:6818/ {UNIT} && systemctl daemon-reload")
    process = on("rack-c1", "systemctl show --value --property=MainPID slurmd")
    try:
        for host in ("rack-ctl", "rack-ctl2"):
            on(host, "systemctl stop slurmctld")
        begun = time.monotonic()
        status, output = play("slurm.yml", "--tags=slurm_node", "--limit=rack-c1")
        assert time.monotonic() - begun < 60
        assert status != 0
        assert "no controller answers at 10.91.0.10:6817, 10.91.0.12:6817" in output
        assert on("rack-c1", "systemctl show --value --property=MainPID slurmd") == process
    finally:
        for host in ("rack-ctl", "rack-ctl2"):
            on(host, "systemctl start slurmctld")
    wait_until(lambda: is_running(on, job))
    status, output = play("slurm.yml", "--tags=slurm_node", "--limit=rack-c1")
    assert status == 0, output


def test_a_node_with_another_munge_key_is_found_and_repaired(on, job):
    on("rack-c1", "head -c 128 /dev/urandom > /etc/munge/munge.key && systemctl restart munge")
    status, output = play("verify.yml", "--tags=munge", "--limit=rack-c1")
    assert status != 0
    assert "rack-c1 has another MUNGE key than the factory" in output
    status, output = play("base.yml", "--tags=munge", "--limit=rack-c1")
    assert status == 0, output
    status, output = play("verify.yml", "--tags=munge", "--limit=rack-c1")
    assert status == 0, output
    credential = on("rack-ctl", "munge --no-input")
    assert "Success" in on("rack-c1", "unmunge", stdin=credential + "\n")
    assert is_running(on, job)


def test_a_rotation_with_a_limit_is_refused(provisioned_rack):
    before = (provisioned_rack.state / "munge.key").read_text()
    status, output = play("rotate_munge_key.yml", "--limit=rack-c1")
    assert status != 0
    assert "nothing was changed" in output
    assert (provisioned_rack.state / "munge.key").read_text() == before


def test_the_munge_key_is_rotated_while_a_job_runs(on, job, provisioned_rack):
    before = (provisioned_rack.state / "munge.key").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "millwright", "munge", "rotate", "rack"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 hosts have the new key" in done.stdout
    after = (provisioned_rack.state / "munge.key").read_text()
    assert after != before
    for log in (provisioned_rack.state / "logs").iterdir():
        if log.is_file():
            assert after not in log.read_text(errors="replace"), log
    assert on("rack-c1", "cat /etc/munge/munge.key; ls /etc/munge") == f"{after}munge.key"
    submit = "runuser -u mwbench -- srun --chdir=/tmp --immediate=60 --time=1 --nodelist=rack-c2 hostname"
    assert on("rack-login", submit) == "rack-c2"
    assert is_running(on, job)
