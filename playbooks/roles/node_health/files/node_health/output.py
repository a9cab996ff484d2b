"""The outcome of a run as JSON for people and programs, and as metrics for Prometheus."""

import json
import os
from typing import Any

from node_health.catalogue import CATALOGUE
from node_health.judging import Judged

VERDICTS = ("ok", "faulty", "could not test")


def as_data(
    run: tuple[str, str], judged: Judged, checks: list[Any], action: str, took_s: float
) -> dict[str, Any]:
    """One run as plain data; ``run`` is the node and the run id."""
    node, run_id = run
    return {
        "node": node,
        "run": run_id,
        "verdict": judged.verdict,
        "faults": [row | _advice(row["code"]) for row in judged.faults],
        "warnings": [row | _advice(row["code"]) for row in judged.warnings],
        "unconfirmed": judged.unconfirmed,
        "could_not_test": judged.could_not_test,
        "checks": checks,
        "action": action,
        "took_s": round(took_s, 3),
    }


def _advice(code: str) -> dict[str, Any]:
    return {"means": CATALOGUE[code].means, "remedy": CATALOGUE[code].remedy}


def as_metrics(data: dict[str, Any], now_s: float) -> str:
    """The same in Prometheus' text format; every code has a line, so that an alert sees it come and go."""
    found = [row["code"] for rows in ("faults", "warnings") for row in data[rows]]
    lines = [
        "# HELP millwright_node_health_verdict Verdict of the last run: 1 for the one that holds.",
        "# TYPE millwright_node_health_verdict gauge",
        *(f'millwright_node_health_verdict{{verdict="{v}"}} {int(v == data["verdict"])}' for v in VERDICTS),
        "# HELP millwright_node_health_fault Faults and warnings by code.",
        "# TYPE millwright_node_health_fault gauge",
        *(f'millwright_node_health_fault{{code="{code}"}} {found.count(code)}' for code in CATALOGUE),
        "# HELP millwright_node_health_untested Checks that could not run.",
        "# TYPE millwright_node_health_untested gauge",
        f"millwright_node_health_untested {len(data['could_not_test'])}",
        "# HELP millwright_node_health_last_run_seconds When the last run ended.",
        "# TYPE millwright_node_health_last_run_seconds gauge",
        f"millwright_node_health_last_run_seconds {now_s:.0f}",
        "# HELP millwright_node_health_duration_seconds How long the last run took.",
        "# TYPE millwright_node_health_duration_seconds gauge",
        f"millwright_node_health_duration_seconds {data['took_s']}",
    ]
    return "\n".join(lines) + "\n"


def replace(path: str, text: str, mode: int) -> None:
    """Write a file so that a reader sees the old or the new one; on a full disk it stays as it was."""
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - see reading
    fresh = f"{path}.{os.getpid()}"
    try:
        with open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123 - see reading
            file.write(text)
        os.chmod(fresh, mode)  # noqa: PTH101 - as above
        os.replace(fresh, path)  # noqa: PTH105 - as above
    except OSError:
        if os.path.exists(fresh):  # noqa: PTH110 - as above
            os.unlink(fresh)  # noqa: PTH108 - as above
        raise


def dumped(data: dict[str, Any]) -> str:
    """Readable JSON."""
    return json.dumps(data, indent=2) + "\n"
