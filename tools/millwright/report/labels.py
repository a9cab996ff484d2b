"""The words of a report in one language, read from ``reports/labels/<language>.yaml``."""

from pathlib import Path
from typing import Any

import yaml

from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.report.text import inline

Words = dict[str, Any]


def load_labels(folder: Path, language: str) -> Words:
    """Every label of a language; raises :exc:`BadInputError` where there is no such language."""
    known = {path.stem: path for path in sorted((folder / "labels").glob("*.yaml"))}
    if language not in known:
        expected = (
            f"one of {', '.join(known)}{did_you_mean(language, known)}"
            if known
            else f"a file in {folder / 'labels'}"
        )
        raise BadInputError(
            [
                Problem(
                    str(folder / "labels"), "language", f"no labels for {language!r}", expected, code="MW6081"
                )
            ]
        )
    return load_file(known[language])


def load_file(path: Path) -> Words:
    """The labels of one file; raises :exc:`BadInputError` for one that holds none."""
    try:
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        words = " ".join(str(error).split())
    if not isinstance(words, dict):
        problem = f"not a mapping of labels: {words}" if isinstance(words, str) else "not a mapping of labels"
        raise BadInputError([Problem(str(path), "-", problem, "keys as in en.yaml", code="MW6082")])
    return words


def look_up(words: Words, key: str) -> Any:  # noqa: ANN401 - a label, or a mapping of labels
    """The label at a dotted key; raises :exc:`KeyError` where there is none."""
    found: Any = words
    for part in key.split("."):
        found = found[part]
    return found


def label(words: Words, key: str, **values: object) -> str:
    """The sentence at ``key`` with its names in braces filled; the values are never read as a format."""
    return str(look_up(words, key)).format_map({name: inline(str(value)) for name, value in values.items()})


def label_count(words: Words, key: str, count: int, **values: object) -> str:
    """The form of a sentence for ``count``: ``zero`` or ``one`` where there is one, else ``other``."""
    forms = look_up(words, key)
    form = {0: "zero", 1: "one"}.get(count, "other")
    return label(words, f"{key}.{form if form in forms else 'other'}", count=count, **values)
