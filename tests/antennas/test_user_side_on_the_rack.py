"""The user's side for real: the printed configuration, plain ssh and rsync, and a fresh home."""

import contextlib
import hashlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

import pytest
from rack_console import Console, cut_tunnel
from rack_user import HOME, AtHome

from millwright.antennas.proof.connections import connect_as_admin
from millwright.antennas.proof.visitor import run_on
from millwright.antennas.ssh.host_keys import resolve_target

pytestmark = pytest.mark.rack

SIZE = 24 * 2**20


@pytest.fixture(scope="module")
def ada(antennas, tmp_path_factory):
    """Ada at home, with access through the antenna ``coast``."""
    return AtHome.settle(tmp_path_factory.mktemp("home"), "coast", "ada")


def test_the_first_login_asks_nothing_and_leads_to_the_users_own_account(ada):
    done = ada.run("ssh", "rack-coast", "id -un; uname -n")
    assert done.stdout.split() == ["ada", "rack-login"]
    assert done.stderr == ""
    assert sorted(path.name for path in (ada.folder / ".ssh").iterdir()) == [
        "config",
        "rack-coast",
        "rack-coast-cert.pub",
        "rack-coast.pub",
    ]


def test_a_job_is_submitted_seen_and_its_output_read(ada, shipped_rack):
    mode = shipped_rack.access_mode_of("coast")
    options = f"--account=coast --qos={mode} --time=2 --mem=64M --output=out.%j"
    submitted = ada.at_factory(f"sbatch --parsable {options} --wrap 'sleep 2; echo made by $SLURM_JOB_ID'")
    job = submitted.strip().split(";")[0]
    assert ada.at_factory(f"squeue --noheader --jobs={job} --format=%u").strip() in {"ada", ""}
    deadline = time.monotonic() + 90
    while "COMPLETED" not in (state := ada.at_factory(f"scontrol --oneliner show job {job}")):
        assert time.monotonic() < deadline, state
        time.sleep(1)
    assert ada.at_factory(f"cat out.{job} && rm out.{job}") == f"made by {job}\n"


@dataclass(frozen=True)
class Transfer:
    """A file that goes up or comes down with the options that the printed configuration names."""

    ada: AtHome
    payload: bytes
    is_up: bool

    @classmethod
    def prepare(cls, ada, direction, seed):
        """The file lies at one end, and nothing of it at the other."""
        payload = random.Random(seed).randbytes(SIZE)  # noqa: S311 - payload, not a secret
        transfer = cls(ada, payload, direction == "up")
        transfer.here.write_bytes(payload)
        ada.at_factory("rm -f data.bin")  # of a transfer before that failed
        if direction == "down":
            ada.run("rsync", HOME / "data.bin", "rack-coast:")
            transfer.here.unlink()
        return transfer

    @property
    def here(self):
        return self.ada.folder / "data.bin"

    def command(self, *more):
        """What a user types."""
        ends = (HOME / "data.bin", "rack-coast:") if self.is_up else ("rack-coast:data.bin", HOME)
        return ("rsync", "--partial", "--append-verify", "--stats", *more, *ends)

    def begin(self):
        """Start it, slowly enough for something to happen meanwhile, and wait until a part has arrived."""
        begun = subprocess.Popen(
            self.ada.command(*self.command("--bwlimit=2m")),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )
        while self.arrived() < 2**20:
            if begun.poll() is not None:
                pytest.fail(f"the transfer ended before it could be cut: {begun.stdout.read().decode()}")
        return begun

    def arrived(self):
        """So many bytes are there."""
        if self.is_up:
            return int(self.ada.at_factory("stat -c %s data.bin 2>/dev/null || echo 0"))
        return self.here.stat().st_size if self.here.exists() else 0

    def is_whole(self):
        """Whether both ends hold the same file, which then goes away at the factory."""
        there = self.ada.at_factory("sha256sum data.bin && rm data.bin").split()[0]
        sums = {hashlib.sha256(data).hexdigest() for data in (self.payload, self.here.read_bytes())}
        return sums == {there}


