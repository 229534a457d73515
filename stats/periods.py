"""Periods of days, and their parts: days, weeks from Monday, months and years. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stats.charts import MOST_COLUMNS

# No site that is taken over is older, and the period before this day still has dates.
EARLIEST = date(2000, 1, 1)


class Unit(TextChoices):
    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


def _last_day(day: date, unit: str) -> date:
    """The last day of the week, month or year of a day."""
    if unit == Unit.WEEK:
        return day + timedelta(days=6 - day.weekday())
    if unit == Unit.MONTH:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day.replace(month=12, day=31) if unit == Unit.YEAR else day


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """The same number of days just before this period."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def parts(self, unit: str) -> Iterator[Part]:
        """The period cut into days, weeks, months or years, the earliest first."""
        first = self.first
        while first <= self.last:
            whole = _last_day(first, unit)
            yield Part(first, min(whole, self.last), unit)
            first = whole + timedelta(days=1)


@dataclass(frozen=True)
class Part(Period):
    """A day, week, month or year, or the part of one that lies in a longer period."""

    unit: str

    def __str__(self) -> str:
        if self.unit == Unit.DAY:
            return f"{self.first:%d/%m/%Y}"
        names = {"month": f"{self.first:%m/%Y}", "year": f"{self.first:%Y}"}
        name = names.get(self.unit, "")
        begins = self.first.day == 1 and (self.unit == Unit.MONTH or self.first.month == 1)
        if name and begins and self.last == _last_day(self.first, self.unit):
            return name
        days = _format_days(self.first, self.last, with_year=not name)
        return f"{name} ({days})" if name else days


def _format_days(first: date, last: date, *, with_year: bool) -> str:
    end = "%d/%m/%Y" if with_year else "%d/%m"
    if first == last:
        return f"{last:{end}}"
    return f"{first:{end if first.year != last.year else '%d/%m'}}–{last:{end}}"


def last_days(days: int, today: date) -> Period:
    """The last `days` days, today included."""
    return Period(today - timedelta(days=days - 1), today)


def quick_choices(today: date) -> list[tuple[str | Promise, Period]]:
    """The periods offered as links, with their names."""
    return [
        (_("Today"), Period(today, today)),
        (_("7 days"), last_days(7, today)),
        (_("30 days"), last_days(30, today)),
        (_("This month"), Period(today.replace(day=1), today)),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
    ]


def chart_unit(period: Period, unit: str) -> str:
    """The unit of a chart of the period: longer than `unit` if it had too many columns."""
    days = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.YEAR: 365}
    for longer in Unit:
        if days[longer] >= days[Unit(unit)] and period.days / days[longer] <= MOST_COLUMNS:
            return longer
    return Unit.YEAR


def percent_change(now: int, before: int) -> float | None:
    """The change of a figure in per cent; None if it was 0 before."""
    return (now - before) * 100 / before if before else None
