"""The image is whole or not there, and follows its recipe."""

import contextlib
import os
import subprocess
from dataclasses import fields, replace
from pathlib import Path

import pytest

from millwright.core.errors import FailedError
from millwright.rack.image import build_argv, build_image, image_root, remove_old_images
from millwright.rack.recipe import Recipe, rack_recipe

NO_PEN = contextlib.nullcontext(())
ARCHIVE = "http://10.97.113.1/debian"


@pytest.fixture
def builder(tmp_path, monkeypatch):
    """A stand-in for the program that builds: runs a shell line with the target as ``$T``."""

    def install(line):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "unshare"
        program.write_text(f'#!/bin/sh\nfor last; do T="$previous"; previous="$last"; done\n{line}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


@pytest.mark.parametrize("field", [field.name for field in fields(Recipe)])
def test_any_change_of_the_recipe_makes_another_image(field):
    old = Recipe()
    value = getattr(old, field)
    changed = f"{value}x" if isinstance(value, str) else (*value, "more")
    assert replace(old, **{field: changed}).digest() != old.digest()


def test_equal_recipes_share_an_image():
    assert Recipe().digest() == Recipe().digest()


def test_a_rack_has_the_packages_that_several_hosts_share_and_its_roles_install_the_rest():
    packages = set(rack_recipe().packages)
    assert {"munge", "slurmd", "slurm-client", "podman", "qemu-user"} <= packages
    assert not {"mariadb-server", "prometheus", "wireguard-tools", "sssd-ldap"} & packages


def test_packages_have_their_names_in_the_release():
    assert "sackd" in rack_recipe("trixie").packages
    assert "sackd" not in rack_recipe("bookworm").packages


def test_dpkg_is_configured_in_the_tree_as_the_recipe_says(tmp_path):
    """The hook is a line of shell: what it writes is what dpkg reads."""
    (tmp_path / "etc/dpkg/dpkg.cfg.d").mkdir(parents=True)
    hook = next(text for text in build_argv(Recipe(), tmp_path, ARCHIVE) if "essential-hook" in text)
    subprocess.run(["sh", "-c", hook.partition("=")[2], "sh", str(tmp_path)], check=True)
    written = (tmp_path / "etc/dpkg/dpkg.cfg.d/90rack").read_text()
    assert written.splitlines() == list(Recipe().dpkg_options)


def test_the_arguments_of_a_build(golden):
    recipe = Recipe(
        packages=("systemd", "python3"),
        dpkg_options=("path-exclude=/usr/share/man/*",),
        customisation=("true",),
    )
    golden("mmdebstrap.txt", "\n".join(build_argv(recipe, Path("/t"), ARCHIVE)) + "\n")


def test_an_image_is_built_once(tmp_path, builder):
    builder('mkdir "$T" && date +%N > "$T/made"')
    first = build_image(Recipe(), tmp_path, ARCHIVE, print, NO_PEN)
    made = (first / "made").read_text()
    assert first == image_root(tmp_path, Recipe())
    assert build_image(Recipe(), tmp_path, ARCHIVE, print, NO_PEN) == first
    assert (first / "made").read_text() == made


def test_a_build_that_fails_says_why_and_leaves_nothing(tmp_path, builder):
    builder('mkdir "$T"; echo "E: no space left on device" >&2; exit 1')
    with pytest.raises(FailedError, match="no space left on device"):
        build_image(Recipe(), tmp_path, ARCHIVE, print, NO_PEN)
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["lock"]


def test_what_a_crash_left_half_built_is_cleared_away(tmp_path, builder):
    leftover = tmp_path / "images" / ".building-0123"
    (leftover / "usr").mkdir(parents=True)
    builder('mkdir "$T"')
    build_image(Recipe(), tmp_path, ARCHIVE, print, NO_PEN)
    assert not leftover.exists()


def test_a_new_recipe_replaces_the_old_image(tmp_path, builder):
    builder('mkdir "$T"')
    old = build_image(Recipe(), tmp_path, ARCHIVE, print, NO_PEN)
    other = build_image(Recipe(release="bookworm"), tmp_path, ARCHIVE, print, NO_PEN)
    new = build_image(Recipe(packages=("systemd",)), tmp_path, ARCHIVE, print, NO_PEN)
    assert new.exists()
    assert not old.exists()
    assert other.exists(), "a rack of another release comes up from its own image"


def test_an_image_that_a_node_stands_on_stays(tmp_path, monkeypatch):
    for name in ("old", "used", "new"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr("millwright.rack.image._used_paths", lambda: {str(tmp_path / "used")})
    remove_old_images(tmp_path, tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"used", "new"}
