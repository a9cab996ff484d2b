"""``facility.yaml`` to :class:`~millwright.facility.model.Facility`, with every problem at once."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.core.model_problems import describe_errors
from millwright.core.yaml_text import load_yaml
from millwright.facility.consistency import find_inconsistencies
from millwright.facility.fields import SENTENCES
from millwright.facility.model import Facility
from millwright.facility.partial import keep_what_is_right, not_by_what_is_gone

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


Rules = Callable[[Facility], Iterable[Problem]]
"""What else is wrong with a facility whose values are right by themselves."""


def load_facility(path: Path) -> Facility:
    """Read and check one facility file.

    Raises :exc:`BadInputError` with every problem found; nothing is half loaded.
    """
    return load_by_rules(path, lambda facility: contradictions(facility, path))


def contradictions(facility: Facility, path: Path) -> list[Problem]:
    """Everything that contradicts itself, as problems of the file."""
    return [finding.in_file(str(path)) for finding in find_inconsistencies(facility)]


def load_by_rules(path: Path, rules: Rules) -> Facility:
    """Read one facility file by rules of its own.

    Raises :exc:`BadInputError` with every problem at once: the values that are wrong by themselves, and
    what the rules find in the rest.
    """
    data = _read_mapping(path)
    try:
        facility = _by_its_own_folder(Facility.model_validate(data), path)
    except ValidationError as error:
        problems = list(
            describe_errors(
                error,
                str(path),
                facility_schema(),
                codes=CODES_BY_TYPE,
                other=WRONG_TYPE,
                schema_command=SCHEMA_COMMAND,
                sentences=SENTENCES,
            )
        )
        rest, gone = keep_what_is_right(data)
        found = not_by_what_is_gone(rules(_by_its_own_folder(rest, path)), gone) if rest else []
        raise BadInputError([*problems, *found]) from error
    if problems := list(rules(facility)):
        raise BadInputError(problems)
    return facility


def _by_its_own_folder(facility: Facility, path: Path) -> Facility:
    """The facility with the ssh_config beside its file, if that is what it names."""
    config = facility.ssh.config
    if config is None or not (beside := path.resolve().parent / Path(config).expanduser()).is_file():
        return facility
    return facility.model_copy(update={"ssh": facility.ssh.model_copy(update={"config": str(beside)})})


def _read_mapping(path: Path) -> dict[str, object]:
    data = _read_yaml(path)
    if not isinstance(data, dict):
        raise BadInputError(
            [Problem(str(path), "-", "not a mapping", "keys such as name and partitions", code="MW1004")]
        )
    return data


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def facility_schema() -> dict[str, Any]:
    """The schema as plain data; what it can't say is checked when the file is loaded."""
    return {"$schema": DIALECT, **Facility.model_json_schema(by_alias=True)}
