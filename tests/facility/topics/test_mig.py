"""Where MIG instances lie, against the listings of NVIDIA's user guide."""

import pytest

from millwright.facility.topics.mig import Instance, memory_slices, place


def test_numbers_are_those_of_the_user_guide():
    """`nvidia-smi mig -lgi`: 1g.5gb at 6:1 is 13, 2g.10gb at 4:2 is 5, 3g.20gb at 4:4 is 2, 7g.40gb is 0."""
    assert Instance("1g.5gb", 6, 1).number == 13
    assert Instance("2g.10gb", 4, 2).number == 5
    assert Instance("3g.20gb", 4, 4).number == 2
    assert Instance("7g.40gb", 0, 8).number == 0


def test_device_files_are_those_of_mig_minors():
    """`gpu0/gi2/access 21` and `gpu0/gi2/ci0/access 22`, the pair in Slurm's own example of gres.conf."""
    assert Instance("3g.20gb", 4, 4).minors(0) == (21, 22)
    assert Instance("7g.40gb", 0, 8).minors(1) == (138, 139)


@pytest.mark.parametrize(
    ("profile", "device_gb", "slices"),
    [("1g.5gb", 40, 1), ("1g.10gb", 40, 2), ("1g.10gb", 80, 1), ("4g.71gb", 141, 4), ("7g.80gb", 80, 8)],
)
def test_memory_slices(profile, device_gb, slices):
    assert memory_slices(profile, device_gb) == slices


def test_the_largest_lie_first():
    found = place({"1g.10gb": 3, "3g.40gb": 1}, 80)
    assert [(instance.profile, instance.start) for instance in found] == [
        ("3g.40gb", 0),
        ("1g.10gb", 4),
        ("1g.10gb", 5),
        ("1g.10gb", 6),
    ]


@pytest.mark.parametrize(
    "mig", [{"1g.10gb": 8}, {"4g.40gb": 2}, {"7g.80gb": 1, "1g.10gb": 1}, {"2g.20gb": 4}]
)
def test_what_does_not_fit_is_refused(mig):
    with pytest.raises(ValueError, match="finds no room"):
        place(mig, 80)
