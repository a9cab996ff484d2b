"""What users of an antenna used, by ``millwright accounts usage``, against what slurmdbd itself says."""

import json
import subprocess
import sys
import time

import pytest
from rack_user import AtHome

pytestmark = pytest.mark.rack

LENGTHS_S = {("coast", "ada"): 6, ("hills", "bea"): 3}
MOST_OVERHEAD_S = 5
"""Slurm's own part of a job's length, in seconds: prolog, start and end on a busy machine."""


def access_rows():
    """The rows by antenna and access mode, of one core's hours."""
    command = [sys.executable, "-m", "millwright", "accounts", "usage", "rack", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["access"]
    return {(row["antenna"], row["access_mode"]): row for row in rows if row["meter"]["unit"] == "core-hour"}


@pytest.fixture(scope="module")
def jobs(antennas, tmp_path_factory, shipped_rack, on):
    """What slurmdbd holds of one job of each antenna's user, and the usage before and after."""
    homes = {each: AtHome.settle(tmp_path_factory.mktemp(each[1]), *each) for each in LENGTHS_S}
    before, numbers = access_rows(), {}
    for (antenna, user), seconds in LENGTHS_S.items():
        mode = shipped_rack.access_mode_of(antenna)
        options = f"--account={antenna} --qos={mode} --partition=cpu --mem=64M --time=2 --output=/dev/null"
        told = homes[antenna, user].at_factory(f"sbatch --parsable {options} --wrap 'sleep {seconds}'")
        numbers[antenna] = told.strip().split(";")[0]
    ask = "sacct -X -n -P --units=K -o State,ElapsedRaw,AllocCPUS,Account,User -j"
    deadline = time.monotonic() + 90
    while True:
        said = {name: on("rack-ctl", f"{ask} {job}").split("|") for name, job in numbers.items()}
        if all(fields[0] == "COMPLETED" for fields in said.values()):
            return said, before, access_rows()
        assert time.monotonic() < deadline, said
        time.sleep(0.5)


@pytest.mark.parametrize(("antenna", "user"), LENGTHS_S)
def test_slurmdbd_holds_the_job_of_the_antennas_user_with_its_length(jobs, antenna, user):
    _, elapsed, _, account, who = jobs[0][antenna]
    assert (account, who) == (antenna, user)
    length_s = LENGTHS_S[antenna, user]
    assert length_s <= int(elapsed) <= length_s + MOST_OVERHEAD_S


@pytest.mark.parametrize("antenna", [antenna for antenna, _ in LENGTHS_S])
def test_the_usage_of_an_antenna_grew_by_what_slurmdbd_says(jobs, shipped_rack, antenna):
    said, before, after = jobs
    key = (antenna, shipped_rack.access_mode_of(antenna))
    _, elapsed, cores, _, _ = said[antenna]
    core_hours = int(elapsed) * int(cores) / 3600
    grown = {name: after[key][name] - before[key][name] for name in ("used", "small_used", "left")}
    assert grown["used"] == pytest.approx(core_hours), "one core for one hour, and nothing else, is an hour"
    assert grown["small_used"] == pytest.approx(core_hours), "a small company or a start-up, as declared"
    assert grown["left"] == pytest.approx(-core_hours)
    assert after[key]["small_share"] == pytest.approx(1)


def test_only_the_antennas_whose_users_ran_something_grew(jobs, shipped_rack):
    _, before, after = jobs
    grown = {key for key in after if after[key]["used"] != before[key]["used"]}
    assert grown == {(name, shipped_rack.access_mode_of(name)) for name, _ in LENGTHS_S}
