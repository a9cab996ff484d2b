"""Documentation that a reader relies on exists for every command, check and role."""

import re
from pathlib import Path

import pytest
import typer

from millwright.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
INDEX = (ROOT / "docs" / "decisions" / "README.md").read_text()
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "reframe_checks").rglob("*.md")),
]


def test_every_path_in_the_readme_and_architecture_exists():
    for name in (
        "README.md",
        "docs/architecture.md",
        "CONTRIBUTING.md",
        "docs/glossary.md",
        "docs/tutorial.md",
    ):
        for path in re.findall(
            r"`((?:inventories|playbooks|reframe_checks|antennas|reports|tools|tests|docs)/[^`\s]*)`",
            (ROOT / name).read_text(),
        ):
            if "<" not in path:
                assert (ROOT / path).exists(), f"{name}: {path}"


def test_every_role_has_a_readme():
    roles = [path for path in (ROOT / "playbooks" / "roles").iterdir() if path.is_dir()]
    assert roles
    assert [role.name for role in roles if not (role / "README.md").exists()] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_decisions_are_short_and_numbered_once(path):
    assert 12 <= len(path.read_text().splitlines()) <= 25
    assert sum(other.name[:4] == path.name[:4] for other in DECISIONS) == 1


def test_the_index_of_decisions_is_complete_and_in_order():
    rows = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", INDEX, re.MULTILINE)
    titles = [re.sub(r"^# *(\d+[.:] *)?", "", path.read_text().splitlines()[0]) for path in DECISIONS]
    assert rows == [(path.name[:4], path.name, title) for path, title in zip(DECISIONS, titles, strict=True)]


def test_the_index_explains_every_number_that_is_missing():
    used = {int(path.name[:4]) for path in DECISIONS}
    explained = re.findall(r"\b\d{4}\b", INDEX.partition("## Unused numbers")[2])
    assert {f"{number:04}" for number in set(range(1, max(used))) - used} <= set(explained)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    assert [t for t in targets if t and "://" not in t and not (page.parent / t).exists()] == []


def test_the_glossary_is_sorted_and_says_where_each_term_is_defined():
    parts = (ROOT / "docs" / "glossary.md").read_text().split("\n## ")[1:]
    assert len(parts) == 2
    for part in parts:
        rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][2:]
        terms = [row[0].lower() for row in rows]
        assert len(terms) > 20
        assert terms == sorted(set(terms))
        for term, _, where in rows:
            assert re.search(r"`[a-z_]+/[^`]+`|\]\([^)]+\)", where), term


CAPABILITIES = (ROOT / "docs/reference/capabilities.md").read_text()


def test_every_path_of_the_capabilities_exists():
    """``tests/reframe_checks`` and the like are folders of the product too."""
    paths = re.findall(
        r"`((?:inventories|playbooks|reframe_checks|antennas|reports|tools|tests|docs)/[^`\s]*)`",
        CAPABILITIES,
    )
    assert len(paths) > 80
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_every_command_of_the_capabilities_is_one_of_ours():
    named = {tuple(words.split()) for words in re.findall(r"`millwright ([a-z -]+)`", CAPABILITIES)}
    root = typer.main.get_command(app)
    context = typer.Context(root)
    assert named
    for words in named:
        command = root
        for word in words:
            command = command.get_command(context, word)
            assert command is not None, " ".join(words)


def test_every_row_of_the_capabilities_names_a_test():
    """Also in the table of points where others are thin; a row without a test says nothing."""
    for heads, rows in tables_of(CAPABILITIES):
        assert "tested in" in heads, heads
        assert rows, heads
        tests = heads.index("tested in")
        assert not [row for row in rows if not re.search(r"`tests/[^`]+[.]py`", row[tests])]


def tables_of(text):
    """Heads and rows of each table of a page, as cells."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        heads, line, *rows = (
            [cell.strip() for cell in row.strip("|").split(" | ")] for row in block.splitlines()
        )
        assert set("".join(line)) <= set("-| :"), line
        assert {len(row) for row in rows} <= {len(heads)}, heads
        yield [head.strip("| ") for head in heads], rows


def test_the_tables_of_the_capabilities_are_found():
    assert len(list(tables_of(CAPABILITIES))) == CAPABILITIES.count("| tested in |")
