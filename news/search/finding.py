"""Finds and ranks: which articles a query matches, in which order, and in which of their files.

One statement of bounded cost, however many hits there are: at most a fixed number of the newest
are read, and of the better ones. ADR 0006 tells how.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import QueryCanceled

from news.models import Category
from news.search.query import Query

MOST = 1000
"""Hits are counted up to here; further pages than these have are not offered."""
RANKED = 100
"""So many of the newest hits are ranked, the others follow by date."""
RANKED_BETTER = 60
"""And so many, for each kind of better hit, that are older than those."""
FEW = 20
"""With fewer hits than a page the last word is taken for the beginning of one too."""
TIMEOUT = timedelta(milliseconds=800)

# What a hit is worth, beside its rank (at most 0.8, of a text that has all words in its title) and
# its newness. So a text that spells the words as typed comes before every one that does not; of
# equals one in which they stand side by side, as the syllables of one word do, before one over
# which they are strewn, be it over the title.
_AS_WRITTEN = 2.4
_SIDE_BY_SIDE = 1.2
_IN_TITLE = 0.3
_SIDE_BY_SIDE_IN_TITLE = 0.6
# A file, the body, the summary, the title.
_WEIGHTS = "{0.04, 0.1, 0.4, 1.0}"
# A new text gains so much over one that is very old; half of it is lost within so many days.
_NEWNESS = 0.15
_NEWNESS_HALVED = 365


class SearchTooSlowError(Exception):
    """The database gave up; the words must be chosen more narrowly."""


@dataclass(frozen=True)
class Filters:
    """What else a hit must be: below a category, of certain days (both included)."""

    category: Category | None = None
    since: date | None = None
    until: date | None = None
    newest_first: bool = False


@dataclass(frozen=True)
class Found:
    """Articles in the order to show. `files` names the attachments that matched, by article.

    `is_capped` tells that there are more hits than were counted.
    """

    articles: list[int] = field(default_factory=list)
    files: dict[int, list[int]] = field(default_factory=dict)
    is_capped: bool = False

    @property
    def total(self) -> int:
        return len(self.articles)


@contextmanager
def time_limit() -> Iterator[None]:
    """Let no statement of a search run long.

    Raises SearchTooSlowError.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true), set_config('jit', 'off', true)",
                [str(int(TIMEOUT.total_seconds() * 1000))],
            )
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTooSlowError from error
        raise


def find_articles(query: Query, filters: Filters, at: datetime | None = None) -> Found:
    """Return what matches the query, at the moment `at` (now); one statement.

    To be called within `time_limit`.
    """
    at = at or timezone.now()
    if not _periods(filters, at):
        return Found()
    sql, params = _statement(query, filters, at)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        hits, articles_of_hits, articles_of_files, files_of_hits = cursor.fetchone()
    articles = dict.fromkeys(articles_of_hits or [])
    files: dict[int, list[int]] = {}
    for article, file in zip(articles_of_files or [], files_of_hits or [], strict=True):
        files.setdefault(article, []).append(file)
    return Found(list(articles)[:MOST], files, max(hits, len(articles)) > MOST)


