"""The kernel's rule for RISC-V programs fits those and no others."""

import codecs
import struct
from pathlib import Path

import pytest

from millwright.core.errors import FailedError
from millwright.rack import emulation
from millwright.rack.emulation import MAGIC, MASK, entry_name, register, registration, unmount_if_unused
from millwright.rack.journal import Journal

RISCV, X86, ARM = 243, 62, 183
EXECUTABLE, SHARED, CORE = 2, 3, 4


def header(machine, kind, bits=2):
    return b"\x7fELF" + bytes([bits, 1, 1, 0]) + bytes(8) + struct.pack("<HHI", kind, machine, 1)


def matches(data):
    magic, mask = (codecs.escape_decode(text)[0] for text in (MAGIC, MASK))
    assert len(magic) == len(mask) == 20
    return all(byte & keep == wanted & keep for byte, keep, wanted in zip(data, mask, magic, strict=False))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (header(RISCV, EXECUTABLE), True),
        (header(RISCV, SHARED), True),
        (header(RISCV, CORE), False),
        (header(RISCV, EXECUTABLE, bits=1), False),
        (header(X86, EXECUTABLE), False),
        (header(ARM, SHARED), False),
    ],
)
def test_the_rule_fits_64_bit_risc_v_programs(data, expected):
    assert matches(data) is expected


def test_the_rule_is_one_line_that_the_kernel_takes():
    line = registration(entry_name("rack"), Path("/image/usr/bin/qemu-riscv64"))
    assert line.count(":") == 7
    assert line.endswith(":/image/usr/bin/qemu-riscv64:PF")
    assert len(line) < 1920


def test_racks_do_not_share_a_rule():
    assert entry_name("rack") != entry_name("bench-rack")


@pytest.mark.parametrize("folder", ["/" + "long/" * 30, "/with:colon"])
def test_a_path_that_the_kernel_refuses_is_told_before(tmp_path, folder):
    with pytest.raises(FailedError, match="HOME"):
        register("rack", Path(folder), Journal(tmp_path / "journal", "boot"))


@pytest.mark.parametrize(
    ("registered", "unmounts"),
    [
        (("register", "status"), True),
        (("register", "status", "python3.13"), False),
        ((), False),  # it is not mounted
    ],
)
def test_the_mount_goes_unless_others_registered_something(tmp_path, monkeypatch, registered, unmounts):
    called = []
    monkeypatch.setattr(emulation, "output_of", called.append)
    for name in registered:
        (tmp_path / name).touch()
    unmount_if_unused(str(tmp_path))
    assert called == ([["umount", tmp_path]] if unmounts else [])
