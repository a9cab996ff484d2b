"""Node health on real hosts: a fault drains with its code, and nothing else that anybody did is touched."""

import json
import subprocess
import time

import pytest

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

PROGRAM = "/usr/local/sbin/millwright-node-health"
CONFIG = "/etc/millwright/node-health.json"
NODE = "rack-c2"
TRIAL = "/run/health-trial.json"


@pytest.fixture(scope="module")
def on(provisioned_rack):
    """Run a shell command on a node; its exit code and output."""

    def run(node, command, given=""):
        return subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), node, command],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def check(on):
    """Run the health check with changed expectations; its report. The node is in service before and after."""

    def run(**changes):
        expected = json.loads(on(NODE, f"cat {CONFIG}").stdout)
        memory = {"memory_file": "/run/health-trial-memory.json", "metrics_file": ""}
        on(NODE, f"cat > {TRIAL}", json.dumps(expected | memory | changes))
        done = on(NODE, f"{PROGRAM} --config {TRIAL}")
        return done.returncode, json.loads(done.stdout)

    yield run
    on("rack-ctl", f"scontrol update nodename={NODE} state=resume")
    on(NODE, "umount /mnt/declared; rm -rf /mnt/declared /run/health-trial*")


def standing(on):
    return (
        on("rack-ctl", f"sinfo --noheader --Node --nodes={NODE} --format='%T|%E'").stdout.strip().split("|")
    )


def await_service(on):
    """Slurm counts a node as silent (``idle*``) after a drain ended, until it has heard of it once more."""
    end = time.monotonic() + 90
    while (state := standing(on)[0]) != "idle":
        assert state == "idle*" and time.monotonic() < end, state
        time.sleep(0.5)


DECLARED = [{"path": "/mnt/declared", "writable": True}]


def test_a_declared_file_system_that_is_gone_drains_the_node_and_its_return_resumes_nothing(check, on):
    on(NODE, "mkdir -p /mnt/declared && mount -t tmpfs declared /mnt/declared")
    code, good = check(mounts=DECLARED)
    assert (code, good["verdict"], good["action"]) == (0, "ok", "none"), good

    on(NODE, "umount /mnt/declared")
    code, faulty = check(mounts=DECLARED)
    assert (code, faulty["verdict"]) == (1, "faulty")
    state, reason = standing(on)
    assert state == "drained"
    assert reason == f"millwright:health:{faulty['run']} FS_MISSING /mnt/declared"

    on(NODE, "mount -t tmpfs declared /mnt/declared")
    assert check(mounts=DECLARED)[1]["verdict"] == "ok"
    assert standing(on) == [state, reason]

    assert check(mounts=DECLARED, resume_after_good_runs=1)[1]["action"].startswith("resume")
    await_service(on)


def test_what_could_not_be_tested_drains_nothing(check, on):
    code, found = check(left_out=["memory_errors", "clock", "kernel_log", "kernel_taint"])
    assert (code, found["verdict"], found["action"]) == (3, "could not test", "none")
    assert "temperature" in found["could_not_test"]
    await_service(on)


def test_a_node_that_an_administrator_drained_stays_as_it_was(check, on):
    on("rack-ctl", f"scontrol update nodename={NODE} state=drain reason='fan: ask the vendor'")
    assert check(mounts=DECLARED)[1]["verdict"] == "faulty"
    assert standing(on) == ["drained", "fan: ask the vendor"]
    for _ in range(2):
        assert check(resume_after_good_runs=1)[1]["verdict"] == "ok"
    assert standing(on) == ["drained", "fan: ask the vendor"]


def test_slurmd_runs_it_and_a_run_takes_well_under_a_second(on):
    memory = "/run/millwright/node-health.json"
    on(NODE, f"rm -f {memory}; systemctl restart slurmd")
    end = time.monotonic() + 30
    while not (found := on(NODE, f"cat {memory}").stdout):
        assert time.monotonic() < end, "slurmd did not run the health check"
        time.sleep(1)
    last = json.loads(found)["last"]
    assert (last["verdict"], last["could_not_test"]) == ("ok", {})
    shares = [json.loads(on(NODE, f"{PROGRAM} --report-only").stdout)["took_s"] for _ in range(3)]
    assert min(shares) < 0.5
