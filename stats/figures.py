"""The figures that every page shows: visits in all, today, yesterday, this month, and online."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from stats.recording import ONLINE


@dataclass(frozen=True)
class Figures:
    """Visits of people, and how many people are online."""

    day: date
    total: int
    online: int
    today: int
    yesterday: int
    month: int


# One JSON object. Read by itself below, and as one column of the frame (`portal/frame.py`).
SQL = """
SELECT json_build_object(
    'total', coalesce((SELECT figure FROM stats_openingbalance), 0) + coalesce((
        SELECT sum(visits) FROM stats_dailytotal WHERE day >= coalesce(
            (SELECT since FROM stats_openingbalance), '-infinity')), 0),
    'today', coalesce((SELECT visits FROM stats_dailytotal WHERE day = %s), 0),
    'yesterday', coalesce((SELECT visits FROM stats_dailytotal WHERE day = %s), 0),
    'month', coalesce((SELECT sum(visits) FROM stats_dailytotal WHERE day BETWEEN %s AND %s), 0),
    'online', (SELECT count(*) FROM stats_presence WHERE kind = 1 AND last_seen_at > %s)
)
"""


def sql_parameters(now: datetime) -> list[date | datetime]:
    """The parameters of `SQL` for the moment `now`."""
    today = timezone.localdate(now)
    return [today, today - timedelta(days=1), today.replace(day=1), today, now - ONLINE]


def figures_from_json(row: dict[str, int], now: datetime) -> Figures:
    """The figures that `SQL` returned for the moment `now`."""
    return Figures(
        day=timezone.localdate(now),
        **{name: int(row[name]) for name in ("total", "online", "today", "yesterday", "month")},
    )


def read_figures(now: datetime | None = None) -> Figures:
    """Read the figures of the moment `now` (default: the current time); one statement."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({SQL})::text", sql_parameters(now))
        return figures_from_json(json.loads(cursor.fetchone()[0]), now)
