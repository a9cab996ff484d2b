"""A recipe, and a tree that looks like a system, for everything that is pure."""

import pytest

from millwright.images.recipe import ImageRecipe

NODE = "plant-c1"


@pytest.fixture
def recipe():
    return ImageRecipe(
        facility="plant",
        partition="cpu",
        node=NODE,
        release="trixie",
        architecture="x86_64",
        archive="http://mirror.example/debian",
        declared="0" * 64,
        source_date_epoch=1_754_697_600,
        format="squashfs",
        with_kernel=False,
        keeps_archive=True,
    )


@pytest.fixture
def tree(tmp_path):
    """Files of one node, of this machine and of everybody."""
    root = tmp_path / "tree"
    files = {
        "etc/hostname": NODE,
        "etc/hosts": f"10.0.0.1 {NODE}\n",
        "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
        "etc/resolv.conf": "nameserver 10.0.0.9\n",
        "etc/apt/sources.list": "deb http://mirror.example/debian trixie main\n",
        "etc/munge/munge.key": "k" * 128,
        "etc/ssh/ssh_host_ed25519_key": "private",
        "etc/ssh/sshd_config": "PermitRootLogin no\n",
        "etc/millwright/node-health.json": f'{{"node": "{NODE}"}}',
        "etc/other.conf": f"{NODE}0\n",
        "root/.ssh/authorized_keys": "ssh-ed25519 AAAA",
        "var/log/apt/history.log": "installed",
        "var/cache/apt/archives/a.deb": "deb",
        "var/lib/apt/lists/mirror_Release": "release",
        "tmp/.left": "over",
        "usr/bin/true": "program",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root
