"""Any change of what decides makes another image, and what can't be built is refused with what to do."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from millwright.core.errors import BadInputError
from millwright.facility import load_facility
from millwright.images.recipe import ImageRecipe, architecture_of, release_of, stand_in
from millwright.rack.image import build_argv

RACK = load_facility(Path(__file__).resolve().parents[2] / "inventories/rack/facility.yaml")
OTHER = {"source_date_epoch": 1, "format": "tar.zst", "with_kernel": True, "keeps_archive": False}


@pytest.mark.parametrize("field", [field.name for field in fields(ImageRecipe) if field.name != "archive"])
def test_any_change_makes_another_image(recipe, field):
    other = {"release": "bookworm", "architecture": "riscv64"} | OTHER
    assert replace(recipe, **{field: other.get(field, "x")}).digest() != recipe.digest()


def test_mirrors_of_one_archive_give_one_image(recipe):
    assert replace(recipe, archive="http://other.example/debian").name == recipe.name


def test_the_arguments_of_the_first_step(recipe, golden):
    argv = build_argv(replace(recipe, with_kernel=True).bootstrap(), Path("/t"), recipe.archive)
    golden("mmdebstrap.txt", "\n".join(argv) + "\n")


def test_no_package_that_a_role_brings_is_named_again(recipe):
    named = set(replace(recipe, with_kernel=True).bootstrap().packages)
    assert not {"slurmd", "slurm-client", "munge", "chrony", "lmod", "podman", "gcc", "openmpi-bin"} & named


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64", "riscv64"])
def test_the_kernel_has_the_name_that_debian_gives_it(recipe, architecture):
    names = {"x86_64": "amd64", "aarch64": "arm64", "riscv64": "riscv64"}
    bootstrap = replace(recipe, architecture=architecture, with_kernel=True).bootstrap()
    assert f"linux-image-{names[architecture]}" in bootstrap.packages


@pytest.mark.parametrize("release", ["el-9", "sles-15", "sid"])
def test_other_systems_are_refused_with_what_to_do(release):
    with pytest.raises(BadInputError, match="then millwright apply brings nodes to the same state"):
        release_of(RACK, release)


def test_a_partition_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(BadInputError, match="one of cpu, dare"):
        stand_in(RACK, "gpu")


def test_nodes_of_another_architecture_are_refused_unless_they_are_emulated():
    with pytest.raises(BadInputError, match="a build on a machine of x86_64"):
        architecture_of(RACK, "cpu", "aarch64")
    assert architecture_of(RACK, "dare", "x86_64") == "x86_64"