def _statement(query: Query, filters: Filters, at: datetime) -> tuple[str, list[Any]]:
    """The statement of a search: the newest hits, older ones that promise more, and their order."""
    periods = _periods(filters, at)
    within = [
        [" & ".join(part for part in (period, _shelf(filters)) if part) for period in periods],
        at,
        _midnight(filters.since) if filters.since else None,
        _midnight(filters.until + timedelta(days=1)) if filters.until else None,
    ]
    parts = [f"whole AS MATERIALIZED (SELECT {_NEWEST} AS id)"]
    params: list[Any] = [query.anywhere(), *within, MOST + 1]
    every = "SELECT id FROM whole"
    if begun := query.begun():
        # A single letter is hardly meant to be a word.
        few = MOST + 1 if query.ends_in_a_letter else FEW
        parts.append(
            f"begun AS MATERIALIZED (SELECT {_NEWEST} AS id"  # noqa: S608
            f" WHERE NOT EXISTS (SELECT FROM whole OFFSET {few - 1}))"
        )
        params += [begun, *within, MOST + 1]
        every += " UNION SELECT id FROM begun"
    worth = "0"
    if not filters.newest_first:
        worth, more = "", []
        for name, keys, points in (
            ("as_written", query.as_written(), _AS_WRITTEN),
            ("in_title", query.in_title(), _IN_TITLE),
            ("beside", query.side_by_side(), _SIDE_BY_SIDE),
        ):
            if keys:
                # Of a set that is known whole, every better hit is wanted.
                parts.append(
                    f"{name} AS MATERIALIZED (SELECT {_NEWEST} AS id"  # noqa: S608
                    f" WHERE EXISTS (SELECT FROM whole OFFSET 1))"
                )
                params += [keys, *within, RANKED_BETTER]
                worth += f" + CASE WHEN id IN (SELECT id FROM {name}) THEN {points} ELSE 0 END"  # noqa: S608
                more.append(f"SELECT id FROM {name}")  # noqa: S608
        parts.append(
            f"ranked AS MATERIALIZED ((SELECT id FROM whole LIMIT {RANKED})"  # noqa: S608
            f" UNION {' UNION '.join(more)})"
        )
        every += " UNION SELECT id FROM ranked"
        worth = (
            "CASE WHEN id IN (SELECT id FROM ranked) THEN"  # noqa: S608
            f" ts_rank('{_WEIGHTS}', words, %s::tsquery){worth}"
            f" + CASE WHEN strpos(title_key, %s) > 0 THEN {_SIDE_BY_SIDE_IN_TITLE} ELSE 0 END"
            f" + {_NEWNESS} * power(0.5, extract(epoch FROM %s - published_at)"
            f" / 86400 / {_NEWNESS_HALVED}) ELSE -1 END"
        )
        params += [query.any_word(), f" {' '.join(query.folded)} ", at]
    order = "ORDER BY worth DESC, published_at DESC, article_id DESC, id DESC"
    sql = (
        f"WITH {', '.join(parts)}, scored AS MATERIALIZED ("  # noqa: S608
        f"SELECT id, article_id, attachment_id, published_at, {worth} AS worth"
        # By an array the rows are always fetched one by one; of a subquery the planner does not
        # know how short it is.
        f" FROM news_searchentry WHERE id = ANY(ARRAY({every})))"
        f" SELECT (SELECT count(*) FROM whole), array_agg(article_id {order}),"
        f" array_agg(article_id {order}) FILTER (WHERE attachment_id IS NOT NULL),"
        f" array_agg(attachment_id {order}) FILTER (WHERE attachment_id IS NOT NULL) FROM scored"
    )
    return sql, params


_NEWEST = "news_search_newest(%s::tsquery, %s::text[]::tsquery[], %s, %s, %s, %s)"


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def _shelf(filters: Filters) -> str:
    return f"'#{filters.category.pk}'" if filters.category else ""


def _periods(filters: Filters, at: datetime) -> list[str]:
    """Which years and months to ask for hits, the latest first, each holding the one before.

    The labels of `news_search_labels`, by months of UTC: a day at the end of a month of ours may
    lie in the next, so each period begins and ends a month further than it must.
    """
    last = min(at.date(), filters.until or at.date())
    first = filters.since
    until = last.year * 12 + last.month  # the month after the last, counted from the year 0
    since = first.year * 12 + first.month - 2 if first else _EARLIEST
    periods: list[str] = []
    if until < since:
        return periods
    for months in _PERIODS:
        if until - months <= since:
            break
        periods.append(_labels(until - months, until))
    periods.append(_labels(since, until) if first or filters.until else "")
    return periods


# Nothing on a web site is older; what claims to be is found where no days are asked for.
_EARLIEST = 1900 * 12
# Months. What is common is common in the last of them; the longest before all time is three years.
_PERIODS = (3, 12, 36)


def _labels(since: int, until: int) -> str:
    """Any of the months from `since` to `until`, counted from year 0; whole years by one label."""
    labels = []
    month = since
    while month <= until:
        if month % 12 == 0 and month + 11 <= until:
            labels.append(f"'@{month // 12}'")
            month += 12
        else:
            labels.append(f"'@{month // 12}-{month % 12 + 1}'")
            month += 1
    return f"({' | '.join(labels)})"
