"""Who may import what: arrows point down only, and only the edge touches Ansible, pyinfra, Fabric or ReFrame.

The layers are those of docs/architecture.md, from the bottom up.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "tools" / "millwright"

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "facility": {"errors"},
    "statistics": {"errors"},
    "results": {"errors", "statistics"},
    "verdicts": {"errors", "facility", "results", "statistics"},
    "capacity": {"errors", "facility", "results", "statistics", "verdicts"},
    "report": {"errors", "capacity"},
    "readers": {"errors", "facility", "results"},
    "fleet": {"errors", "facility", "statistics", "results", "verdicts", "readers"},
    "antennas": {"errors", "facility", "readers"},
    "discovery": {"errors", "facility"},
    "rack": {"errors", "facility", "readers"},
    "images": {"errors", "facility", "results", "readers", "rack"},
}
EDGE = {"discovery", "readers", "antennas", "rack", "images", "fleet", "cli"}
EDGE_TOOLS = {"ansible", "pyinfra", "fabric", "paramiko", "invoke", "reframe", "subprocess"}
REPORT_ONLY = {"jinja2", "matplotlib"}
ROOT_FOLDERS = {
    "inventories": {"ansible", "pyinfra", "millwright", "yaml"},
    "playbooks": {"ansible", "millwright"},
    "antennas": {"pyinfra", "gevent", "fabric", "invoke", "millwright"},
    "reframe_checks": {"reframe", "millwright", "torch"},
}


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:  # within one root folder, which ReFrame loads by path
                assert not path.is_relative_to(PACKAGE), f"{path}: relative import"
                continue
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


STARTERS = {("__init__.py",), ("__main__.py",)}
FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p.relative_to(PACKAGE).parts not in STARTERS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_package_imports_point_down(path):
    room = room_of(path)
    for module in imported_modules(path):
        top, *rest = module.split(".")
        if top == "millwright" and rest and room != "cli":
            allowed = MAY_IMPORT[room] | {room, "__version__"}
            assert rest[0] in allowed, f"{room} imports {module}"
        if top in EDGE_TOOLS:
            assert room in EDGE, f"{room} is not the edge, but imports {module}"
        if top in REPORT_ONLY:
            assert room in {"report", "rack"}, f"{room} imports {module}"


@pytest.mark.parametrize("folder", ROOT_FOLDERS)
def test_root_folders_import_their_tool_and_millwright_only(folder):
    import sys

    siblings = {p.stem for p in (ROOT / folder).rglob("*.py")} | {
        p.name for p in (ROOT / folder).rglob("*") if p.is_dir()
    }
    siblings.add(folder)
    others = set(ROOT_FOLDERS) - {folder}
    for path in (ROOT / folder).rglob("*.py"):
        for module in imported_modules(path):
            top = module.split(".")[0]
            allowed = ROOT_FOLDERS[folder] | siblings | set(sys.stdlib_module_names)
            assert top not in others or top in ROOT_FOLDERS[folder], f"{path}: {module}"
            assert top in allowed, f"{path}: {module}"


def test_every_room_has_a_rule():
    assert {room_of(path) for path in FILES} <= set(MAY_IMPORT) | {"cli"}
