"""How accelerators are divided: what tools print, in the form their makers document, and what is done."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location(
    "accelerator_partitioning", ROOT / "playbooks/library/accelerator_partitioning.py"
)
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)

LISTED = """\
+-------------------------------------------------------+
| GPU instances:                                        |
| GPU   Name             Profile  Instance   Placement  |
|                          ID       ID       Start:Size |
|=======================================================|
|   0  MIG 3g.40gb          9        1          0:4     |
+-------------------------------------------------------+
|   0  MIG 1g.10gb         19       11          4:1     |
+-------------------------------------------------------+
|   1  MIG 3g.40gb          9        2          4:4     |
+-------------------------------------------------------+
"""
WANTED = frozenset({("3g.40gb", 0), ("1g.10gb", 4)})


def scripted(answers):
    def run(argv):
        return answers[argv[0]]

    return run


def test_instances_of_each_device():
    assert module.parse_instances(LISTED) == {"0": WANTED, "1": frozenset({("3g.40gb", 4)})}
    assert module.parse_instances("No GPU instances found: Not Found\n") == {}


def test_devices_that_are_divided_otherwise():
    found = module.parse_instances(LISTED)
    assert module.differing({"0": True, "1": True}, found, WANTED) == ["1"]
    assert module.differing({"0": True, "1": False}, found, frozenset()) == ["0", "1"]
    assert module.differing({"0": False}, {}, frozenset()) == []
    assert module.differing({"0": False}, {}, WANTED) == ["0"]


def test_what_divides_a_whole_device():
    commands = module.mig_commands("3", WANTED, is_on=False, is_divided=False)
    assert [" ".join(argv) for argv in commands] == [
        "nvidia-smi -i 3 -mig 1",
        "nvidia-smi mig -i 3 -cgi 3g.40gb:0,1g.10gb:4 -C",
    ]


def test_what_makes_a_device_whole_again():
    commands = module.mig_commands("0", frozenset(), is_on=True, is_divided=True)
    assert [" ".join(argv) for argv in commands] == [
        "nvidia-smi mig -i 0 -dci",
        "nvidia-smi mig -i 0 -dgi",
        "nvidia-smi -i 0 -mig 0",
    ]


@pytest.mark.parametrize(
    ("state", "jobs", "obstacle"),
    [
        ((0, "drained\n", ""), (0, "", ""), ""),
        ((0, "drained*\n", ""), (0, "", ""), ""),
        ((0, "idle\n", ""), (0, "", ""), "it is idle, not drained, so a job could start meanwhile"),
        (
            (0, "draining\n", ""),
            (0, "7\n", ""),
            "it is draining, not drained, so a job could start meanwhile",
        ),
        ((0, "drained\n", ""), (0, "7\n8\n", ""), "it runs jobs: 7, 8"),
        ((0, "", ""), (0, "", ""), "it is unknown, not drained, so a job could start meanwhile"),
        ((1, "", "no controller"), (0, "", ""), "Slurm could not be asked whether it runs jobs"),
        ((0, "drained\n", ""), (1, "", "x"), "Slurm could not be asked whether it runs jobs"),
    ],
)
def test_a_device_is_divided_on_a_drained_node_without_jobs_only(state, jobs, obstacle):
    assert module.find_obstacle(scripted({"sinfo": state, "squeue": jobs}), "g1") == obstacle


def test_the_refusal_says_what_to_do():
    said = module.explain("g1", ["0", "1"], "it runs jobs: 7")
    assert said.startswith("g1: devices 0, 1 are divided otherwise than declared, but it runs jobs: 7.")
    assert "Nothing was changed" in said


def test_amd_devices_change_their_memory_first(tmp_path):
    device = tmp_path / "0000:01:00.0"
    device.mkdir()
    (device / "current_compute_partition").write_text("SPX\n")
    (device / "current_memory_partition").write_text("NPS4\n")
    amd = module.Amd(tmp_path, {"compute": "CPX", "memory": "NPS4"})
    assert amd.differing() == ["0000:01:00.0"]
    amd.divide()
    assert (device / "current_compute_partition").read_text() == "CPX"
    assert amd.differing() == []


def test_a_host_without_the_driver_is_not_taken_for_divided(tmp_path):
    with pytest.raises(OSError, match="is the driver loaded"):
        module.Amd(tmp_path, {"compute": "CPX"}).differing()


def test_what_the_driver_says_is_told():
    run = scripted({"nvidia-smi": (9, "", "couldn't communicate with the NVIDIA driver")})
    with pytest.raises(OSError, match="couldn't communicate"):
        module.Nvidia(run, [{"profile": "1g.10gb", "start": 0}]).differing()
