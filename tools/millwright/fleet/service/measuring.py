"""Measures single nodes: the checks of their partitions that look at one node at a time, and nothing else."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from millwright.adapters.here.checkout_changes import checkout_changes
from millwright.adapters.here.run_start import start_run
from millwright.adapters.openssh.signatures import sign_file
from millwright.adapters.reframe.benchmark import Follow, run_benchmarks
from millwright.adapters.reframe.launch_sites import harness_machine
from millwright.adapters.reframe.settings import NODES_VARIABLE, RESERVATION_VARIABLE
from millwright.checks.declaration import Scope, Tier
from millwright.checks.naming import suite_of
from millwright.checks.registry import Registry, checks_for
from millwright.core.errors import BadInputError, NotTestableError
from millwright.core.node_sets import fold
from millwright.core.places import product_root, state_folder
from millwright.core.verdict import Verdict
from millwright.facility.model import Facility
from millwright.results.run_info import iso_utc
from millwright.results.runs import Run, list_runs, load_run
from millwright.statistics.outliers import FEWEST_PEERS
from millwright.verdicts.admission import Admission, judge_node
from millwright.verdicts.expectations import Expectation, expected_value, list_expectations
from millwright.verdicts.peers import Comparison, compare, newest_values
from millwright.verdicts.scorecard import score

ROOT = "@nodes"
"""Folder in the results for runs over some nodes; no facility can have that name, and no report takes them
for a measurement of the whole facility."""
RECENT_RUNS = 20


@dataclass(frozen=True, slots=True)
class Bench:
    """Where single nodes of a facility are measured, and where results lie."""

    file: Path
    facility: Facility
    results: Path
    signing_key: Path
    threshold: float
    clock: Callable[[], datetime]
    token: Callable[[], str]
    """Eight fresh hexadecimal digits."""
    follow: Follow
    measure: str
    """Command that measures the whole facility, for nodes without measured peers."""
    admit: str
    """Command that admits undecided nodes of this run; empty if they are admitted anyway."""
    warn: Callable[[str], None]
    """Hears of stored runs that are left out of the comparison with peers, once each."""
    warned: set[Path] = field(default_factory=set)

    def judge(self, nodes: Sequence[str], reservation: str) -> dict[str, Admission]:
        """Measure nodes once, and judge each by its references and beside the peers of its class.

        Raises :exc:`NotTestableError` where nothing could be measured.
        """
        run = self._measure(nodes, reservation)
        rows = [
            row for row in score(self.facility, run).rows if row.expectation.definition.scope is Scope.NODE
        ]
        series = [found for found in run.series if found.node in nodes]
        before = [each.series for each in self._recent(run)]
        comparisons: list[Comparison] = []
        for members in classes_of(self.facility, nodes).values():
            own = [found for found in series if found.node in members.nodes]
            known = newest_values(before, members.peers, run.registry)
            comparisons.extend(compare(own, known, run.registry, self.threshold))
        return {
            node: advise_on_peers(
                judge_node(node, rows, comparisons),
                comparisons,
                others=count_others(self.facility, node),
                measure=self.measure,
                admit=self.admit,
            )
            for node in nodes
        }

    def _measure(self, nodes: Sequence[str], reservation: str) -> Run:
        registry = checks_for(self.file)
        expected = expected_of(self.facility, nodes, registry)
        checks = tuple(dict.fromkeys(expectation.variant for expectation in expected))
        if not checks:
            raise NotTestableError(
                f"no check of {fold(tuple(nodes))} measures single nodes: nothing can be judged",
                code="MW5001",
            )
        info = start_run(self.facility, map(expected_value, expected), self.clock(), self.token())
        folder = state_folder(self.facility.name) / "sessions" / info.run_id / "harness"
        narrow = {NODES_VARIABLE: fold(tuple(nodes)), RESERVATION_VARIABLE: reservation}
        stored = run_benchmarks(
            [harness_machine(self.facility, info.run_id, folder, narrow)],
            checks,
            self.file.read_bytes(),
            registry=registry,
            info=info,
            now=lambda: iso_utc(self.clock()),
            root=self.results / ROOT,
            follow=self.follow,
            sign=partial(sign_file, key=self.signing_key),
            checkout_changes=checkout_changes(product_root()),
        )
        if stored.was_interrupted:
            raise KeyboardInterrupt
        return load_run(stored.path)

    def _recent(self, run: Run) -> Iterable[Run]:
        """Stored runs but this one, newest first; one that was changed since is left out, with a warning."""
        places = (self.results, self.results / ROOT)
        chains = [list_runs(place, self.facility.name).runs for place in places]
        merged = heapq.merge(*chains, key=lambda path: path.name)  # each chain keeps its own order
        earlier = [path for path in merged if path != run.path]
        for path in reversed(earlier[-RECENT_RUNS:]):
            try:
                yield load_run(path)
            except BadInputError as error:
                if path not in self.warned:
                    self.warned.add(path)
                    self.warn(f"a stored run is left out of the comparison with peers:\n{error}")


def expected_of(facility: Facility, nodes: Iterable[str], registry: Registry) -> tuple[Expectation, ...]:
    """What the facility expects of these nodes one by one, by checks of the vetting tier."""
    wanted = frozenset(nodes)
    return tuple(
        expectation
        for expectation in list_expectations(facility, registry)
        if expectation.definition.scope is Scope.NODE
        and expectation.place in wanted
        and not suite_of(expectation.check)
        and Tier.VETTING in registry[expectation.check].tiers
    )


@dataclass(frozen=True, slots=True)
class ClassMembers:
    """Nodes under judgement of one class, and all others of it."""

    nodes: frozenset[str]
    peers: frozenset[str]


def classes_of(facility: Facility, nodes: Iterable[str]) -> Mapping[str, ClassMembers]:
    """The nodes by class, each with the other nodes of that class in every partition."""
    wanted = frozenset(nodes)
    members: dict[str, set[str]] = {}
    for partition in facility.partitions.values():
        members.setdefault(partition.node_class or "", set()).update(partition.node_names())
    return {
        name: ClassMembers(frozenset(every & wanted), frozenset(every - wanted))
        for name, every in members.items()
        if every & wanted
    }


def count_others(facility: Facility, node: str) -> int:
    """How many further nodes the classes of a node have."""
    members = classes_of(facility, [node]).values()
    return len(frozenset().union(*(each.peers for each in members)))


def advise_on_peers(
    found: Admission, comparisons: Iterable[Comparison], *, others: int, measure: str, admit: str
) -> Admission:
    """Append the commands that help to the reasons of a node that is undecided for lack of peers.

    `others` counts all further nodes of its class, measured or not; `measure` is the command that
    measures them, and `admit` the one that admits the node, empty if it is admitted anyway.
    """
    lacks_peers = any(each.node == found.node and each.peers < FEWEST_PEERS for each in comparisons)
    if found.verdict is not Verdict.INCONCLUSIVE or not lacks_peers or not admit:
        return found
    return replace(found, reasons=(*found.reasons, _way_out(others, measure, admit)))


def _way_out(others: int, measure: str, admit: str) -> str:
    admits = f"{admit} admits it without a comparison"
    if others < FEWEST_PEERS:
        return f"its class is too small for that, {FEWEST_PEERS + 1} nodes are needed; {admits}"
    return f"have the others measured first, with {measure}, and try again; or {admits}"
