"""The chart of columns: its scale, its words, and that it is drawn at all."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from stats.charts import HEIGHT, column_chart


def _chart(*figures: int) -> object:
    return column_chart(
        "Lượt xem", ["Lượt xem"], [(f"ngày {n}", [f]) for n, f in enumerate(figures)]
    )


@pytest.mark.parametrize(
    ("most", "top"),
    [
        (1, "1"),
        (2, "2"),
        (3, "4"),
        (7, "8"),
        (9, "10"),
        (101, "200"),
        (401, "500"),
        (1001, "2.000"),
    ],
)
def test_the_scale_ends_at_a_round_number(most: int, top: str) -> None:
    chart = column_chart("Lượt xem", ["Lượt xem"], [("1", [most])])
    assert chart is not None
    assert chart.scale[0] == top


def test_nothing_is_drawn_of_no_rows_or_of_zeros() -> None:
    assert _chart() is None
    assert _chart(0, 0) is None


def test_the_highest_column_reaches_its_share_of_the_height() -> None:
    chart = column_chart("Lượt xem", ["a", "b"], [("1", [10, 5]), ("2", [0, 0])])
    assert chart is not None
    assert [[c.height for c in series] for series in chart.series] == [
        [f"{HEIGHT:.2f}"],
        [f"{HEIGHT / 2:.2f}"],
    ]


def test_a_chart_tells_its_range_and_its_highest_point_in_words() -> None:
    chart = column_chart(
        "Lượt xem", ["Xem"], [("01/11", [5]), ("02/11", [3750188]), ("03/11", [0])]
    )
    assert chart is not None
    html = render_to_string("stats/chart.html", {"chart": chart})
    label = re.search(r'aria-label="([^"]+)"', html)
    assert label is not None
    for words in ("01/11", "03/11", "02/11", "3.750.188"):
        assert words in label[1]


def test_the_drawing_has_no_inline_style_and_no_decimal_comma() -> None:
    chart = column_chart("Lượt xem", ["a", "b"], [(str(n), [n * 7, n]) for n in range(1, 400)])
    html = render_to_string("stats/chart.html", {"chart": chart})
    assert "style" not in html
    numbers = re.findall(r' (?:x|y|width|height|viewBox)="([^"]*)"', html)
    assert len(numbers) > 3000
    assert not [number for number in numbers if not re.fullmatch(r"[0-9. ]+", number)]


def test_words_of_a_chart_are_escaped() -> None:
    chart = column_chart("<b>", ["<i>"], [('"><script>', [1])])
    html = render_to_string("stats/chart.html", {"chart": chart})
    assert "<script" not in html
    assert "<i>" not in html
