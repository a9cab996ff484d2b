"""The user's side for real: the printed configuration, plain ssh and rsync, and a fresh home."""

import hashlib
import os
import random
import re
import signal
import subprocess
import time

import pytest
from rack_user import HOME, AtHome

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
    mode = next(iter(shipped_rack.access_modes))
    options = f"--account=coast --qos={mode} --time=2 --mem=64M --output=out.%j"
    submitted = ada.at_factory(f"sbatch --parsable {options} --wrap 'sleep 2; echo made by $SLURM_JOB_ID'")
    job = submitted.strip().split(";")[0]
    assert ada.at_factory(f"squeue --noheader --jobs={job} --format=%u").strip() in {"ada", ""}
    deadline = time.monotonic() + 90
    while "COMPLETED" not in (state := ada.at_factory(f"scontrol --oneliner show job {job}")):
        assert time.monotonic() < deadline, state
        time.sleep(1)
    assert ada.at_factory(f"cat out.{job} && rm out.{job}") == f"made by {job}\n"


def size_at_factory(ada):
    return int(ada.at_factory("stat -c %s data.bin 2>/dev/null || echo 0"))


def test_a_transfer_that_was_cut_goes_on_where_it_stopped(ada):
    payload = random.Random(7).randbytes(SIZE)  # noqa: S311 - payload, not a secret
    (ada.folder / "data.bin").write_bytes(payload)
    send = (
        "rsync",
        "--partial",
        "--append-verify",
        "--stats",
        "--bwlimit=4m",
        HOME / "data.bin",
        "rack-coast:",
    )
    begun = subprocess.Popen(ada.command(*send), stdout=subprocess.DEVNULL, start_new_session=True, cwd="/")
    try:
        while size_at_factory(ada) < 2**20:
            assert begun.poll() is None, "the transfer ended before it could be cut"
    finally:
        os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()
    arrived = size_at_factory(ada)
    assert 0 < arrived < SIZE
    stats = ada.run(*send).stdout
    sent = int(re.search(r"Literal data: ([\d,]+) bytes", stats)[1].replace(",", ""))
    assert sent <= SIZE - arrived, "the second transfer began anew"
    checksum = ada.at_factory("sha256sum data.bin && rm data.bin").split()[0]
    assert checksum == hashlib.sha256(payload).hexdigest()
