"""A YAML file of a tender: its bytes are read once, so that the hash is that of what was understood."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Finding
from millwright.core.model_problems import describe_errors
from millwright.core.yaml_nodes import compose_yaml, line_of
from millwright.core.yaml_text import load_yaml
from millwright.tenders.text import printable

M = TypeVar("M", bound=BaseModel)

MAX_BYTES = 4 * 1024 * 1024
CODES = {"extra_forbidden": "MW7600", "missing": "MW7601"}


@dataclass(frozen=True, slots=True)
class Source:
    """The content of one file."""

    path: str
    text: str
    data: dict[str, Any]
    sha256: str
    """Of the file's bytes, in hexadecimal."""

    def validate(self, kind: type[M], schema_command: str) -> M:
        """The content as a model; raises :exc:`BadInputError` with every problem and its line."""
        try:
            return kind.model_validate(self.data)
        except ValidationError as error:
            schema = kind.model_json_schema(by_alias=True)
            places = [each["loc"] for each in error.errors(include_url=False)]
            found = describe_errors(
                error, self.path, schema, codes=CODES, other="MW7602", schema_command=schema_command
            )
            raise BadInputError(self._placed(zip(found, places, strict=True))) from error

    def problems(self, findings: Iterator[Finding]) -> list[Problem]:
        """Findings on keys of the file, each with its line."""
        pairs = ((finding.in_file(self.path), tuple(finding.key.split("."))) for finding in findings)
        return list(self._placed(pairs))

    def _placed(self, pairs: Any) -> Iterator[Problem]:  # noqa: ANN401 - problems with their paths
        root = compose_yaml(self.text)
        for problem, path in pairs:
            line = line_of(root, tuple(part for part in path if part != "[key]"))
            yield replace(
                problem,
                file=f"{self.path}:{line}",
                key=printable(problem.key),
                problem=printable(problem.problem),
                expected=printable(problem.expected),
            )


def read_source(path: Path) -> Source:
    """Read one file; raises :exc:`BadInputError` if it is no readable YAML mapping of moderate size."""
    name = printable(str(path))
    raw = read_bytes(path)
    try:
        text = raw.decode()
        data = load_yaml(text)
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 at byte {error.start}"
        raise BadInputError([Problem(name, "-", problem, "UTF-8 text", code="MW7612")]) from error
    except yaml.MarkedYAMLError as error:
        file = f"{name}:{error.problem_mark.line + 1}" if error.problem_mark else name
        problem = f"is not YAML: {printable(str(error.problem))}"
        raise BadInputError([Problem(file, "-", problem, "valid YAML", code="MW7613")]) from error
    except yaml.YAMLError as error:
        problem = f"is not YAML: {printable(' '.join(str(error).split()))}"
        raise BadInputError([Problem(name, "-", problem, "valid YAML", code="MW7613")]) from error
    if not isinstance(data, dict):
        raise BadInputError([Problem(name, "-", "is not a mapping", "keys and values", code="MW7614")])
    return Source(name, text, data, hashlib.sha256(raw).hexdigest())


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of at most :data:`MAX_BYTES`; raises :exc:`BadInputError` otherwise."""
    name, expected = printable(str(path)), f"a regular file of at most {MAX_BYTES >> 20} MiB"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not block
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                problem = "is not a regular file"
                raise BadInputError([Problem(name, "-", problem, expected, code="MW7615")])
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        problem = f"can't be read: {error.strerror}"
        raise BadInputError([Problem(name, "-", problem, expected, code="MW7615")]) from error
    if len(raw) > MAX_BYTES:
        problem = f"is longer than {MAX_BYTES >> 20} MiB"
        raise BadInputError([Problem(name, "-", problem, expected, code="MW7615")])
    return raw
