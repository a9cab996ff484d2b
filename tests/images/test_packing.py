"""Equal trees give equal files, and the newest kernel goes beside the image."""

import shutil
import subprocess
from pathlib import Path

import pytest

from millwright.core.errors import FailedError
from millwright.images.cleaning import set_back
from millwright.images.packing import copy_kernel, pack_argv


@pytest.mark.parametrize("kind", ["squashfs", "tar.zst"])
def test_the_arguments(kind, golden):
    argv = pack_argv(Path("/t"), Path("/o/rootfs"), kind, 1000)
    golden(f"pack-{kind}.txt", "\n".join(argv) + "\n")


def test_equal_trees_give_equal_files(tree, tmp_path):
    if shutil.which("zstd") is None:
        pytest.skip("no zstd on this machine")
    copy = tmp_path / "copy"
    shutil.copytree(tree, copy)
    for number, root in enumerate((tree, copy)):
        set_back(root, 1000)
        subprocess.run(pack_argv(root, tmp_path / str(number), "tar.zst", 1000), check=True)
    assert (tmp_path / "0").read_bytes() == (tmp_path / "1").read_bytes()


def test_the_newest_kernel_and_its_initrd(tree, tmp_path):
    boot = tree / "boot"
    boot.mkdir()
    for version in ("6.12.9-amd64", "6.12.48-amd64"):
        (boot / f"vmlinuz-{version}").write_text(version)
        (boot / f"initrd.img-{version}").write_text(version)
    assert copy_kernel(tree, tmp_path) == {"version": "6.12.48-amd64"}
    assert (tmp_path / "kernel").read_text() == (tmp_path / "initrd").read_text() == "6.12.48-amd64"


def test_a_kernel_that_is_missing_is_no_image(tree, tmp_path):
    with pytest.raises(FailedError, match="no kernel"):
        copy_kernel(tree, tmp_path)
