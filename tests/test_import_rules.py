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
    "core": set(),
    "statistics": {"core"},
    "catalogue": {"core"},
    "references": {"core", "catalogue"},
    "simulate": {"core", "statistics"},
    "checks": {"core"},
    "facility": {"core", "catalogue", "checks"},
    "results": {"core", "checks", "statistics"},
    "verdicts": {"core", "checks", "facility", "results", "statistics"},
    "regress": {"core", "checks", "results", "statistics", "verdicts"},
    "capacity": {"core", "catalogue", "checks", "facility", "results", "statistics", "verdicts"},
    "report": {"core", "facility", "capacity", "verdicts", "results", "statistics", "simulate"},
    "economics": {"core"},
    "tenders": {"core", "checks", "economics", "facility"},
    "adapters": {"core", "catalogue", "checks", "facility", "results"},
    "discovery": {"core", "catalogue", "facility"},
    "fleet": {"core", "checks", "facility", "statistics", "results", "verdicts", "adapters"},
    "antennas": {"core", "facility", "adapters"},
    "rack": {"core", "facility", "adapters"},
    "images": {"core", "facility", "results", "adapters", "rack"},
    "doctor": {"core", "facility", "adapters", "antennas", "fleet", "rack", "images"},
}
MAY_IMPORT["app"] = set(MAY_IMPORT)
MAY_IMPORT["cli"] = {"core", "app"}
EDGE = {"core", "discovery", "adapters", "antennas", "rack", "images", "fleet", "doctor", "app"}
EDGE_TOOLS = {"ansible", "pyinfra", "fabric", "paramiko", "invoke", "reframe", "subprocess"}
PURE = {
    "statistics",
    "catalogue",
    "references",
    "simulate",
    "checks",
    "facility",
    "results",
    "verdicts",
    "regress",
    "capacity",
    "economics",
    "tenders",
    "report",
}
"""Rooms that start no process and ask for no time: those come in as arguments."""
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
        if top == "millwright" and rest:
            allowed = MAY_IMPORT[room] | {room, "__version__"}
            assert rest[0] in allowed, f"{room} imports {module}"
            assert room not in PURE or rest[:2] not in (["core", "process"], ["core", "clock"]), module
        if top in EDGE_TOOLS:
            assert room in EDGE, f"{room} is not the edge, but imports {module}"
        if top in REPORT_ONLY:
            assert room in {"report", "rack"}, f"{room} imports {module}"
        if top == "numba":
            assert path == PACKAGE / "simulate/compiled.py", f"{path} imports {module}"


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
    assert {room_of(path) for path in FILES} <= set(MAY_IMPORT)


def test_no_module_imports_itself_through_others():
    """Imports for type hints alone (``if TYPE_CHECKING``) are left out: they never run."""
    graph = {name_of(path): set(runtime_imports(path)) for path in sorted(PACKAGE.rglob("*.py"))}
    seen: set[str] = set()

    def follow(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail[trail.index(module) :], module))
        if module not in seen:
            for other in sorted(graph[module] & graph.keys()):
                follow(other, (*trail, module))
            seen.add(module)

    for module in graph:
        follow(module, ())


def name_of(path: Path) -> str:
    parts = ("millwright", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def runtime_imports(path: Path) -> Iterator[str]:
    """Modules that are loaded when this one is: those at its top level."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
