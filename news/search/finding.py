"""Finds the articles and files that match a query, and ranks them.

One statement of bounded cost, however many hits there are: at most a fixed number of the newest
are read, and of the better ones (ADR 0006).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import QueryCanceled

from news.models import Category
from news.search.query import Query

MAX_HITS = 1000
"""Hits are counted and shown up to this number."""
RANKED = 100
"""How many of the newest hits are ranked; the others follow by date."""
RANKED_BETTER = 60
"""How many hits of each better kind are ranked as well, however old they are."""
ENOUGH_HITS = 20
"""With fewer hits the last word is also searched as the beginning of a longer one."""
TIMEOUT = timedelta(milliseconds=800)

# What is added to the rank of a hit, which is at most 0.8 (a text with all words in its title), and
# to its newness. So a text that spells the words as typed nearly always comes before one that does
# not. Of two that are alike in this, one with the words side by side, as the syllables of one word
# are, comes before one with the words apart, even in its title.
_POINTS = {"as_written": 2.4, "side_by_side": 1.2, "in_title": 0.3}
_SIDE_BY_SIDE_IN_TITLE = 0.6
# A file, the body, the summary, the title.
_WEIGHTS = "{0.04, 0.1, 0.4, 1.0}"
# A new text gains so much over one that is very old; half of it is lost within so many days.
_NEWNESS = 0.15
_NEWNESS_HALVED = 365

_Value = str | datetime | list[str] | None


class SearchTooSlowError(Exception):
    """The statement timeout cancelled the search."""


@dataclass(frozen=True)
class Filters:
    """Below which category and from which days (both included) hits must be."""

    category: Category | None = None
    since: date | None = None
    until: date | None = None
    newest_first: bool = False


@dataclass(frozen=True)
class Found:
    """Ids of the articles found, in the order to show.

    Args:
        files: ids of the attachments that matched, by article.
        is_capped: there are more hits than were counted.
    """

    articles: list[int] = field(default_factory=list)
    files: dict[int, list[int]] = field(default_factory=dict)
    is_capped: bool = False

    @property
    def total(self) -> int:
        return len(self.articles)


@contextmanager
def time_limit() -> Iterator[None]:
    """Limit the time of each statement of a search; raise SearchTooSlowError beyond it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                # A reader waits for no lock for long; this transaction is no work on anything.
                "SELECT set_config('statement_timeout', %s, true), set_config('jit', 'off', true), "
                "set_config('lock_timeout', '250ms', true)",
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
    sql, params = _search_sql(query, filters, at)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        hits, articles_of_hits, articles_of_files, files_of_hits = cursor.fetchone()
    articles = dict.fromkeys(articles_of_hits or [])
    files: dict[int, list[int]] = {}
    for article, file in zip(articles_of_files or [], files_of_hits or [], strict=True):
        files.setdefault(article, []).append(file)
    return Found(list(articles)[:MAX_HITS], files, max(hits, len(articles)) > MAX_HITS)


