"""RISC-V programs on this host: the image's own QEMU, registered with the kernel while the rack is up."""

from pathlib import Path

from millwright.core.errors import FailedError
from millwright.core.process import output_of
from millwright.rack.journal import Entry, Journal

BINFMT = Path("/proc/sys/fs/binfmt_misc")
MAGIC = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xf3\x00"
MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
EMULATOR = Path("usr/bin/qemu-riscv64")
MAX_INTERPRETER = 127  # the kernel's limit on an interpreter's path


def entry_name(rack_name: str) -> str:
    """Name of the rack's own registration; the kernel asks the latest one first."""
    return f"millwright-{rack_name}-riscv64"


def registration(name: str, interpreter: Path) -> str:
    """One line for binfmt_misc: fixed binary (F), so that containers need none, and argv[0] kept (P)."""
    return f":{name}:M::{MAGIC}:{MASK}:{interpreter}:PF"


def is_registered(rack_name: str) -> bool:
    """Whether the kernel still knows the rack's registration; whoever may write there can take it away."""
    return (BINFMT / entry_name(rack_name)).exists()


def register(rack_name: str, image: Path, journal: Journal) -> None:
    """Let the kernel run riscv64 programs with the image's QEMU."""
    name, interpreter = entry_name(rack_name), image / EMULATOR
    if len(str(interpreter)) > MAX_INTERPRETER or ":" in str(interpreter):
        raise FailedError(
            f"{interpreter}: the kernel takes {MAX_INTERPRETER} characters without a colon; use another HOME",
            code="MW7025",
        )
    if not (BINFMT / "register").exists():
        journal.note(Entry("binfmt-mount", str(BINFMT)))
        output_of(["mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT])
    if is_registered(rack_name):
        return
    journal.note(Entry("binfmt", name))
    (BINFMT / "register").write_text(registration(name, interpreter))


def unregister(name: str) -> None:
    """Take back the rack's registration."""
    if (BINFMT / name).exists():
        (BINFMT / name).write_text("-1")


def unmount_if_unused(mounted: str) -> None:
    """Unmount what the rack mounted, unless others have registered something since."""
    folder = Path(mounted)
    if not (folder / "register").exists():
        return
    if {path.name for path in folder.iterdir()} <= {"register", "status"}:
        output_of(["umount", folder])
