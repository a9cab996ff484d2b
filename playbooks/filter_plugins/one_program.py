"""Ansible filter ``one_program``: the modules of a small package as one file that a node can run."""

import ast
from collections.abc import Callable, Sequence
from pathlib import Path


def one_program(folder: str, modules: Sequence[str], shebang: str) -> str:
    """Put modules one behind the other, each after those that it needs, without their imports of one another.

    A node then has one file that is replaced at once, and no search path that could be led astray.
    """
    package = Path(folder).name
    parts = [_without_imports_of(package, Path(folder, f"{name}.py").read_text()) for name in modules]
    return "\n\n".join(
        [f"{shebang}\n# Written by Millwright: change the modules of {package}, not this file.", *parts]
    )


def _without_imports_of(package: str, source: str) -> str:
    lines = source.splitlines()
    tree = ast.parse(source)
    docstring = tree.body[0] if ast.get_docstring(tree) else None
    if docstring:  # text in the middle of a program is a comment
        for index in range(docstring.lineno - 1, docstring.end_lineno or 0):
            lines[index] = f"# {lines[index].strip(chr(34))}".rstrip()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            for index in range(node.lineno - 1, node.end_lineno or 0):
                lines[index] = ""
    return "\n".join(lines).strip() + "\n"


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        return {"one_program": one_program}
