"""The list of all shipped checks as a page of the reference, written by ``make schema``."""

from collections.abc import Iterable, Iterator

from millwright.checks.declaration import Declaration

HEAD = """# Checks

Every shipped check with its metrics, from its `check.yaml`; `make schema` writes this page. What is common
to all is in [docs/checks](../checks/README.md); [Add a check](../how-to/add-a-check.md) shows how a site
adds its own.
"""
METRICS = ("metric", "unit", "better", "meaning", "adds up to")


def checks_as_markdown(declarations: Iterable[Declaration]) -> str:
    """One section a check, by area."""
    ordered = sorted(declarations, key=lambda each: (each.area, each.name))
    return "\n".join([HEAD, *("\n".join(_section(each)) for each in ordered)])


def _section(declaration: Declaration) -> Iterator[str]:
    folder = declaration.folder
    place = f"{declaration.area}/{folder.name}" if folder else declaration.area
    yield f"## {declaration.name}\n"
    page = f"[{place}](../../reframe_checks/{place}/README.md)"
    yield f"{page}: {declaration.description}. {_facts(declaration)}\n"
    if declaration.parameters:
        yield from _row("parameter", "values", "meaning")
        yield from _row(*["---"] * 3)
        for name, parameter in declaration.parameters.items():
            yield from _row(f"`{name}`", ", ".join(parameter.values) or "any", parameter.description)
        yield ""
    yield from _row(*METRICS)
    yield from _row(*["---"] * len(METRICS))
    for name, metric in declaration.metrics.items():
        yield from _row(f"`{name}`", metric.unit, metric.better, metric.label, metric.adds_up_to or "")
    yield ""


def _facts(declaration: Declaration) -> str:
    needs = declaration.needs
    wanted = [*(f"`{each}`" for each in (*needs.programs, *needs.libraries, *needs.python_modules))]
    features = " ".join(f"`+{feature}`" for feature in declaration.features)
    facts = [f"One series a {declaration.scope}", f"on partitions with {features}"]
    needed = f"; needs {', '.join(wanted)}" if wanted else ""
    return f"{', '.join(facts)}{needed}. Tiers: {', '.join(declaration.tiers)}."


def _row(*cells: str) -> Iterator[str]:
    yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
