"""The figures that every page shows: visits in all, today, yesterday, this month, and online."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from stats.recording import ONLINE


@dataclass(frozen=True)
class Figures:
    """Visits of people, and how many people are here."""

    day: date
    total: int
    online: int
    today: int
    yesterday: int
    month: int


# The figures, from `book` (day, visits) and `here` (online): what the tables hold, or, while a
# batch is being written, what they will hold in a moment.
COLUMNS = """
    'total', coalesce((SELECT figure FROM stats_openingbalance), 0)
        + coalesce((SELECT sum(visits) FROM book WHERE day >= coalesce(
            (SELECT since FROM stats_openingbalance), '-infinity')), 0),
    'today', coalesce((SELECT visits FROM book WHERE day = %(today)s), 0),
    'yesterday', coalesce((SELECT visits FROM book WHERE day = %(yesterday)s), 0),
    'month', coalesce((SELECT sum(visits) FROM book
        WHERE day BETWEEN %(month)s AND %(today)s), 0),
    'online', (SELECT online FROM here)
"""

_READ = f"""
WITH book AS (SELECT day, visits FROM stats_dailytotal),
here AS (
    SELECT count(*) AS online FROM stats_presence
    WHERE kind = 1 AND last_seen_at > %(online_since)s
)
SELECT json_build_object({COLUMNS})
"""  # noqa: S608 – constants of ours
# The same for whoever reads the figures along with other things, by parameters in this order.
PART = re.sub(r"%\(\w+\)s", "%s", _READ)
PARAMETERS = re.findall(r"%\((\w+)\)s", _READ)


def moments(now: datetime) -> dict[str, Any]:
    """The parameters that COLUMNS and `here` need."""
    today = timezone.localdate(now)
    return {
        "now": now,
        "today": today,
        "yesterday": today - timedelta(days=1),
        "month": today.replace(day=1),
        "online_since": now - ONLINE,
    }


def of(row: dict[str, Any], now: datetime) -> Figures:
    """Make the figures of what COLUMNS gave."""
    return Figures(
        day=timezone.localdate(now),
        **{name: int(row[name]) for name in ("total", "online", "today", "yesterday", "month")},
    )


def read(now: datetime | None = None) -> Figures:
    """Read the figures as they are at the moment `now`; one statement."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({_READ})::text", moments(now))
        return of(json.loads(cursor.fetchone()[0]), now)
