"""Which series of a row are drawn, and what the figure says to those who cannot see it."""

from dataclasses import dataclass

from markupsafe import Markup

from millwright.report.judged import Estimate, Group, Row, Series
from millwright.report.labels import Words, label, look_up
from millwright.report.numbers import decimals, write_number
from millwright.report.plots import Bound, Strip, describe_limit, draw_plot
from millwright.report.plots import Words as PlotWords

MOST_STRIPS = 16
"""Places drawn one by one; of more, the worst are drawn below a row of all medians."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn figure and the series in it."""

    svg: Markup
    series: tuple[Series, ...]


def place_name(series: Series) -> str:
    """Node and, where it has one, device."""
    return f"{series.node} {series.device}".strip()


def choose_series(row: Row) -> tuple[Series, ...]:
    """All series in their order, or of too many those with the worst verdicts and medians, worst first."""
    if len(row.series) <= MOST_STRIPS:
        return row.series
    sign = 1 if row.better == "higher" else -1

    def badness(series: Series) -> tuple[bool, float, str]:
        return series.verdict != "FAIL", sign * series.estimate.median, place_name(series)

    return tuple(sorted(row.series, key=badness)[: MOST_STRIPS - 1])


def _all_places(row: Row, words: Words) -> Strip:
    medians = sorted(series.estimate.median for series in row.series)
    middle = (medians[(len(medians) - 1) // 2] + medians[len(medians) // 2]) / 2
    estimate = Estimate(len(medians), middle, None, None, medians[0], medians[-1], 0.0)
    return Strip(label(words, "distributions.all_places", count=len(medians)), estimate, tuple(medians))


def _describe_place(series: Series, row: Row, words: Words) -> str:
    estimate = series.estimate
    places = decimals(estimate, row.reference.limit if row.reference else None)
    if estimate.low is None or estimate.high is None:
        interval = look_up(words, "document.no_interval")
    else:
        ends = (write_number(estimate.low, places), write_number(estimate.high, places))
        interval = f"{ends[0]} {look_up(words, 'document.to')} {ends[1]}"
    median = write_number(estimate.median, places)
    return label(
        words,
        "distributions.description_place",
        node=place_name(series),
        median=median,
        unit=look_up(words, "units").get(row.unit, row.unit),
        interval=interval,
        n=estimate.n,
    )


def _plot_words(group: Group, row: Row, series: tuple[Series, ...], words: Words) -> PlotWords:
    limit, unit = "", look_up(words, "units").get(row.unit, row.unit)
    if row.reference:
        limit = describe_limit(Bound(row.reference.limit, row.better))
        ending = label(words, "distributions.description_limit", limit=limit, unit=unit)
    else:
        ending = str(look_up(words, "distributions.description_no_limit"))
    described = "; ".join(_describe_place(one, row, words) for one in series)
    return PlotWords(
        title=label(words, "distributions.figure", metric=row.says, group=group.name),
        description=label(words, "distributions.description", places=described, limit=ending),
        axis=label(words, "distributions.axis", unit=unit, better=look_up(words, f"scorecard.{row.better}")),
        limit=label(words, "distributions.limit", limit=limit),
    )


def draw_row(group: Group, row: Row, words: Words, prefix: str) -> Picture:
    """The figure of one row of the scorecard."""
    series = choose_series(row)
    strips = tuple(Strip(place_name(one), one.estimate, one.samples) for one in series)
    if len(series) < len(row.series):
        strips = (_all_places(row, words), *strips)
    bound = Bound(row.reference.limit, row.better) if row.reference else None
    svg = draw_plot(strips, bound, _plot_words(group, row, series, words), prefix)
    return Picture(Markup(svg), series)  # noqa: S704 - an XML serialiser escaped its texts
