"""iperf3: JSON output (``-J``) of the client or the server."""

from collections.abc import Iterator, Mapping

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.json_text import documents
from millwright.results.tools.text import texts
from millwright.results.tools.trouble import find_trouble

SUMS = {"sum_received": "received", "sum_received_bidir_reverse": "received_reverse"}
SHORTEST = 0.95
"""Share of the duration asked for that a whole run has at least."""


def parse(evidence: Evidence) -> Parsed:
    """Read every JSON document that is a run of iperf3."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    measurements: list[Measurement] = []
    versions: list[str] = []
    for text in files:
        found, broken = documents(text)
        faults += broken
        for place, document in found:
            faults += [Fault(f"{place}: {problem}") for problem in _find_problems(document)]
            versions.append(str(_at(document, "start", "version") or "").removeprefix("iperf "))
            measurements += _measure(document)
    if not measurements:
        faults.append(Fault("no JSON of iperf3: run it with -J"))
    return Parsed(
        tuple(measurements), tuple(faults), version=", ".join(filter(None, dict.fromkeys(versions)))
    )


def _at(document: Mapping[str, object], *path: str) -> object:
    found: object = document
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _find_problems(document: Mapping[str, object]) -> Iterator[str]:
    if "error" in document:
        yield f"iperf3 failed: {str(document['error'])[:200]}"
    end = _at(document, "end")
    if not isinstance(end, Mapping) or not end:
        yield "has no end section: the run did not end"
        return
    asked = _number(_at(document, "start", "test_start", "duration"))
    for name in SUMS:
        if name not in end:
            continue
        seconds = _number(_at(end, name, "seconds"))
        octets, rate = _number(_at(end, name, "bytes")), _number(_at(end, name, "bits_per_second"))
        if seconds is None or octets is None or rate is None or rate <= 0 or seconds <= 0:
            yield f"{name} has no rate"
        elif abs(octets * 8 / seconds - rate) > 0.01 * rate:
            yield f"{name}: bytes, seconds and rate do not fit each other"
        elif asked and seconds < SHORTEST * asked:
            yield f"{name}: ran {seconds:g} of {asked:g} s"


def _measure(document: Mapping[str, object]) -> Iterator[Measurement]:
    start = _at(document, "start", "test_start")
    if not isinstance(start, Mapping):
        return
    named = {
        "protocol": start.get("protocol", ""),
        "streams": start.get("num_streams", ""),
        "reverse": "yes" if start.get("reverse") else "",
        "target": start.get("target_bitrate") or "",
    }
    parameters = join_parameters(named)
    for name, metric in SUMS.items():
        rate = _number(_at(document, "end", name, "bits_per_second"))
        if rate is not None:
            yield Measurement(metric, parameters, "Gbit/s", (rate / 1e9,))
    if named["protocol"] == "UDP":
        for name, metric, unit in (("lost_percent", "lost", "%"), ("jitter_ms", "jitter", "ms")):
            value = _number(_at(document, "end", "sum_received", name))
            if value is None:  # before 3.13 a server has it in the common sum
                value = _number(_at(document, "end", "sum", name))
            if value is not None:
                yield Measurement(metric, parameters, unit, (value,))
