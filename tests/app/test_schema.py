"""The list of documents and the schema of one."""

import json

import pytest

from millwright.app.schema import list_schemas, schema_text
from millwright.app.schemas import DOCUMENTS
from millwright.core.errors import BadInputError


def test_every_document_is_listed_with_a_summary():
    listed = list_schemas().documents
    assert [each.command for each in listed] == sorted(DOCUMENTS)
    assert all(each.summary.endswith(".") and each.format.startswith("millwright-") for each in listed)


def test_attribute_descriptions_reach_the_schema():
    schema = json.loads(schema_text(["results", "show"]))
    assert schema["$schema"].endswith("2020-12/schema")
    assert "share of the limit" in schema["$defs"]["Judgement"]["properties"]["margin"]["description"]
    report = json.loads(schema_text(["report"]))
    assert report["$defs"]["Estimate"]["properties"]["mad"]["description"]


def test_another_command_is_refused():
    with pytest.raises(BadInputError, match="; did you mean results show"):
        schema_text(["results", "sho"])
