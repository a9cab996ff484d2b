"""Places in the text of a YAML document: on which line a value is, and which characters it spans."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from millwright.core.yaml_text import load_yaml

if yaml.__with_libyaml__:
    from yaml import CSafeLoader as _Loader
else:
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # the same interface


@dataclass(frozen=True, slots=True)
class Place:
    """A key of a mapping with its value."""

    key: yaml.Node
    value: yaml.Node
    parent: yaml.MappingNode

    @property
    def is_alias(self) -> bool:
        """Whether the value is written elsewhere and only named here."""
        return bool(self.value.start_mark.index < self.key.end_mark.index)


def compose_yaml(text: str) -> yaml.Node | None:
    """The nodes of one document; raises :exc:`yaml.YAMLError` for what :func:`load_yaml` refuses."""
    load_yaml(text)
    return yaml.compose(text, Loader=_Loader)


def find_place(root: yaml.Node | None, path: Sequence[str | int]) -> Place | None:
    """The place of a key; None if the document has none there. An index of a list is passed through."""
    found, node = None, root
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if pair is None:
                return None
            found = Place(*pair, node)
            node = found.value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return None
    return found


def line_of(root: yaml.Node | None, path: Sequence[str | int]) -> int:
    """The line, from 1, of a key, or of the nearest one above it that the document has."""
    node, line = root, 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
