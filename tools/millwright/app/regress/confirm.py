"""The second look: what was suspicious in a run is measured again, four times at once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.app.context import Context
from millwright.app.measure.run import RunRequest, run_checks
from millwright.app.measure.trust import Trust
from millwright.app.regress.observed import REPEATS_ROOT, open_all, repeat_runs
from millwright.core.node_sets import NodeSetError, expand, fold
from millwright.regress.history import Observation, SeriesKey
from millwright.results.run_info import RunInfo
from millwright.statistics.two_looks import REPEATS


@dataclass(frozen=True, slots=True)
class Repeats:
    """What was measured again because of one run."""

    runs: tuple[Observation, ...]
    """Oldest first."""

    def values(self) -> dict[SeriesKey, tuple[float, ...]]:
        """The first four values of each series: a repeat too many never replaces one that is there."""
        found: dict[SeriesKey, list[float]] = {}
        for run in self.runs:
            for key, measured in run.values.items():
                found.setdefault(key, []).append(measured.value)
        return {key: tuple(values[:REPEATS]) for key, values in found.items()}


def load_repeats(results: Path, facility: str, run_id: str, trust: Trust) -> Repeats:
    """The stored repeats of a run; raises :exc:`NotTrustedError` if one may not be relied on."""
    return Repeats(open_all(repeat_runs(results, facility, run_id), trust).observations)


def confirm(
    context: Context, request: RunRequest, info: RunInfo, suspicious: Collection[SeriesKey], have: Repeats
) -> None:
    """Run the checks behind suspicious series until each has four repeats, at most four times.

    ``request`` names the facility and how to reach it; each repeat is a run of its own, stored beside those
    of the facility. Whatever was repeated before, by a command that was killed for example, counts.
    """
    counts = Counter({key: len(have.values().get(key, ())) for key in suspicious})
    for number in range(REPEATS):
        short = [key for key in suspicious if counts[key] + number < REPEATS]
        if not short:
            return
        context.progress.step("confirm", f"repeat {number + 1} of {_describe(short)}")
        outcome = run_checks(context, repeat_request(request, info, short))
        if outcome.was_interrupted:
            raise KeyboardInterrupt
    context.progress.done("confirm", f"repeated {_describe(list(suspicious))}")


def repeat_request(request: RunRequest, info: RunInfo, series: Sequence[SeriesKey]) -> RunRequest:
    """The run that repeats some series: their checks, on their nodes."""
    selection = info.selection
    return RunRequest(
        facility=request.facility,
        checks=tuple(sorted({key.variant for key in series})),
        nodes=_nodes(series, info),
        reservation=selection.reservation,
        queue=selection.queue,
        folders=request.folders,
        results=request.results / REPEATS_ROOT,
        sign_with=request.sign_with,
        confirms=info.run_id,
    )


def _nodes(series: Iterable[SeriesKey], info: RunInfo) -> str:
    """The nodes to repeat on; those of the run if a series is no node's, as of an antenna."""
    places: Mapping[str, None] = dict.fromkeys(key.node for key in series)
    try:
        return fold(dict.fromkeys(node for place in places for node in expand(place)))
    except NodeSetError:
        return info.selection.nodes


def _describe(series: Sequence[SeriesKey]) -> str:
    return ", ".join(sorted({key.variant for key in series}))
