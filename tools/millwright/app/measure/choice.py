"""Which of the expected values a run measures: by check, tag and node."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from millwright.adapters.reframe.foreign import Chosen, concerns
from millwright.checks.declaration import Tier
from millwright.checks.foreign import AREA
from millwright.checks.registry import Registry
from millwright.core.errors import BadInputError, Problem
from millwright.core.node_sets import NodeSetError, check_node_set, expand
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility
from millwright.results.selection import Selection
from millwright.verdicts.asked import narrow
from millwright.verdicts.expectations import Expectation

WILDCARDS = frozenset("*?[")
MOST_LISTED = 20
"""Names that a message lists."""


def choose(  # noqa: PLR0913, PLR0917 - what there is to choose from, and how
    expected: Sequence[Expectation],
    selection: Selection,
    facility: Facility,
    registry: Registry,
    file: str,
    suites: Sequence[Chosen] = (),
) -> tuple[Expectation, ...]:
    """The expected values that a selection leaves; those of a partition are narrowed to the nodes chosen.

    `suites` are the foreign suites that it leaves, whose checks need not be expected one by one.

    Raises :exc:`BadInputError` with every name that is unknown, and if nothing is left.
    """
    nodes, problems = _read_nodes(selection.nodes, facility, file)
    checks = tuple(dict.fromkeys(name for each in expected for name in (each.check, each.variant)))
    tags = {each.check: registry[each.check].all_tags for each in expected}
    own_patterns = [
        each for each in selection.checks if not any(concerns(each, s.suite.name) for s in suites)
    ]
    problems.extend(
        _unknown_checks(own_patterns, (*checks, *(f"{name}.*" for name in registry.suites)), file)
    )
    suite_tags = {AREA, *registry.suites} if registry.suites else set()
    problems.extend(_unknown_tags(selection.tags, suite_tags.union(*tags.values()), file))
    problems.extend(_unknown_tier(selection.tier))
    if problems:
        raise BadInputError(problems)
    found = [
        each
        for each in expected
        if _is_wanted(each, tags[each.check], selection)
        and (not selection.tier or selection.tier in registry[each.check].tiers)
    ]
    narrowed = found if nodes is None else (narrow(each, nodes) for each in found)
    left = tuple(each for each in narrowed if each is not None)
    if expected and not left and not suites:
        raise BadInputError(
            [Problem(file, _options(selection), "leave nothing to measure", "fewer of them", code="MW6253")]
        )
    return left


def _is_wanted(expected: Expectation, tags: Collection[str], selection: Selection) -> bool:
    names = (expected.check, expected.variant)
    by_name = not selection.checks or any(
        fnmatchcase(name, pattern) for name in names for pattern in selection.checks
    )
    return by_name and (not selection.tags or any(tag in tags for tag in selection.tags))


def _read_nodes(text: str, facility: Facility, file: str) -> tuple[frozenset[str] | None, list[Problem]]:
    if not text:
        return None, []
    key = f"--nodes {text}"
    try:
        nodes = expand(check_node_set(text))
    except NodeSetError as error:
        return None, [
            Problem(file, key, f"not a node set: {error}", "for example rack-c[1-2]", code="MW6252")
        ]
    known = {node for partition in facility.partitions.values() for node in partition.node_names()}
    unknown = [node for node in nodes if node not in known]
    partitions = ", ".join(f"{name}: {each.nodes}" for name, each in facility.partitions.items())
    return frozenset(nodes), [
        Problem(
            file,
            key,
            f"{node} is no node of a partition",
            f"nodes of {partitions}{did_you_mean(node, known)}",
            code="MW6251",
        )
        for node in unknown[:MOST_LISTED]
    ]


def _unknown_checks(patterns: Iterable[str], known: Sequence[str], file: str) -> Iterator[Problem]:
    for pattern in patterns:
        if not any(fnmatchcase(check, pattern) for check in known):
            listing = ", ".join(known) or "a facility with expected checks"
            what = "matches no expected check" if WILDCARDS.intersection(pattern) else "not expected here"
            expected = f"one of {listing}{did_you_mean(pattern, known)}"
            yield Problem(file, f"--check {pattern}", what, expected, code="MW2207")


def _unknown_tags(tags: Iterable[str], known: Collection[str], file: str) -> Iterator[Problem]:
    for tag in tags:
        if tag not in known:
            listing = ", ".join(sorted(known)) or "a facility with expected checks"
            yield Problem(
                file,
                f"--tag {tag}",
                "no expected check has it",
                f"one of {listing}{did_you_mean(tag, known)}",
                code="MW6250",
            )


def _unknown_tier(tier: str) -> Iterator[Problem]:
    if tier and tier not in set(Tier):
        expected = f"one of {', '.join(Tier)}{did_you_mean(tier, tuple(Tier))}"
        yield Problem("--tier", tier, "no such tier", expected, code="MW6620")


def _options(selection: Selection) -> str:
    named = (
        *(f"--check {each}" for each in selection.checks),
        *(f"--tag {each}" for each in selection.tags),
        *([f"--tier {selection.tier}"] if selection.tier else []),
        *([f"--nodes {selection.nodes}"] if selection.nodes else []),
    )
    return " ".join(named)