def end(begun):
    """Nothing of a transfer runs any more."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(begun.pid, signal.SIGKILL)
    begun.wait()
    begun.stdout.close()


@pytest.mark.parametrize("direction", ["up", pytest.param("down", marks=pytest.mark.rehearsal)])
def test_a_transfer_that_was_cut_goes_on_where_it_stopped(ada, direction):
    transfer = Transfer.prepare(ada, direction, seed=7)
    end(transfer.begin())
    arrived = transfer.arrived()
    assert 0 < arrived < SIZE
    stats = ada.run(*transfer.command()).stdout
    sent = int(re.search(r"Literal data: ([\d,]+) bytes", stats)[1].replace(",", ""))
    assert sent <= SIZE - arrived, "the second transfer began anew"
    assert transfer.is_whole()


CUT_S = 25


@pytest.mark.rehearsal
@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_transfer_outlives_a_cut_of_the_tunnel_without_being_started_again(ada, antennas, direction):
    transfer = Transfer.prepare(ada, direction, seed=8)
    begun = transfer.begin()
    try:
        with cut_tunnel(Console(antennas, "rack-antenna")):
            time.sleep(CUT_S)
            assert begun.poll() is None, "the transfer gave up, or was over before the cut"
        healed = time.monotonic()
        assert begun.wait(timeout=2 * CUT_S + 60) == 0
    finally:
        end(begun)
    print(f"{direction}: after a cut of {CUT_S} s the transfer ended {time.monotonic() - healed:.1f} s later")
    assert transfer.is_whole()


REST = "http://127.0.0.1:6820/slurm/v0.0.42"


@pytest.fixture
def portal(ada):
    """A portal's way to slurmrestd, open while the test runs; ssh says when it is."""
    with subprocess.Popen(
        ada.command("ssh", "-N", "rack-coast-rest"), stdin=subprocess.DEVNULL, start_new_session=True, cwd="/"
    ) as way:
        try:
            deadline = time.monotonic() + 60
            while not answers("127.0.0.1", 6820):
                assert way.poll() is None, "ssh ended before the way was open"
                assert time.monotonic() < deadline, "no way opened"
                time.sleep(0.2)
            yield
        finally:
            os.killpg(way.pid, signal.SIGKILL)


def answers(host, port):
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def ask(path, token=None, body=None):
    """The HTTP status and answer of slurmrestd; a token goes to curl through stdin and nowhere else."""
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", "60", "--write-out", "\n%{http_code}"]
    if body is not None:
        command += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
    header = f'header = "X-SLURM-USER-TOKEN: {token}"\n' if token else ""
    done = subprocess.run(
        [*command, "--config", "-", f"{REST}/{path}"],
        input=header,
        capture_output=True,
        text=True,
        check=True,
    )
    answer, _, status = done.stdout.rpartition("\n")
    return int(status), answer


def test_a_portal_submits_a_job_with_a_token_that_ends_by_itself(ada, portal, shipped_rack):
    token = ada.at_factory("scontrol token lifespan=120").strip().removeprefix("SLURM_JWT=")
    status, answer = ask("ping", token)
    assert status == 200
    assert "UP" in [each["pinged"] for each in json.loads(answer)["pings"]], answer
    job = {
        "script": "#!/bin/sh\necho made for the portal\n",
        "account": "coast",
        "qos": shipped_rack.access_mode_of("coast"),
        "current_working_directory": ada.at_factory("pwd").strip(),
        "standard_output": "portal.%j",
        "environment": ["PATH=/usr/bin:/bin"],
        "memory_per_node": {"number": 64, "set": True},
        "time_limit": {"number": 2, "set": True},
    }
    status, answer = ask("job/submit", token, {"job": job})
    submitted = json.loads(answer)
    assert (status, submitted["errors"]) == (200, []), answer
    number = submitted["job_id"]
    deadline = time.monotonic() + 90
    while "COMPLETED" not in (state := ada.at_factory(f"scontrol --oneliner show job {number}")):
        assert time.monotonic() < deadline, state
        time.sleep(1)
    assert "UserId=ada(" in state
    assert ada.at_factory(f"cat portal.{number} && rm portal.{number}") == "made for the portal\n"


def test_a_portal_without_a_token_is_refused(portal):
    assert ask("ping")[0] == 401
    assert ask("job/submit", body={"job": {"script": "#!/bin/sh\n"}})[0] == 401


@pytest.mark.parametrize("seconds", ["infinite", "3601", "999999999"])
def test_no_token_outlives_an_hour(ada, seconds):
    assert "SLURM_JWT=" in ada.at_factory("scontrol token lifespan=3600")
    refused = ada.at_factory(f"scontrol token lifespan={seconds} 2>&1 || true")
    assert "SLURM_JWT=" not in refused
    assert refused.strip()


def test_a_token_stands_in_no_log_and_no_argument_on_the_way(ada, portal, shipped_rack):
    token = ada.at_factory("scontrol token lifespan=30").strip().removeprefix("SLURM_JWT=")
    assert ask("ping", token)[0] == 200
    look = (
        "journalctl --quiet --since=-5min --output=cat; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"
    )
    for host, sign in [("rack-antenna", "sshd"), ("rack-login", "sshd"), ("rack-ctl2", "slurmrestd")]:
        with connect_as_admin(resolve_target(shipped_rack, host)) as connection:
            seen = run_on(connection)(look).stdout
        assert sign in seen, f"{host}: nothing was looked at"
        assert token not in seen, host
        assert token.rpartition(".")[0] not in seen, host
