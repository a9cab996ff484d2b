"""Plots of simulations: self-contained SVG, the same bytes for the same result."""

import io
from collections.abc import Mapping, Sequence

from matplotlib import style
from matplotlib.figure import Figure

SETTINGS = {
    "svg.fonttype": "path",
    "svg.hashsalt": "millwright",
    "text.parse_math": False,
    "font.size": 9,
}
"""Names are drawn as paths: whatever a scenario calls itself, no text of it becomes markup."""


def draw_goodput(title: str, draws: Sequence[float], badput: Mapping[str, float]) -> str:
    """Where the time goes, and how far the draws differ."""
    with style.context(SETTINGS, after_reset=True):
        figure = Figure(figsize=(8, 3.2), layout="constrained")
        causes, spread = figure.subplots(1, 2)
        named = sorted((share, name) for name, share in badput.items() if share >= 5e-4)
        causes.barh([name.split(".")[-1].replace("_", " ") for _, name in named], [s * 100 for s, _ in named])
        causes.set_xlabel("share of time (%)")
        spread.hist([share * 100 for share in draws], bins=40)
        spread.set_xlabel("goodput of a draw (%)")
        spread.set_ylabel("draws")
        figure.suptitle(title)
        return _svg(figure)


def draw_waits(title: str, rows: Sequence[tuple[str, float | None, float | None, float | None]]) -> str:
    """Median, 90 % and 99 % of the waits of each mode, in hours."""
    with style.context(SETTINGS, after_reset=True):
        figure = Figure(figsize=(8, 0.8 + 0.9 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for place, (label, share) in enumerate((("p50", 0), ("p90", 1), ("p99", 2))):
            heights = [row + (place - 1) * 0.25 for row in range(len(rows))]
            axes.barh(heights, [row[1 + share] or 0.0 for row in rows], height=0.22, label=label)
        axes.set_yticks(range(len(rows)), [row[0] for row in rows])
        axes.set_xlabel("wait (h)")
        axes.legend()
        figure.suptitle(title)
        return _svg(figure)


def draw_growth(
    title: str,
    years: Sequence[float],
    limits_mw: Mapping[str, Sequence[float]],
    installed_mw: Mapping[str, Sequence[float]],
) -> str:
    """Installed IT power of each course, under what each constraint of the plan allows."""
    with style.context(SETTINGS, after_reset=True):
        figure = Figure(figsize=(8, 4), layout="constrained")
        axes = figure.subplots()
        for name, values in limits_mw.items():
            axes.step(years, values, where="post", linestyle=":", linewidth=1.2, label=f"limit: {name}")
        for name, values in installed_mw.items():
            axes.step(years, values, where="post", linewidth=1.8, label=f"installed: {name}")
        axes.set_xlabel("year")
        axes.set_ylabel("IT power (MW)")
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper left", fontsize=7)
        figure.suptitle(title)
        return _svg(figure)


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
