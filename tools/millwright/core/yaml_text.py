"""YAML that refuses a key given twice, where plain YAML silently keeps the last."""

from typing import Any

import yaml


def load_yaml(text: str) -> object:
    """Read one document; raises :exc:`yaml.YAMLError` for text that is not YAML and for a repeated key."""
    return yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader


class _UniqueKeyLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str | int) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is given twice", key_node.start_mark
                )
            seen.add(key if isinstance(key, str | int) else id(key))
        return super().construct_mapping(node, deep)
