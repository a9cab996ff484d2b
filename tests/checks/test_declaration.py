"""Declarations of checks: what is refused, all of it at once, and what ends up in a schema."""

import json

import jsonschema
import pytest
import yaml

from millwright.checks.declaration import Declaration, Scope, declaration_schema, read_declaration
from millwright.checks.registry import shipped_checks, shipped_folder
from millwright.core.errors import BadInputError

GOOD = {
    "name": "SiteIo",
    "area": "storage",
    "description": "writes of one node",
    "scope": "node",
    "features": ["cpu"],
    "parameters": {
        "size": {"description": "of a write", "values": ["4k", "1m"]},
        "n": {"description": "any"},
    },
    "metrics": {
        "write_bw": {"unit": "GB/s", "better": "higher", "label": {"en": "Writes", "nl": "Schrijven"}}
    },
}


@pytest.fixture
def declare(tmp_path):
    def write(data=GOOD, code="class SiteIo(MillwrightCheck):\n", **changes):
        text = data if isinstance(data, str) else yaml.safe_dump({**data, **changes})
        (tmp_path / "check.yaml").write_text(text)
        if code is not None:
            (tmp_path / "check.py").write_text(code)
        return tmp_path / "check.yaml"

    return write


def refusal(file):
    with pytest.raises(BadInputError) as caught:
        read_declaration(file)
    return str(caught.value)


def test_a_declaration_is_read_with_its_defaults(declare, tmp_path):
    found = read_declaration(declare())
    metric = found.metrics["write_bw"]
    assert (metric.scope, metric.label, metric.label_in("nl"), metric.label_in("fr")) == (
        Scope.NODE,
        "Writes",
        "Schrijven",
        "Writes",
    )
    assert (found.folder, found.independent, found.all_tags) == (tmp_path, False, {"storage"})
    assert found.cost.estimate_s(repetitions=10, rounds=2) == 30.0


def test_the_scope_of_a_check_is_that_of_its_metrics(declare):
    found = read_declaration(declare(scope="antenna"))
    assert found.metrics["write_bw"].scope is Scope.ANTENNA
    assert found.all_tags == {"storage", "access"}


def test_every_problem_is_listed_with_code_and_suggestion(declare):
    metric = {"unit": "GB/s", "beter": "higher", "label": {"en": "x"}}
    text = refusal(declare(scope="rack", colour="red", metrics={"write_bw": metric}))
    assert "colour: unknown key" in text
    assert "metrics.write_bw.beter: unknown key" in text
    assert "did you mean better? [MW6114]" in text
    assert "metrics.write_bw.better: Field required, expected this key [MW6115]" in text
    assert "scope: Input should be" in text
    assert "[MW6116]" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metrics": {}}, "MW6116"),
        ({"metrics": {"a": {"unit": "s", "better": "lower", "label": {"nl": "x"}}}}, "the label lacks en"),
        ({"metrics": {"a": {**GOOD["metrics"]["write_bw"], "scope": "partition"}}}, "scope of its own"),
        ({"name": "no name"}, "name: "),
        ({"metrics": {"a": {**GOOD["metrics"]["write_bw"], "label": {"en": "a\x1b[31m"}}}}, "label.en"),
        ({"folder": "/etc"}, "folder: unknown key"),
    ],
)
def test_what_would_mislead_later_is_refused_now(declare, change, message):
    assert message in refusal(declare(**change))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nname: b\n", "line 2: not YAML: key 'name' is given twice"),
        ("- a", "not a mapping"),
        ("{", "not YAML"),
    ],
)
def test_text_that_is_no_declaration_is_refused(declare, text, message):
    assert message in refusal(declare(text))


def test_a_declaration_without_its_class_is_refused(declare):
    assert "has no class of that name, expected a class SiteIo" in refusal(declare(code="class Other:\n"))


def test_a_declaration_without_code_is_refused(declare):
    assert "check.py: -: can't be read" in refusal(declare(code=None))


def test_a_variant_must_name_every_parameter_with_one_of_its_values():
    found = Declaration.model_validate(GOOD)
    assert list(found.find_parameter_faults("n=7,size=4k")) == []
    assert list(found.find_parameter_faults("")) == ["lacks the parameter size", "lacks the parameter n"]
    assert list(found.find_parameter_faults("colour=red,n=1,size=8k")) == [
        "has no parameter colour",
        "has no size=8k: it is one of 4k, 1m",
    ]


def test_the_published_schema_is_current_and_accepts_what_is_accepted():
    published = json.loads((shipped_folder() / "check.schema.json").read_text())
    assert published == declaration_schema(), "run: make schema"
    jsonschema.validate(GOOD, published)
    for check in shipped_checks().values():
        jsonschema.validate(yaml.safe_load((check.folder / "check.yaml").read_text()), published)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**GOOD, "folder": "/etc"}, published)
