"""The published references: every value has a source that may be used, its kind and its date."""

import shutil

import pytest
import yaml

from millwright.core.claims import SourceKind
from millwright.core.errors import BadInputError
from millwright.references.load import claims_in, load_references, reference_names, references_folder

EUROHPC = {
    "deucalion", "discoverer", "jupiter", "karolina", "leonardo", "lumi", "marenostrum5", "meluxina", "vega"
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(references_folder(), tmp_path / "references")


def change(folder, name, edit):
    path = folder / name
    data = yaml.safe_load(path.read_text())
    edit(data)
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(BadInputError) as caught:
        load_references(folder)
    return sorted((problem.code, problem.key) for problem in caught.value.problems)


def test_every_value_has_a_source_with_a_date_and_a_kind():
    found = load_references()
    items = [*found.machines.values(), *found.antennas.values()]
    claims = [claim for item in items for claim in claims_in(item)]
    assert len(claims) > 350
    for _, source, kind, _ in claims:
        assert found.sources[source].date
        assert found.sources[source].seen
        assert kind in SourceKind
    for item in items:
        for each in numbers_without_a_source(item.model_dump()):
            pytest.fail(f"{item}: {each} has no source")


def numbers_without_a_source(value):
    """Every number is a fact's value, or the exaflops of a claim."""
    if isinstance(value, dict):
        for key, each in value.items():
            is_claimed = "source" in value and key in {"value", "ef"}
            if isinstance(each, int | float) and not isinstance(each, bool) and not is_claimed:
                yield key
            yield from numbers_without_a_source(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from numbers_without_a_source(each)


def test_the_machines_factories_antennas_and_test_beds_are_there():
    found = load_references()
    assert set(reference_names()) >= {*EUROHPC, "bsc-hca", "dare", "gigafactory-synthetic"}
    kinds = [each.kind for each in found.machines.values()]
    assert kinds.count("ai factory") == 19
    assert len(found.antennas) == 13
    assert found.machines["gigafactory-synthetic"].stage == "synthetic"


def test_antennas_have_several_factories_and_factories_several_antennas():
    found = load_references()
    assert found.antennas_of("pharos") == ("cy", "mk", "mt", "rs")
    assert [link.factory for link in found.antennas["rs"].links] == ["pharos", "it4lia"]
    unknown = {code for code, each in found.antennas.items() if each.links is None}
    assert unknown == {"md", "sk"}


def test_sources_that_must_not_be_used_are_refused(folder):
    def poison(data):
        data["sources"]["truba"]["title"] = "https://fate-oracle.com/eurohpc"

    assert change(folder, "sources.yaml", poison) == [("MW7703", "sources.truba")]


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("MW7702", {"value": 2978, "source": "lumi_ug"}),
        ("MW7702", {"value": 2978, "kind": "read"}),
        ("MW7704", {"value": 2978, "source": "hearsay", "kind": "read"}),
        ("MW7705", {"value": 2978, "source": "memory", "kind": "read"}),
        ("MW7705", {"value": 2978, "source": "lumi_ug", "kind": "memory"}),
        ("MW7706", {"value": 2978, "source": "lumi_ug", "kind": "derived"}),
    ],
)
def test_a_fact_that_hides_how_it_is_known_is_refused(folder, code, fact):
    def edit(data):
        data["partitions"]["lumi-g"]["nodes"] = fact

    assert code in [found for found, _ in change(folder, "machines/lumi.yaml", edit)]


def test_links_and_parts_that_do_not_exist_are_refused(folder):
    def edit(data):
        data["links"][0]["factory"] = "farros"

    assert change(folder, "antennas/rs.yaml", edit) == [("MW7707", "links")]
    shutil.copy(references_folder() / "antennas" / "rs.yaml", folder / "antennas")

    def wrong_part(data):
        data["partitions"]["lumi-g"]["accelerators"][0]["part"] = "mi250"

    load_references.cache_clear()
    assert change(folder, "machines/lumi.yaml", wrong_part) == [("MW7708", "partitions.lumi-g")]


def test_a_date_is_part_of_every_source(folder):
    def edit(data):
        del data["sources"]["truba"]["date"]

    assert ("MW7702", "sources.truba.date") in change(folder, "sources.yaml", edit)
    load_references.cache_clear()
    (folder / "sources.yaml").unlink()
    with pytest.raises(BadInputError, match="MW7701"):
        load_references(folder)
