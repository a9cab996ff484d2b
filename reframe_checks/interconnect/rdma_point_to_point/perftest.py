"""perftest's programs: how they are called, and the JSON report that one of them wrote.

perftest 4.5-0.17 and before write that report with unquoted keys, which is no JSON: it is refused.
"""

import json
import math
from dataclasses import dataclass

LINKS = {"infiniband": "IB", "roce": "Ethernet"}
CONNECTION_REFUSED = "Couldn't connect to"
"""What a client says whose server does not listen yet."""


class ReportError(Exception):
    """A report that no value may be taken from."""


@dataclass(frozen=True)
class Tool:
    """One program, what it sends, and the value that counts."""

    program: str
    size_bytes: int
    iterations: int
    field: str
    options: tuple[str, ...]


BANDWIDTH = Tool("ib_write_bw", 1 << 20, 5000, "BW_average", ("--report_gbits",))
LATENCY = Tool("ib_write_lat", 8, 1000, "t_typical", ())


def serving(tool, rail, port, traffic_class):
    """The command line of a server."""
    device, _, link = rail.partition(":")
    return [
        tool.program,
        f"--ib-dev={device}",
        f"--ib-port={link or 1}",
        f"--port={port}",
        f"--size={tool.size_bytes}",
        f"--iters={tool.iterations}",
        "--CPU-freq",
        *tool.options,
        *([f"--tclass={traffic_class}"] if traffic_class else []),
    ]


def asking(command, server, report):
    """The command line of a server's client, which writes a report."""
    return [*command, "--out_json", f"--out_json_file={report}", server]


def read_report(text, tool, rail, fabric):
    """The value of a client's report, in the tool's unit; raises ReportError where it may not count."""
    try:
        data = json.loads(text)
        info, results = dict(data["test_info"]), dict(data["results"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{tool.program} wrote no JSON report, which perftest later than 4.5-0.17 does ({error})"
        raise ReportError(message) from error
    if faults := list(_find_faults(info, results, tool, rail, fabric)):
        raise ReportError(f"{tool.program} over {rail}: {'; '.join(faults)}")
    return float(results[tool.field])


def _find_faults(info, results, tool, rail, fabric):
    expected = {
        "Device": (info, rail.partition(":")[0]),
        "Transport_type": (info, "IB"),
        "Link_type": (info, LINKS[fabric]),
        "MsgSize": (results, tool.size_bytes),
        "n_iterations": (results, tool.iterations),
    }
    for key, (part, wanted) in expected.items():
        if part.get(key) != wanted:
            yield f"{key} is {part.get(key)!r}, expected {wanted!r}"
    value = results.get(tool.field)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and 0 < value < math.inf):
        yield f"{tool.field} is {value!r}, expected a number above 0"
