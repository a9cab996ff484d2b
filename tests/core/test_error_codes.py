"""Every error has a declared code, and the declared examples look like what is printed."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from millwright.core.error_codes import ROOMS, codes_as_markdown, error_codes
from millwright.core.errors import BadInputError, FailedError, Problem

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tools" / "millwright"
ERRORS = {"FailedError", "NotTestableError", "GatewaysFailedError", "MillwrightError"}
FORWARDED = {"app/site/facility.py", "core/frozen.py", "core/model_problems.py"}
"""Files that pass on the code of a finding, or of a table."""


@dataclass(frozen=True)
class Site:
    """One place that makes an error."""

    where: str
    name: str
    code: ast.expr | None
    message: str
    """Pattern of what is wrong."""
    line: str
    """Pattern of the whole message, without the file of a problem."""


def _pattern(node: ast.expr, function: ast.AST, depth: int = 0) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text.rstrip("\n")) if depth == 0 else re.escape(text)
        case ast.JoinedStr(values=values):
            return "".join(re.escape(v.value) if isinstance(v, ast.Constant) else ".*" for v in values)
        case ast.Name(id=name) if depth < 3:
            assigned = [
                _pattern(statement.value, function, depth + 1)
                for statement in ast.walk(function)
                if isinstance(statement, ast.Assign)
                and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
            ]
            return f"(?:{'|'.join(assigned)})" if assigned else ".*"
        case _:
            return ".*"


def _sites() -> Iterator[Site]:
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = str(path.relative_to(PACKAGE))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        findings = "millwright.core.frozen import Finding" in path.read_text(encoding="utf-8")
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            name = node.func.id
            if name not in ERRORS | {"Problem"} and not (name == "Finding" and findings):
                continue
            around = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            function = min(around, key=lambda f: (f.end_lineno or 0) - f.lineno, default=tree)
            code = next((word.value for word in node.keywords if word.arg == "code"), None)
            texts = node.args
            if name == "Finding":
                code, texts = node.args[0], node.args[1:]
            parts = texts[:1] if name in ERRORS else texts[-3 if name == "Finding" else 1 :]
            patterns = [_pattern(part, function).replace("\\\n", " ") for part in parts]
            message = patterns[0 if name in ERRORS else min(1, len(patterns) - 1)]
            yield Site(f"{relative}:{node.lineno}", name, code, message, ".*?".join(patterns))


SITES = tuple(_sites())


def _literal(site: Site) -> str | None:
    is_text = isinstance(site.code, ast.Constant) and isinstance(site.code.value, str)
    return site.code.value if is_text else None


def test_every_error_has_a_declared_code():
    without = [
        site.where
        for site in SITES
        if _literal(site) not in error_codes() and site.where.partition(":")[0] not in FORWARDED
    ]
    assert without == []


def test_every_declared_code_is_used():
    texts = "".join(
        path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "error_codes.py"
    )
    used = set(re.findall(r'"(MW\d{4})"', texts))
    assert sorted(error_codes().keys() - used) == []
    assert sorted(used - error_codes().keys()) == []


@pytest.mark.parametrize("code", sorted(error_codes()))
def test_each_place_of_a_code_prints_text_like_its_example(code):
    example = error_codes()[code].example
    assert example.endswith(f" [{code}]")
    assert code[:3] in ROOMS
    places = [site for site in SITES if _literal(site) == code]
    for site in places:
        assert example.startswith("millwright: ") is (site.name in ERRORS), site.where
        assert re.search(site.message, example, re.DOTALL), f"{site.where}: {site.message}"
    lines = [site.line for site in places]
    assert not lines or any(re.search(line, example, re.DOTALL) for line in lines), lines


def test_the_page_of_codes_is_current():
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    assert page == codes_as_markdown(error_codes().values()), "make schema writes it again"


def test_a_problem_and_an_error_end_with_their_code():
    problem = Problem("f.yaml", "name", "missing", "this key", code="MW1011")
    assert str(BadInputError([problem])) == "f.yaml: name: missing, expected this key [MW1011]"
    error = FailedError("nothing works", code="MW9001")
    assert (str(error), error.for_user()) == ("nothing works", "nothing works [MW9001]")
