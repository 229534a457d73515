"""Write a batch of counted page views to the database, and delete what has expired.

A batch is written in one transaction, together with its number (`Writer`): if the answer to COMMIT
is lost and the batch is sent again, it is found to be written and nothing is added twice.

Several processes write at the same time. To rule out deadlocks, every transaction locks rows in the
same order: its own `Writer`, then `Presence`, `DailyTotal`, `DailyArticleViews`,
`HourlyArticleViews` and `ArticleViews`, and within a table in the order of the key. Deleting an
article locks the last three tables in this order too: Django deletes related rows in the order of
`stats/models.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from news.models import Article
from news.transactions import retry_on_deadlock
from ratings.models import SCORES, RatingSummary
from stats import recording
from stats.batch import Batch
from stats.figures import Figures, read_figures
from stats.models import HourlyArticleViews, Presence, Writer

# The list “24 hours” needs 24; the rest is a margin.
HOURS_KEPT = timedelta(hours=48)
# No batch is retried after so long.
WRITERS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class ArticleFigures:
    """The figures on the page of an article; `rating` is `RatingSummary.as_json`."""

    views: int
    rating: dict[str, object]


@retry_on_deadlock
def write_batch(batch: Batch, writer: uuid.UUID) -> tuple[Figures, dict[int, ArticleFigures]]:
    """Add a batch to the tables. Writing the same batch again adds nothing.

    Args:
        batch: what was counted.
        writer: the process that counted it; the numbers of its batches rise.

    Returns:
        The figures of the site after the batch, and those of the articles in it.

    Raises:
        django.db.Error: all or nothing was written; call again with the same batch.
    """
    now = timezone.now()
    articles = _readable_articles(batch, now)
    with transaction.atomic():
        if _claim_batch(writer, batch.number, now):
            new_visits = _update_presence(batch, articles)
            sums = batch.sums(new_visits, articles)
            _add_daily_totals(sums.totals)
            _add_article_views(sums.article_views)
    return read_figures(now), _article_figures(articles)


def _readable_articles(batch: Batch, now: datetime) -> set[int]:
    """The articles of a batch that exist and are public; a visitor may send any number."""
    sent = {seen.article for seen in batch.seen.values()}
    sent |= {article for article, _hour in batch.counted.article_views}
    return set(Article.objects.readable(now).filter(pk__in=sent).values_list("pk", flat=True))


_CLAIM_BATCH = """
INSERT INTO stats_writer AS w (id, batch, written_at) VALUES (%s, %s, %s)
ON CONFLICT (id) DO UPDATE SET batch = EXCLUDED.batch, written_at = EXCLUDED.written_at
WHERE w.batch < EXCLUDED.batch
"""


def _claim_batch(writer: uuid.UUID, number: int, now: datetime) -> bool:
    """Note the number of the batch; False if this batch has been written already."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_BATCH, [writer, number, now])
        return cursor.rowcount == 1


# A key that was not seen for the length of a visit begins another one, counted by this batch.
_UPDATE_PRESENCE = """
WITH present AS (
    INSERT INTO stats_presence AS p (key, kind, arrived_at, last_seen_at, counted_in)
    SELECT key, kind, to_timestamp(first_at), to_timestamp(last_at), %s
    FROM unnest(%s::uuid[], %s::smallint[], %s::float8[], %s::float8[])
        AS seen (key, kind, first_at, last_at)
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        last_seen_at = greatest(p.last_seen_at, EXCLUDED.last_seen_at),
        arrived_at = CASE WHEN EXCLUDED.arrived_at >= p.last_seen_at + make_interval(secs => %s)
            THEN EXCLUDED.arrived_at ELSE p.arrived_at END,
        counted_in = CASE WHEN EXCLUDED.arrived_at >= p.last_seen_at + make_interval(secs => %s)
            THEN EXCLUDED.counted_in ELSE p.counted_in END
    RETURNING key, counted_in
)
SELECT key FROM present WHERE counted_in = %s
"""


def _update_presence(batch: Batch, articles: Container[int]) -> list[bytes]:
    """Record who was seen; return the keys whose first page view began a visit."""
    seen = [
        (key.hex(), int(seen.kind), seen.first_at, seen.last_at)
        for key, seen in batch.seen.items()
        if not seen.article or seen.article in articles
    ]
    visit_seconds = recording.VISIT.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE_PRESENCE,
            [batch.id, *_columns(seen, 4), visit_seconds, visit_seconds, batch.id],
        )
        return [key.bytes for (key,) in cursor.fetchall()]


