"""The exported schema is the model's, and facility files point to it."""

import json

import yaml
from jsonschema import Draft202012Validator

from millwright.core.places import product_root, shipped_facilities
from millwright.facility.load import facility_schema

EXPORTED = product_root() / "inventories" / "facility.schema.json"


def test_exported_schema_is_current():
    assert json.loads(EXPORTED.read_text()) == facility_schema(), "run: make schema"


def test_shipped_facilities_name_the_schema_and_fit_it():
    validator = Draft202012Validator(facility_schema())
    for path in shipped_facilities().values():
        text = path.read_text()
        reference = "# yaml-language-server: $schema="
        named = next(line for line in text.splitlines() if line.startswith(reference)).removeprefix(reference)
        assert (path.parent / named).resolve() == EXPORTED.resolve()
        data = json.loads(json.dumps(yaml.safe_load(text), default=str))
        assert list(validator.iter_errors(data)) == []


def test_schema_refuses_an_unknown_key():
    validator = Draft202012Validator(facility_schema())
    data = yaml.safe_load(shipped_facilities()["workstation"].read_text()) | {"parttions": {}}
    assert any(
        "parttions" in error.message
        for error in validator.iter_errors(json.loads(json.dumps(data, default=str)))
    )
