"""The hardware catalogue: every fact has a source that is named."""

from collections.abc import Iterator

import pytest

from millwright.catalogue.catalogue import load_catalogue
from millwright.catalogue.fact import Fact
from millwright.core.errors import BadInputError


def facts(value: object) -> Iterator[Fact]:
    if isinstance(value, Fact):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from facts(item)
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from facts(getattr(value, name))


def test_every_source_is_named():
    catalogue = load_catalogue()
    found = [fact for part in catalogue.accelerators.values() for fact in facts(part)]
    assert len(found) > 100
    assert {fact.source for fact in found} <= set(catalogue.sources)


def test_a_value_from_memory_is_no_reference():
    catalogue = load_catalogue()
    from_memory = [f for part in catalogue.accelerators.values() for f in facts(part) if f.source == "memory"]
    assert from_memory
    assert not any(fact.is_reference for fact in from_memory)


def test_a_broken_catalogue_lists_every_problem(tmp_path):
    path = tmp_path / "accelerators.yaml"
    path.write_text("meta: {}\nsources: {}\naccelerators: {x: {vendor: v}, y: {vendor: 3}}\n")
    with pytest.raises(BadInputError) as caught:
        load_catalogue(path)
    assert len(caught.value.problems) > 2
