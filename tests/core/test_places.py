"""Where facilities are found, what a user types for them, and where results go."""

import shlex
import shutil
from pathlib import Path

import pytest

from millwright.core import places
from millwright.core.errors import BadInputError
from millwright.core.places import (
    as_typed,
    default_folder,
    facility_file,
    import_folder,
    is_installed,
    known_facilities,
    package_files,
    product_root,
    shipped_facilities,
    site_root,
)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site with a facility ``coast``, and one that is called like a shipped one."""
    monkeypatch.delenv(places.SITE_VARIABLE, raising=False)
    for name in ("coast", "rack"):
        folder = tmp_path / "site/inventories" / name
        folder.mkdir(parents=True)
        (folder / "facility.yaml").write_text(f"name: {name}\n")
    (tmp_path / "site/notes").mkdir()
    return tmp_path / "site"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty folder, which becomes the current directory."""
    monkeypatch.delenv(places.SITE_VARIABLE, raising=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


@pytest.mark.parametrize("name", sorted(shipped_facilities()))
def test_a_shipped_facility_is_typed_by_its_name(name):
    assert as_typed(facility_file(name)) == name


@pytest.mark.parametrize("path", ["rack/facility.yaml", "/srv/my site/facility.yaml", "a;rm -rf b.yaml"])
def test_any_other_is_typed_by_its_path_as_one_word(path):
    (word,) = shlex.split(as_typed(Path(path)))
    assert facility_file(word) == Path(path)


@pytest.mark.parametrize("below", [".", "notes", "inventories/coast"])
def test_the_site_around_the_current_directory_comes_first(site, below, monkeypatch):
    monkeypatch.chdir(site / below)
    assert site_root() == site
    assert facility_file("coast") == site / "inventories/coast/facility.yaml"
    assert facility_file("rack") == site / "inventories/rack/facility.yaml"
    assert facility_file("workstation") == product_root() / "inventories/workstation/facility.yaml"
    assert as_typed(site / "inventories/coast/facility.yaml") == "coast"
    assert list(known_facilities()) == ["coast", "rack", "gh200", "lighthouse", "workstation"]


def test_the_variable_names_the_site_from_anywhere(site, elsewhere, monkeypatch):
    assert site_root() is None
    assert default_folder("results") == Path("results")
    monkeypatch.setenv(places.SITE_VARIABLE, str(site))
    assert facility_file("coast") == site / "inventories/coast/facility.yaml"
    assert default_folder("results") == site / "results"


def test_results_go_into_the_site(site, monkeypatch):
    monkeypatch.chdir(site)
    assert default_folder("results") == Path("results")
    monkeypatch.chdir(site / "inventories")
    assert default_folder("results") == site / "results"


def test_a_name_that_is_unknown_says_what_is_known_and_how_to_start(elsewhere, monkeypatch):
    with pytest.raises(
        BadInputError,
        match=r"one of gh200, lighthouse, rack, workstation, or a path .* `millwright init PATH`",
    ):
        facility_file("nowhere")
    monkeypatch.setenv(places.SITE_VARIABLE, "/srv/gone")
    with pytest.raises(BadInputError, match=r"no such facility in /srv/gone \(MILLWRIGHT_SITE\)"):
        facility_file("nowhere")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package whose data hold one facility."""
    data = tmp_path / "packages/millwright/data"
    (data / "inventories/rack").mkdir(parents=True)
    (data / "inventories/rack/facility.yaml").write_text("name: rack\n")
    for name in ("__init__.py", "errors.py"):
        (data.parent / name).write_text("")
    monkeypatch.setattr(places.millwright, "__file__", str(data.parent / "__init__.py"))
    monkeypatch.delenv("MILLWRIGHT_HOME", raising=False)
    return data.parent


def test_an_installed_package_is_its_own_product_and_no_site(package, monkeypatch):
    monkeypatch.chdir(package / "data/inventories")
    assert product_root() == package / "data"
    assert is_installed(product_root())
    assert import_folder(product_root()) == package.parent
    assert list(shipped_facilities()) == ["rack"]
    assert site_root() is None


def test_the_files_of_a_package_are_the_same_without_its_data(package, tmp_path):
    shutil.copytree(package, tmp_path / "checkout/tools/millwright", ignore=shutil.ignore_patterns("data"))
    for root in (package / "data", tmp_path / "checkout"):
        names = [path.relative_to(import_folder(root)).as_posix() for path in package_files(root)]
        assert names == ["millwright/__init__.py", "millwright/errors.py"]
