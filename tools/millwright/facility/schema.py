"""JSON Schema of ``facility.yaml``, so that editors complete and check it while it is written."""

from typing import Any

from millwright.facility.model import Facility

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def facility_schema() -> dict[str, Any]:
    """The schema as plain data; what it can't say is checked when the file is loaded."""
    return {"$schema": DIALECT, **Facility.model_json_schema(by_alias=True)}
