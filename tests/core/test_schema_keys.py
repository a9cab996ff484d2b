"""Which keys a schema allows at a place: through references, choices, lists and patterns."""

import pytest

from millwright.core.schema_keys import known_keys
from millwright.facility.load import facility_schema

SCHEMA = {
    "$defs": {
        "Node": {"properties": {"name": {}, "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}}}},
        "Part": {"properties": {"model": {}}},
    },
    "properties": {
        "title": {"type": "string"},
        "node": {"$ref": "#/$defs/Node"},
        "choice": {"anyOf": [{"$ref": "#/$defs/Part"}, {"properties": {"other": {}}}, {"type": "null"}]},
        "nodes": {"additionalProperties": {"$ref": "#/$defs/Node"}},
        "numbered": {
            "patternProperties": {"^n[0-9]+$": {"$ref": "#/$defs/Part"}},
            "properties": {"fixed": {}},
        },
    },
}


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ((), ("title", "node", "choice", "nodes", "numbered")),
        (("title",), ()),
        (("node",), ("name", "parts")),
        (("node", "parts", 0), ("model",)),
        (("node", 0), ()),
        (("choice",), ("model", "other")),
        (("nodes",), ()),
        (("nodes", "anything"), ("name", "parts")),
        (("nodes", "anything", "parts", 7), ("model",)),
        (("numbered",), ("fixed",)),
        (("numbered", "n1"), ("model",)),
        (("numbered", "fixed"), ()),
        (("nosuch", "nosuch"), ()),
    ],
)
def test_keys_below_a_path(path, keys):
    assert known_keys(SCHEMA, path) == keys


def test_the_facilitys_own_schema_is_read():
    top = known_keys(facility_schema(), ())
    assert {"name", "partitions", "antennas"} <= set(top)
    assert "gateway" in known_keys(facility_schema(), ("antennas", "coast"))
    assert {"name", "account"} <= set(known_keys(facility_schema(), ("antennas", "coast", "users", 0)))
