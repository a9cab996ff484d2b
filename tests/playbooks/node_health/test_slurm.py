"""What scontrol prints about a node; the texts are Slurm 24.11's."""

import pytest
from node_health.slurm import UnreachableError, parse_node

LINE = (
    "NodeName=rack-c1 Arch=x86_64 CoresPerSocket=1 CPUAlloc=0 CPUEfctv=1 State={state} ThreadsPerCore=1 "
    "Partitions=cpu BootTime=2026-11-24T14:03:11 SlurmdStartTime=2026-11-24T14:10:12 {tail}"
)


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        ("", ""),
        ("Reason=fan [root@2026-11-24T14:20:00]", "fan"),
        ("Reason=a State=IDLE [x] fan [root@2026-11-24T14:20:00]", "a State=IDLE [x] fan"),
        (
            "Reason=millwright:health:20261124T140000Z-0a1b2c3d FS_MISSING /scratch "
            "[root@2026-11-24T14:20:00] Comment=of a vendor",
            "millwright:health:20261124T140000Z-0a1b2c3d FS_MISSING /scratch",
        ),
    ],
)
def test_state_and_reason(tail, reason):
    assert parse_node(LINE.format(state="IDLE+DRAIN", tail=tail) + "\n") == ("IDLE+DRAIN", reason)


def test_no_answer_is_no_state():
    with pytest.raises(UnreachableError):
        parse_node("Node rack-c9 not found\n")
