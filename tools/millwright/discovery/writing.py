"""A description as the text of a facility file, with a remark beside each key that is not known."""

import yaml

from millwright.discovery.describe import Description

SCHEMA = "# yaml-language-server: $schema=../facility.schema.json"


def write_facility(description: Description) -> str:
    """YAML that reads back as the description; remarks are comments and can't become anything else."""
    lines = []
    left = {key: list(texts) for key, texts in description.unknown.items()}
    for key, value in description.data.items():
        lines += _remarks(left, key)
        if isinstance(value, dict) and value:
            lines.append(f"{_dumped(key)}:")
            lines += [line for name, inner in value.items() for line in _inner(left, key, name, inner)]
            lines += _remarks_below(left, key, "  ")
        else:
            lines += _yaml({key: value}).rstrip("\n").split("\n")
            lines += _remarks_below(left, key, "")
        if key == "plugin":
            lines.append(SCHEMA)
    lines += [f"# unknown: {plain(key)}: {plain(text)}" for key, texts in left.items() for text in texts]
    return "\n".join(lines) + "\n"


def _inner(left: dict[str, list[str]], key: str, name: str, value: object) -> list[str]:
    text = _yaml({name: value})
    body = [f"  {line}" for line in text.rstrip("\n").split("\n")]
    below = _remarks_below(left, f"{key}.{name}", "    ")
    return [*(f"  {line}" for line in _remarks(left, f"{key}.{name}")), *body, *below]


def _remarks(left: dict[str, list[str]], key: str) -> list[str]:
    return [f"# unknown: {plain(text)}" for text in left.pop(key, [])]


def _remarks_below(left: dict[str, list[str]], key: str, indent: str) -> list[str]:
    below = [name for name in left if name.startswith(f"{key}.")]
    return [
        f"{indent}# unknown: {plain(name[len(key) + 1 :])}: {plain(text)}"
        for name in below
        for text in left.pop(name)
    ]


def _yaml(value: object) -> str:
    """One line a scalar; whatever could be taken for a line break or a control code is escaped."""
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=10**6)
    if all(sign.isprintable() or sign == "\n" for sign in text):
        return text
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=False, width=10**6)


def plain(text: str) -> str:
    """Text that stays within one comment: what could end a line for YAML or a terminal is replaced."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _dumped(key: str) -> str:
    return _yaml(key).rstrip("\n").split("\n")[0]
