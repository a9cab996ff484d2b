"""How a tree is entered: through namespaces, with keys of the build; no list of processes shows the proxy."""

from pathlib import Path

from millwright.images.tree import nspawn_argv, ssh_config, sshd_config


def test_the_container(golden):
    argv = nspawn_argv(Path("/i/tree"), Path("/i/keys"), "plant-c1")
    golden("nspawn.txt", "\n".join(argv) + "\n")


def test_the_way_in(golden):
    golden("ssh_config", ssh_config("plant-c1", 42, Path("/i/keys")))


def test_the_proxy_is_told_within_and_nowhere_else():
    assert "http_proxy=http://p:1" in sshd_config("http://p:1")
    assert "proxy" not in sshd_config(None)