_ADD_DAILY_TOTALS = """
INSERT INTO stats_dailytotal AS t (day, visits, page_views, bot_visits, bot_page_views)
SELECT * FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
ORDER BY 1
ON CONFLICT (day) DO UPDATE SET
    visits = t.visits + EXCLUDED.visits,
    page_views = t.page_views + EXCLUDED.page_views,
    bot_visits = t.bot_visits + EXCLUDED.bot_visits,
    bot_page_views = t.bot_page_views + EXCLUDED.bot_page_views
"""

_ADD_DAILY_ARTICLE_VIEWS = """
INSERT INTO stats_dailyarticleviews AS v (article_id, day, views, bot_views)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[]) ORDER BY 1, 2
ON CONFLICT (article_id, day) DO UPDATE SET
    views = v.views + EXCLUDED.views, bot_views = v.bot_views + EXCLUDED.bot_views
"""

_ADD_HOURLY_ARTICLE_VIEWS = """
INSERT INTO stats_hourlyarticleviews AS v (article_id, hour, views)
SELECT article, to_timestamp(hour), views
FROM unnest(%s::bigint[], %s::float8[], %s::bigint[]) AS added (article, hour, views)
ORDER BY 1, 2
ON CONFLICT (article_id, hour) DO UPDATE SET views = v.views + EXCLUDED.views
"""

_ADD_ARTICLE_VIEWS = """
INSERT INTO stats_articleviews AS v (article_id, opening_balance, views)
SELECT article, 0, views FROM unnest(%s::bigint[], %s::bigint[]) AS added (article, views)
ORDER BY 1
ON CONFLICT (article_id) DO UPDATE SET views = v.views + EXCLUDED.views
"""


def _add_daily_totals(totals: dict[date, list[int]]) -> None:
    rows = [(day, *counts) for day, counts in totals.items()]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_DAILY_TOTALS, _columns(rows, 5))


def _add_article_views(article_views: dict[tuple[int, int], list[int]]) -> None:
    """Add views by article and hour to the sums by day, by hour and in all."""
    by_day: dict[tuple[int, date], list[int]] = {}
    hourly = []
    in_all: dict[int, int] = {}
    for (article, hour), (views, bot_views) in article_views.items():
        day = by_day.setdefault((article, recording.day_of(hour)), [0, 0])
        day[0] += views
        day[1] += bot_views
        if views:
            hourly.append((article, float(hour), views))
            in_all[article] = in_all.get(article, 0) + views
    daily = [(article, day, *counts) for (article, day), counts in by_day.items()]
    with connection.cursor() as cursor:
        if daily:
            cursor.execute(_ADD_DAILY_ARTICLE_VIEWS, _columns(daily, 4))
        if hourly:
            cursor.execute(_ADD_HOURLY_ARTICLE_VIEWS, _columns(hourly, 3))
            cursor.execute(_ADD_ARTICLE_VIEWS, _columns(in_all.items(), 2))


def _columns(rows: Iterable[tuple[object, ...]], count: int) -> list[list[object]]:
    """The `count` columns of some rows: one array each, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]


def _article_figures(articles: Iterable[int]) -> dict[int, ArticleFigures]:
    rows = Article.objects.filter(pk__in=articles).values_list(
        "pk",
        "article_views__opening_balance",
        "article_views__views",
        *(f"rating_summary__stars_{score}" for score, _name in SCORES),
    )
    return {
        pk: ArticleFigures(
            (opening_balance or 0) + (views or 0), RatingSummary.from_stars(stars).as_json
        )
        for pk, opening_balance, views, *stars in rows
    }


# ARRAY(…) is evaluated once; a subquery after IN might be for each row, and exceed the limit.
_DELETE_ABSENT = """
DELETE FROM stats_presence WHERE key = ANY (ARRAY(
    SELECT key FROM stats_presence WHERE last_seen_at < %s
    ORDER BY key LIMIT 50000 FOR UPDATE SKIP LOCKED
))
"""


@retry_on_deadlock
@transaction.atomic
def delete_expired(now: datetime | None = None) -> bool:
    """Delete the keys of visits that have ended, and old hours and writers.

    A transaction: its statements may take longer than those of a page for readers.

    Returns:
        Whether any key is left to be deleted later.
    """
    now = now or timezone.now()
    with connection.cursor() as cursor:
        # A row locked by a batch of another process is skipped: it is about to be renewed.
        cursor.execute(_DELETE_ABSENT, [now - recording.VISIT])
    oldest = HourlyArticleViews.objects.aggregate(hour=Min("hour"))["hour"]
    if oldest and oldest < now - HOURS_KEPT:
        HourlyArticleViews.objects.filter(hour__lt=now - HOURS_KEPT).delete()
    Writer.objects.filter(written_at__lt=now - WRITERS_KEPT).delete()
    return Presence.objects.exists()
