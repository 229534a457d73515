"""Columns over time as an SVG drawn here: no script, no inline style, nothing to fetch.

`templates/stats/chart.html` shows it, `stats/static/stats/chart.css` colours it. Every figure of a
chart stands in a table beside it as well: that is its text for whoever cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# The drawing is stretched to the room there is; its words stand outside it and are not.
WIDTH, HEIGHT = 1000, 200
# More columns than this are narrower than a dot of a telephone: see `reports.drawn_unit`.
MOST_COLUMNS = 400


@dataclass(frozen=True)
class Column:
    """One figure: where it is drawn, as SVG reads numbers, and what it says when pointed at."""

    x: str
    y: str
    width: str
    height: str
    words: str


@dataclass(frozen=True)
class Chart:
    """Series of columns over the same times, those of the first series behind the others."""

    title: str
    summary: str
    names: list[str]
    series: list[list[Column]]
    scale: list[str]
    times: list[str]
    width: int = WIDTH
    height: int = HEIGHT


def column_chart(
    title: str, names: Sequence[Any], rows: Sequence[tuple[str, Sequence[int]]]
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
    top = _round_up(most)
    step = WIDTH / len(rows)
    # A gap as long as columns are wide enough to have one.
    width = step * 0.8 if len(rows) <= 130 else step
    series: list[list[Column]] = [
        [
            Column(
                x=f"{place * step + (step - width) / 2:.2f}",
                y=f"{HEIGHT - figures[number] / top * HEIGHT:.2f}",
                width=f"{width:.2f}",
                height=f"{figures[number] / top * HEIGHT:.2f}",
                words=f"{time} – {_said(names, figures)}",
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
        names=[str(name) for name in names],
        series=series,
        scale=[_number(top), "" if top % 2 else _number(top // 2), "0"],
        # The first, the middle and the last; with fewer columns as many as there are.
        times=[times[place] for place in sorted({0, (len(times) - 1) // 2, len(times) - 1})],
    )


def _number(figure: int) -> str:
    return number_format(figure, force_grouping=True)


def _said(names: Sequence[Any], figures: Sequence[int]) -> str:
    return ", ".join(
        f"{name}: {_number(figure)}" for name, figure in zip(names, figures, strict=True)
    )


def _summary(names: Sequence[Any], rows: Sequence[tuple[str, Sequence[int]]]) -> str:
    """What the eye takes from the chart, in a sentence."""
    time, figures = max(rows, key=lambda row: row[1][0])
    return _("From %(first)s to %(last)s. Highest: %(time)s (%(figures)s).") % {
        "first": rows[0][0],
        "last": rows[-1][0],
        "time": time,
        "figures": _said(names, figures),
    }


def _round_up(most: int) -> int:
    """The top of the scale: 1, 2, 4, 5, 6 or 8 with zeros behind it."""
    power = 1
    while True:
        for first in (1, 2, 4, 5, 6, 8):
            if first * power >= most:
                return first * power
        power *= 10
