"""Scenario files: YAML into a model, with every problem at once."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Frozen
from millwright.core.model_problems import describe_errors
from millwright.core.yaml_text import load_yaml

Scenario = TypeVar("Scenario", bound=Frozen)

CODES = {
    "extra_forbidden": "MW8052",
    "missing": "MW8053",
    "greater_than": "MW8054",
    "greater_than_equal": "MW8054",
    "less_than": "MW8054",
    "less_than_equal": "MW8054",
    "finite_number": "MW8054",
    "value_error": "MW8055",
}
OTHER = "MW8056"


def load_scenario(path: Path, model: type[Scenario], example_command: str) -> Scenario:
    """Read one file; raises :exc:`BadInputError` with every problem found.

    ``example_command`` prints a file of this form.
    """
    expected = f"a scenario as {example_command} prints"
    try:
        data = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(path), "-", f"can't be read: {error}", expected, code="MW8050")]
        ) from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise BadInputError(
            [Problem(str(path), "-", f"not YAML: {reason}", expected, code="MW8051")]
        ) from error
    if not isinstance(data, dict):
        raise BadInputError([Problem(str(path), "-", "not YAML: no mapping", expected, code="MW8051")])
    try:
        return model.model_validate(data)
    except ValidationError as error:
        schema = model.model_json_schema(by_alias=True)
        raise BadInputError(
            describe_errors(
                error, str(path), schema, codes=CODES, other=OTHER, schema_command=example_command
            )
        ) from error
