"""Periods and their parts: days, weeks from Monday, months and years of Việt Nam."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from stats.charts import MOST_COLUMNS
from stats.models import DailyTotal
from stats.periods import (
    Period,
    Unit,
    chart_unit,
    last_days,
    percent_change,
    quick_choices,
)
from stats.reports import visit_report


def parts(first: date, last: date, unit: str) -> list[str]:
    return [str(part) for part in Period(first, last).parts(unit)]


@pytest.mark.parametrize(
    ("unit", "first", "last", "expected"),
    [
        # 1 January 2026 is a Thursday: its week begins in December.
        (
            "week",
            date(2025, 12, 29),
            date(2026, 1, 11),
            ["29/12/2025–04/01/2026", "05/01–11/01/2026"],
        ),
        # A Sunday ends one week, a Monday begins the next.
        ("week", date(2026, 11, 22), date(2026, 11, 23), ["22/11/2026", "23/11/2026"]),
        ("week", date(2026, 11, 23), date(2026, 11, 29), ["23/11–29/11/2026"]),
        (
            "month",
            date(2025, 12, 31),
            date(2026, 3, 1),
            ["12/2025 (31/12)", "01/2026", "02/2026", "03/2026 (01/03)"],
        ),
        ("month", date(2028, 2, 1), date(2028, 2, 29), ["02/2028"]),
        ("month", date(2028, 2, 1), date(2028, 2, 28), ["02/2028 (01/02–28/02)"]),
        (
            "year",
            date(2024, 12, 31),
            date(2026, 1, 1),
            ["2024 (31/12)", "2025", "2026 (01/01)"],
        ),
        ("day", date(2026, 2, 28), date(2026, 3, 1), ["28/02/2026", "01/03/2026"]),
        ("year", date(2025, 1, 1), date(2025, 12, 31), ["2025"]),
    ],
)
def test_a_period_is_cut_at_mondays_first_days_of_months_and_new_years(
    unit: str, first: date, last: date, expected: list[str]
) -> None:
    assert parts(first, last, unit) == expected


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("days", [1, 2, 8, 59, 366, 1000])
def test_the_parts_of_a_period_follow_each_other_and_fill_it(unit: str, days: int) -> None:
    period = Period(date(2024, 2, 27), date(2024, 2, 27) + timedelta(days=days - 1))
    found = list(period.parts(unit))
    assert found[0].first == period.first
    assert found[-1].last == period.last
    for one, following in pairwise(found):
        assert following.first == one.last + timedelta(days=1)
    assert sum(part.days for part in found) == period.days == days


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before == Period(
        date(2026, 1, 29), date(2026, 2, 28)
    )
    assert Period(date(2026, 1, 1), date(2026, 1, 1)).before == Period(
        date(2025, 12, 31), date(2025, 12, 31)
    )


def test_quick_choices_end_today() -> None:
    found = [(p.first, p.last) for _name, p in quick_choices(date(2026, 11, 22))]
    today = date(2026, 11, 22)
    assert found == [
        (today, today),
        (date(2026, 11, 16), today),
        (date(2026, 10, 24), today),
        (date(2026, 11, 1), today),
        (date(2026, 1, 1), today),
    ]


@pytest.mark.parametrize(
    ("days", "unit", "drawn"),
    [
        (30, "day", "day"),
        (400, "day", "day"),
        (401, "day", "week"),
        (3000, "week", "month"),
        (9800, "day", "month"),
        (9800, "year", "year"),
        (7, "year", "year"),
    ],
)
def test_a_chart_of_a_long_period_takes_longer_steps(days: int, unit: str, drawn: str) -> None:
    period = last_days(days, date(2026, 11, 22))
    assert chart_unit(period, unit) == drawn
    assert len(list(period.parts(drawn))) <= MOST_COLUMNS + 2


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(110, 100, 10.0), (50, 100, -50.0), (0, 4, -100.0), (5, 0, None), (0, 0, None)],
)
def test_a_change_is_told_in_per_cent_of_what_was(
    now: int, before: int, expected: float | None
) -> None:
    assert percent_change(now, before) == expected


@pytest.mark.django_db
def test_every_day_is_counted_in_its_week_and_once_alone() -> None:
    for n in range(21):
        DailyTotal.objects.create(day=date(2025, 12, 22) + timedelta(days=n), visits=10**n % 97)
    report = visit_report(Period(date(2025, 12, 25), date(2026, 1, 8)), "week")
    by_day = {row.day: row.visits for row in DailyTotal.objects.all()}
    assert [row.figures[0] for row in report.rows] == [
        sum(by_day[row.part.first + timedelta(days=n)] for n in range(row.part.days))
        for row in report.rows
    ]
    assert sum(row.figures[0] for row in report.rows) == report.totals[0]
    assert [str(row.part) for row in report.rows] == [
        "25/12–28/12/2025",
        "29/12/2025–04/01/2026",
        "05/01–08/01/2026",
    ]


@pytest.mark.django_db
def test_days_that_nobody_counted_are_noughts() -> None:
    DailyTotal.objects.create(day=date(2026, 11, 1), visits=3)
    report = visit_report(Period(date(2026, 11, 1), date(2026, 11, 3)), "day")
    assert [row.figures[0] for row in report.rows] == [3, 0, 0]
    assert report.counted_since == date(2026, 11, 1)
