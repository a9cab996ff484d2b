"""Distribution plots: every sample of a metric, a row a place, as SVG that takes its colours from the page.

matplotlib draws what is numeric. Names never pass through it: they are added as text elements, so that
no character of a name is read as mathematics, markup or a glyph to be measured.
"""

import io
import math
import re
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from millwright.report.judged import Estimate
from millwright.report.numbers import write_exact
from millwright.report.text import plain

WIDTH, LEFT, RIGHT, TOP, BOTTOM, PITCH = 360.0, 104.0, 12.0, 19.0, 33.0, 24.0
"""Layout in SVG user units; a phone shows the figure at about its natural size."""
MOST_DOTS = 60
LONGEST_NAME = 15
LEAST_DATA_SHARE = 0.2
"""A limit so far away that the data would fill less of the axis than this is shown by an arrow."""

INK, MUTED, MARK, BAND, LIMIT, MISS = "#010101", "#020202", "#030303", "#040404", "#050505", "#060606"
COLOURS = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    MARK: "var(--mark)",
    BAND: "var(--band)",
    LIMIT: "var(--limit)",
    MISS: "var(--miss)",
}
"""What is drawn in these stands for the page's own colours, which change with its theme."""

SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "millwright",
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": (-5, 9),
    "font.size": 10,
}
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of a plot."""

    name: str
    estimate: Estimate
    samples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """The reference's limit and the side on which values meet it."""

    value: float
    better: str


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one plot, in the reader's language."""

    title: str
    description: str
    axis: str
    limit: str


def _axis_range(strips: tuple[Strip, ...], bound: Bound | None) -> tuple[float, float]:
    low = min(strip.estimate.minimum for strip in strips)
    high = max(strip.estimate.maximum for strip in strips)
    span = high - low or max(abs(high) * 0.02, 1e-9)
    if bound and span >= LEAST_DATA_SHARE * (max(high, bound.value) - min(low, bound.value)):
        low, high = min(low, bound.value), max(high, bound.value)
    pad = 0.08 * max(high - low, span)
    return low - pad, high + pad


def _jitter(index: int) -> float:
    """A spread-out height for each sample, always the same (golden ratio sequence), -0.5 to 0.5."""
    return (index * 0.6180339887498949 + 0.5) % 1.0 - 0.5


def _quantile(ordered: list[float], share: float) -> float:
    """Linear interpolation between order statistics (Hyndman and Fan, type 7)."""
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _draw_dots(axes: Axes, strip: Strip, row: float) -> None:
    heights = [row + 0.5 * _jitter(index) for index in range(len(strip.samples))]
    dots = Line2D(
        strip.samples, heights, linestyle="none", marker="o", markersize=3.6, clip_on=False, zorder=3
    )
    dots.set(markerfacecolor="none", markeredgecolor=MARK, markeredgewidth=0.8)
    axes.add_line(dots)


def _draw_box(axes: Axes, strip: Strip, row: float) -> None:
    ordered = sorted(strip.samples)
    axes.hlines(row, ordered[0], ordered[-1], colors=MARK, linewidth=0.8, zorder=3)
    first, third = _quantile(ordered, 0.25), _quantile(ordered, 0.75)
    axes.barh(row, third - first, 0.5, left=first, fill=False, edgecolor=MARK, linewidth=0.9, zorder=3)


def _draw_strip(axes: Axes, strip: Strip, row: float) -> None:
    estimate = strip.estimate
    axes.axhline(row, color=MUTED, linewidth=0.3, zorder=1)
    if estimate.low is not None and estimate.high is not None:
        axes.barh(row, estimate.high - estimate.low, 0.74, left=estimate.low, color=BAND, zorder=2)
    (_draw_dots if len(strip.samples) <= MOST_DOTS else _draw_box)(axes, strip, row)
    axes.vlines(estimate.median, row - 0.4, row + 0.4, colors=INK, linewidth=1.8, zorder=4)


def _draw_bound(axes: Axes, bound: Bound) -> None:
    low, high = axes.get_xlim()
    missed = (low, bound.value) if bound.better == "higher" else (bound.value, high)
    axes.axvspan(*missed, color=MISS, linewidth=0, zorder=0)
    axes.axvline(bound.value, color=LIMIT, linewidth=1.2, dashes=(4, 2), zorder=5)


def _draw(strips: tuple[Strip, ...], bound: Bound | None, span: tuple[float, float], height: float) -> str:
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    area = (LEFT / WIDTH, BOTTOM / height, (WIDTH - LEFT - RIGHT) / WIDTH, 1 - (TOP + BOTTOM) / height)
    axes = figure.add_axes(area, frameon=False)
    figure.patch.set_visible(False)
    axes.set_ylim(len(strips) - 0.5, -0.5)
    axes.set_xlim(*span)
    axes.yaxis.set_visible(False)
    axes.locator_params(axis="x", nbins=5)
    axes.tick_params(axis="x", color=MUTED, labelcolor=MUTED, width=0.6, length=3)
    axes.axhline(len(strips) - 0.5, color=MUTED, linewidth=0.8, clip_on=False)
    for row, strip in enumerate(strips):
        _draw_strip(axes, strip, row)
    if bound and span[0] < bound.value < span[1]:
        _draw_bound(axes, bound)
    output = io.StringIO()
    figure.savefig(output, format="svg", metadata={"Date": None, "Creator": None})
    return output.getvalue()


