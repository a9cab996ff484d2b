"""``facility.yaml`` to :class:`~millwright.facility.model.Facility`, with every problem at once."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.core.model_problems import describe_errors
from millwright.core.yaml_text import load_yaml
from millwright.facility.consistency import find_inconsistencies
from millwright.facility.model import Facility

CODES_BY_TYPE = {
    "extra_forbidden": "MW1010",
    "missing": "MW1011",
    "string_pattern_mismatch": "MW1013",
    "string_too_short": "MW1013",
    "string_too_long": "MW1013",
    "greater_than": "MW1014",
    "greater_than_equal": "MW1014",
    "less_than": "MW1014",
    "less_than_equal": "MW1014",
    "finite_number": "MW1014",
    "literal_error": "MW1015",
    "enum": "MW1015",
    "value_error": "MW1016",
    "too_short": "MW1017",
    "too_long": "MW1017",
}
"""Codes by pydantic's type of the error."""
WRONG_TYPE = "MW1012"
"""Every other type: text instead of a number, a list instead of a mapping and the like."""
SCHEMA_COMMAND = "millwright facility schema"


def _read_yaml(path: Path) -> object:
    try:
        return load_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInputError(
            [Problem(str(path), "-", "no such file", "a facility.yaml", code="MW1001")]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(path), "-", f"can't be read: {error}", "a readable UTF-8 file", code="MW1002")]
        ) from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else "-"
        raise BadInputError(
            [Problem(str(path), line, f"not YAML: {error.problem}", "valid YAML", code="MW1003")]
        ) from error
    except yaml.YAMLError as error:
        raise BadInputError(
            [Problem(str(path), "-", f"not YAML: {error}", "valid YAML", code="MW1003")]
        ) from error


def load_facility(path: Path) -> Facility:
    """Read and check one facility file.

    Raises :exc:`BadInputError` with every problem found; nothing is half loaded.
    """
    facility = read_facility(path)
    findings = find_inconsistencies(facility)
    if findings:
        raise BadInputError(finding.in_file(str(path)) for finding in findings)
    return facility


def read_facility(path: Path) -> Facility:
    """Read one facility file whose values may contradict each other.

    Raises :exc:`BadInputError` with every value that is wrong by itself.
    """
    data = _read_yaml(path)
    if not isinstance(data, dict):
        raise BadInputError(
            [Problem(str(path), "-", "not a mapping", "keys such as name and partitions", code="MW1004")]
        )
    try:
        return Facility.model_validate(data)
    except ValidationError as error:
        raise BadInputError(
            describe_errors(
                error,
                str(path),
                facility_schema(),
                codes=CODES_BY_TYPE,
                other=WRONG_TYPE,
                schema_command=SCHEMA_COMMAND,
            )
        ) from error


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def facility_schema() -> dict[str, Any]:
    """The schema as plain data; what it can't say is checked when the file is loaded."""
    return {"$schema": DIALECT, **Facility.model_json_schema(by_alias=True)}