def _search_sql(query: Query, filters: Filters, at: datetime) -> tuple[str, dict[str, _Value]]:
    """Return the statement of a search and its parameters.

    The table `complete_words` has the newest hits of the words as they are, `last_word_as_prefix`
    those of a longer last word, and `ranked` the newest and the better hits, which get a score.
    """
    params: dict[str, _Value] = {
        "labels": _labels_within(filters, at),
        "at": at,
        "since": _midnight(filters.since) if filters.since else None,
        "until": _midnight(filters.until + timedelta(days=1)) if filters.until else None,
        "complete_words": query.anywhere(),
    }
    parts = [_newest_hits("complete_words", MAX_HITS + 1)]
    chosen = ["complete_words"]
    if last_word_as_prefix := query.last_word_as_prefix():
        params["last_word_as_prefix"] = last_word_as_prefix
        # A single letter is seldom a complete word, so there it is always a prefix.
        enough = MAX_HITS + 1 if query.ends_in_single_letter else ENOUGH_HITS
        condition = f"NOT EXISTS (SELECT FROM complete_words OFFSET {enough - 1})"
        parts.append(_newest_hits("last_word_as_prefix", MAX_HITS + 1, condition))
        chosen.append("last_word_as_prefix")
    score = "0"
    if not filters.newest_first:
        better = _better_hits(query)
        for name, keys in better.items():
            params[name] = keys
            # A single hit needs no ranking.
            condition = "EXISTS (SELECT FROM complete_words OFFSET 1)"
            parts.append(_newest_hits(name, RANKED_BETTER, condition))
        newest = f"(SELECT id FROM complete_words LIMIT {RANKED})"  # noqa: S608
        parts.append(f"ranked AS MATERIALIZED ({_union([*better], newest)})")
        chosen.append("ranked")
        score = _score(better)
        params |= {"any_word": query.any_word(), "phrase": f" {' '.join(query.folded)} "}
    order = "ORDER BY score DESC, published_at DESC, article_id DESC, id DESC"
    sql = (
        f"WITH {', '.join(parts)}, scored AS MATERIALIZED ("  # noqa: S608
        f"SELECT id, article_id, attachment_id, published_at, {score} AS score"
        # By an array the rows are always fetched one by one; of a subquery the planner does not
        # know how short it is.
        f" FROM news_searchentry WHERE id = ANY(ARRAY({_union(chosen)})))"
        f" SELECT (SELECT count(*) FROM complete_words), array_agg(article_id {order}),"
        f" array_agg(article_id {order}) FILTER (WHERE attachment_id IS NOT NULL),"
        f" array_agg(attachment_id {order}) FILTER (WHERE attachment_id IS NOT NULL) FROM scored"
    )
    return sql, params


def _newest_hits(name: str, most: int, condition: str = "true") -> str:
    """The table of the newest hits of the keys in the parameter of the same name."""
    return (
        f"{name} AS MATERIALIZED (SELECT news_search_newest(%({name})s::tsquery,"
        " %(labels)s::text[]::tsquery[], %(at)s, %(since)s, %(until)s,"
        f" {most}) AS id WHERE {condition})"
    )


def _union(tables: list[str], first: str = "") -> str:
    selects = [f"SELECT id FROM {table}" for table in tables]  # noqa: S608
    return " UNION ".join([first, *selects] if first else selects)


def _better_hits(query: Query) -> dict[str, str]:
    """The keys of each kind of better hit."""
    keys = {
        "as_written": query.as_written(),
        "in_title": query.in_title(),
        "side_by_side": query.side_by_side(),
    }
    return {name: tsquery for name, tsquery in keys.items() if tsquery}


def _score(better: Iterable[str]) -> str:
    """The score of a ranked hit; -1 for the others, which follow by date."""
    points = "".join(
        f" + CASE WHEN id IN (SELECT id FROM {name}) THEN {_POINTS[name]} ELSE 0 END"  # noqa: S608
        for name in better
    )
    return (
        "CASE WHEN id IN (SELECT id FROM ranked) THEN"  # noqa: S608
        f" ts_rank('{_WEIGHTS}', words, %(any_word)s::tsquery){points}"
        f" + CASE WHEN strpos(title_key, %(phrase)s) > 0 THEN {_SIDE_BY_SIDE_IN_TITLE} ELSE 0 END"
        f" + {_NEWNESS} * power(0.5, extract(epoch FROM %(at)s - published_at)"
        f" / 86400 / {_NEWNESS_HALVED}) ELSE -1 END"
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def _labels_within(filters: Filters, at: datetime) -> list[str]:
    """For each period to ask, the labels of its months and of the category."""
    category = f"'#{filters.category.pk}'" if filters.category else ""
    return [" & ".join(filter(None, (period, category))) for period in _periods(filters, at)]


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


# The first month with labels in a query; older articles are found only without days.
_EARLIEST = 1900 * 12
# Months. Common words are common in the last three too; the longest period before all time is three
# years.
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