def _shorten(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    half = (LONGEST_NAME - 1) // 2
    return f"{name[:half]}…{name[-half:]}"


def _printable(text: str) -> str:
    """Without the control characters that no XML document may hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def _add_text(
    root: Xml.Element, place: tuple[float, float], text: str, colour: str, anchor: str = "end"
) -> None:
    style = f"font-size: 11px; text-anchor: {anchor}; fill: {colour}; unicode-bidi: isolate"
    item = Xml.SubElement(root, f"{SVG}text", {"x": f"{place[0]:g}", "y": f"{place[1]:g}", "style": style})
    item.text = _printable(text)


def _name_bound(root: Xml.Element, bound: Bound, text: str, span: tuple[float, float]) -> None:
    """The limit's name at the head of its line, or an arrow at the edge beyond which it lies."""
    share = (bound.value - span[0]) / (span[1] - span[0])
    if not 0 < share < 1:
        text = f"◂ {text}" if share <= 0 else f"{text} ▸"
    place = (LEFT + min(max(share, 0), 1) * (WIDTH - LEFT - RIGHT), TOP - 5)
    _add_text(root, place, text, LIMIT, "start" if share < 0.5 else "end")


def _make_ids_unique(root: Xml.Element, prefix: str) -> None:
    linked = {link.removeprefix("#") for item in root.iter() if (link := item.attrib.get(LINK))}
    for item in root.iter():
        item.attrib.pop("clip-path", None)
        identity = item.attrib.pop("id", None)
        if identity in linked:
            item.attrib["id"] = f"{prefix}-{identity}"
        if link := item.attrib.pop(LINK, None):
            item.attrib["href"] = f"#{prefix}-{link.removeprefix('#')}"


def _apply_page_style(root: Xml.Element) -> None:
    for item in root.iter():
        style = re.sub(r"font-family:[^;]*;? ?", "", item.attrib.get("style", ""))
        for stand_in, colour in COLOURS.items():
            style = style.replace(stand_in, colour)
        if style:
            item.attrib["style"] = style


def _label(root: Xml.Element, prefix: str, words: Words) -> None:
    root.attrib |= {"role": "img", "aria-labelledby": f"{prefix}-title {prefix}-desc", "class": "plot"}
    for position, (tag, text) in enumerate((("title", words.title), ("desc", words.description))):
        item = Xml.Element(f"{SVG}{tag}", {"id": f"{prefix}-{tag}"})
        item.text = _printable(text)
        root.insert(position, item)


def draw_plot(strips: tuple[Strip, ...], bound: Bound | None, words: Words, prefix: str) -> str:
    """One figure as an SVG element for a page; ``prefix`` keeps its ids apart from other figures'."""
    height, span = TOP + BOTTOM + PITCH * len(strips), _axis_range(strips, bound)
    with style.context(["default", SETTINGS]):
        drawn = _draw(strips, bound, span, height)
    Xml.register_namespace("", SVG[1:-1])
    root = Xml.fromstring(drawn)  # noqa: S314 - written by matplotlib above, from numbers only
    for child in [c for c in root if c.tag in {f"{SVG}metadata", f"{SVG}defs"}]:
        root.remove(child)
    _make_ids_unique(root, prefix)
    for row, strip in enumerate(strips):
        _add_text(root, (LEFT - 10, TOP + PITCH * (row + 0.5) + 3.8), plain(_shorten(strip.name)), INK)
    _add_text(root, (WIDTH - RIGHT, height - 4), words.axis, MUTED)
    if bound:
        _name_bound(root, bound, words.limit, span)
    _apply_page_style(root)
    _label(root, prefix, words)
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    return re.sub(r"\s*\n\s*", " ", Xml.tostring(root, encoding="unicode").strip())


def describe_limit(bound: Bound) -> str:
    """The limit with its relation: ``≥ 9.5``."""
    return f"{'≥' if bound.better == 'higher' else '≤'} {write_exact(bound.value)}"


PAPER = {
    "--ink": "#16191d",
    "--muted": "#555d66",
    "--mark": "#24618f",
    "--band": "#c5dbec",
    "--limit": "#a3201d",
    "--miss": "#fbf0ef",
}
"""The light colours of the style sheet, for formats without one."""


def on_paper(svg: str) -> str:
    """A plot with its colours and face written out."""
    for name, colour in PAPER.items():
        svg = svg.replace(f"var({name})", colour)
    return svg
