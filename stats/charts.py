"""Column charts over time as SVG, without script, inline style or further requests.

`templates/stats/chart.html` renders them, `stats/static/stats/chart.css` colours them. A table next
to each chart holds the same figures: it is the text alternative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# The drawing is stretched to the available width; its labels are outside and are not.
WIDTH, HEIGHT = 1000, 200
# More columns than this are narrower than a pixel of a phone: see `periods.chart_unit`.
MOST_COLUMNS = 400


@dataclass(frozen=True)
class Column:
    """The column of one figure: numbers as SVG writes them, and its tooltip."""

    x: str
    y: str
    width: str
    height: str
    tooltip: str


@dataclass(frozen=True)
class Chart:
    """Series of columns over the same times; the first series is drawn behind the others."""

    title: str
    summary: str
    names: list[str]
    series: list[list[Column]]
    scale: list[str]
    times: list[str]
    width: int = WIDTH
    height: int = HEIGHT


def column_chart(
    title: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]
) -> Chart | None:
    """Draw columns.

    Args:
        title: what the chart shows.
        names: of the series; the first holds the larger figures (page views, then visits).
        rows: from the earliest on, the time and its figures, one for each series.

    Returns:
        The chart, or None where there is nothing to draw: no row, or only zeros.
    """
    most = max((figure for _time, figures in rows for figure in figures), default=0)
    if not most:
        return None
    top = _top_of_scale(most)
    step = WIDTH / len(rows)
    # Leave a gap while there are at most 130 columns.
    width = step * 0.8 if len(rows) <= 130 else step
    series: list[list[Column]] = [
        [
            Column(
                x=f"{place * step + (step - width) / 2:.2f}",
                y=f"{HEIGHT - figures[number] / top * HEIGHT:.2f}",
                width=f"{width:.2f}",
                height=f"{figures[number] / top * HEIGHT:.2f}",
                tooltip=f"{time} – {_format_figures(names, figures)}",
            )
            for place, (time, figures) in enumerate(rows)
            if figures[number]
        ]
        for number in range(len(names))
    ]
    times = [time for time, _figures in rows]
    return Chart(
        title=title,
        summary=_summary(names, rows),
        names=list(names),
        series=series,
        scale=[_number(top), "" if top % 2 else _number(top // 2), "0"],
        # The first, the middle and the last; with fewer columns as many as there are.
        times=[times[place] for place in sorted({0, (len(times) - 1) // 2, len(times) - 1})],
    )


def _number(figure: int) -> str:
    return number_format(figure, force_grouping=True)


def _format_figures(names: Sequence[str], figures: Sequence[int]) -> str:
    return ", ".join(
        f"{name}: {_number(figure)}" for name, figure in zip(names, figures, strict=True)
    )


def _summary(names: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> str:
    """The chart in one sentence: its first and last time, and the highest column."""
    time, figures = max(rows, key=lambda row: row[1][0])
    return _("From %(first)s to %(last)s. Highest: %(time)s (%(figures)s).") % {
        "first": rows[0][0],
        "last": rows[-1][0],
        "time": time,
        "figures": _format_figures(names, figures),
    }


def _top_of_scale(most: int) -> int:
    """The smallest of 1, 2, 4, 5, 6, 8, 10, 20, … that is not below `most`."""
    power = 1
    while True:
        for first in (1, 2, 4, 5, 6, 8):
            if first * power >= most:
                return first * power
        power *= 10
