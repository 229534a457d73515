"""One batch into the tables, in one statement.

Everything rests on PostgreSQL's data-modifying WITH: a batch is written whole or not at all, and
with it its number, so that a batch whose confirmation was lost on the way is not written again.
Rows are taken in the order of their keys, so that two processes wait for, and never block, each
other.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from news.models import Article
from ratings.models import RatingSummary
from stats import figures, recording
from stats.batch import Batch
from stats.figures import Figures
from stats.models import HourlyArticleViews, Presence, Writer

# “24 hours” reads 24 of them; the second day is for whoever looks a little later.
HOURS_KEPT = timedelta(hours=48)
# No batch is tried again after so long.
WRITERS_KEPT = timedelta(days=30)

_WRITE = """
WITH fresh AS (
    INSERT INTO stats_writer AS w (id, batch, written_at)
    VALUES (%(writer)s, %(number)s, %(now)s)
    ON CONFLICT (id) DO UPDATE SET batch = EXCLUDED.batch, written_at = EXCLUDED.written_at
        WHERE w.batch < EXCLUDED.batch
    RETURNING batch
), known AS (
    {readable}
), given AS (
    SELECT g.* FROM unnest(
        %(keys)s::uuid[], %(kinds)s::smallint[], %(articles)s::bigint[], %(days)s::date[],
        %(firsts)s::float8[], %(lasts)s::float8[]
    ) AS g (key, kind, article, day, first_at, last_at) CROSS JOIN fresh
    WHERE g.article = 0 OR g.article IN (SELECT id FROM known)
), present AS (
    INSERT INTO stats_presence AS p (key, kind, arrived_at, last_seen_at, counted_in)
    SELECT key, kind, to_timestamp(first_at), to_timestamp(last_at), %(batch)s
    FROM given ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        last_seen_at = greatest(p.last_seen_at, EXCLUDED.last_seen_at),
        arrived_at = CASE WHEN EXCLUDED.arrived_at >= p.last_seen_at + %(visit)s::interval
            THEN EXCLUDED.arrived_at ELSE p.arrived_at END,
        counted_in = CASE WHEN EXCLUDED.arrived_at >= p.last_seen_at + %(visit)s::interval
            THEN EXCLUDED.counted_in ELSE p.counted_in END
    RETURNING key, counted_in
), arrived AS (
    SELECT given.* FROM given JOIN present ON present.key = given.key
    WHERE present.counted_in = %(batch)s
), days AS (
    INSERT INTO stats_dailytotal AS t (day, visits, page_views, bot_visits, bot_page_views)
    SELECT day, sum(visits), sum(page_views), sum(bot_visits), sum(bot_page_views) FROM (
        SELECT day, (kind = 1)::int, 0, (kind = 2)::int, 0 FROM arrived WHERE kind IN (1, 2)
        UNION ALL
        SELECT s.* FROM unnest(
            %(total_days)s::date[], %(visits)s::bigint[], %(page_views)s::bigint[],
            %(bot_visits)s::bigint[], %(bot_page_views)s::bigint[]
        ) AS s CROSS JOIN fresh
    ) AS part (day, visits, page_views, bot_visits, bot_page_views)
    GROUP BY day ORDER BY day
    ON CONFLICT (day) DO UPDATE SET
        visits = t.visits + EXCLUDED.visits,
        page_views = t.page_views + EXCLUDED.page_views,
        bot_visits = t.bot_visits + EXCLUDED.bot_visits,
        bot_page_views = t.bot_page_views + EXCLUDED.bot_page_views
    RETURNING day, visits
), looked AS (
    SELECT article, hour, day, sum(views) AS views, sum(bot_views) AS bot_views FROM (
        SELECT article, date_trunc('hour', to_timestamp(first_at)), day, 1, 0
        FROM arrived WHERE kind = 3
        UNION ALL
        SELECT v.article, to_timestamp(v.hour), v.day, v.views, v.bot_views FROM unnest(
            %(view_articles)s::bigint[], %(view_hours)s::float8[], %(view_days)s::date[],
            %(views)s::bigint[], %(bot_views)s::bigint[]
        ) AS v (article, hour, day, views, bot_views) CROSS JOIN fresh
        WHERE v.article IN (SELECT id FROM known)
    ) AS part (article, hour, day, views, bot_views)
    GROUP BY article, hour, day
), counts AS (
    INSERT INTO stats_articleviews AS c (article_id, opening_balance, views)
    SELECT article, 0, sum(views) FROM looked GROUP BY article HAVING sum(views) > 0
    ORDER BY article
    ON CONFLICT (article_id) DO UPDATE SET views = c.views + EXCLUDED.views
    RETURNING article_id, opening_balance + views AS total
), daily AS (
    INSERT INTO stats_dailyarticleviews AS c (article_id, day, views, bot_views)
    SELECT article, day, sum(views), sum(bot_views) FROM looked GROUP BY article, day
    ORDER BY article, day
    ON CONFLICT (article_id, day) DO UPDATE SET
        views = c.views + EXCLUDED.views, bot_views = c.bot_views + EXCLUDED.bot_views
), hourly AS (
    INSERT INTO stats_hourlyarticleviews AS c (article_id, hour, views)
    SELECT article, hour, sum(views) FROM looked GROUP BY article, hour HAVING sum(views) > 0
    ORDER BY article, hour
    ON CONFLICT (article_id, hour) DO UPDATE SET views = c.views + EXCLUDED.views
), book AS (
    SELECT day, visits FROM stats_dailytotal WHERE day NOT IN (SELECT day FROM days)
    UNION ALL
    SELECT day, visits FROM days
), here AS (
    SELECT (
        SELECT count(*) FROM stats_presence
        WHERE kind = 1 AND last_seen_at > %(online_since)s
            AND key NOT IN (SELECT key FROM given)
    ) + (
        SELECT count(*) FROM given WHERE kind = 1 AND to_timestamp(last_at) > %(online_since)s
    ) AS online
)
SELECT json_build_object({columns}, 'articles', coalesce((
    SELECT json_agg(json_build_array(
        known.id,
        coalesce(counts.total, earlier.opening_balance + earlier.views, 0),
        summary.stars_1, summary.stars_2, summary.stars_3, summary.stars_4, summary.stars_5
    ))
    FROM known
    LEFT JOIN counts ON counts.article_id = known.id
    LEFT JOIN stats_articleviews earlier ON earlier.article_id = known.id
    LEFT JOIN ratings_ratingsummary summary ON summary.article_id = known.id
), '[]'))::text
"""


@dataclass(frozen=True)
class ArticleFigures:
    """What the page of an article shows of it; `rating` as `RatingSummary.told` gives it."""

    views: int
    rating: dict[str, Any]


def write(batch: Batch, writer: uuid.UUID) -> tuple[Figures, dict[int, ArticleFigures]]:
    """Write a batch, once however often this is called with it; one statement.

    Args:
        batch: what was counted.
        writer: the process that counted it; its batches bear rising numbers.

    Returns:
        The figures after the batch, and those of its articles.

    Raises:
        django.db.Error: nothing, or everything, was written; call again with the same batch.
    """
    now = timezone.now()
    ids = {seen.article for seen in batch.seen.values()} | {article for article, _ in batch.views}
    readable, params = (
        Article.objects.readable(now)
        .filter(pk__in=ids | {0})
        .order_by()
        .values("id")
        .query.sql_with_params()
    )
    named = {f"readable_{n}": param for n, param in enumerate(params)}
    statement = _WRITE.format(
        readable=readable % tuple(f"%({name})s" for name in named), columns=figures.COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "writer": writer,
                "number": batch.number,
                "batch": batch.id,
                "visit": f"{recording.VISIT.total_seconds()} s",
                **figures.moments(now),
                **named,
                **_columns(batch),
            },
        )
        row = json.loads(cursor.fetchone()[0])
    return figures.of(row, now), {
        article: ArticleFigures(views, RatingSummary.of_stars(stars).told)
        for article, views, *stars in row["articles"]
    }


def _columns(batch: Batch) -> dict[str, list[Any]]:
    seen = batch.seen.values()
    totals = list(batch.totals.values())
    return {
        "keys": [key.hex() for key in batch.seen],
        "kinds": [int(s.kind) for s in seen],
        "articles": [s.article for s in seen],
        "days": [recording.day_of(s.first_at) for s in seen],
        "firsts": [s.first_at for s in seen],
        "lasts": [s.last_at for s in seen],
        "total_days": list(batch.totals),
        "visits": [total[0] for total in totals],
        "page_views": [total[1] for total in totals],
        "bot_visits": [total[2] for total in totals],
        "bot_page_views": [total[3] for total in totals],
        "view_articles": [article for article, _ in batch.views],
        "view_hours": [float(hour) for _, hour in batch.views],
        "view_days": [recording.day_of(hour) for _, hour in batch.views],
        "views": [views for views, _ in batch.views.values()],
        "bot_views": [bots for _, bots in batch.views.values()],
    }


# ARRAY (...) is asked once. After IN, a plan may ask it again for each row, and so pass the limit.
_ERASE = """
DELETE FROM stats_presence WHERE key = ANY (ARRAY(
    SELECT key FROM stats_presence WHERE last_seen_at < %s
    ORDER BY key LIMIT 50000 FOR UPDATE SKIP LOCKED
))
"""


def erase(now: datetime | None = None) -> bool:
    """Erase whoever was not seen for the length of a visit, and what else has served its time.

    Returns:
        Whether anybody is left, to be erased later.
    """
    now = now or timezone.now()
    with connection.cursor() as cursor:
        # Skipping what a batch of another process holds: its row will be young again.
        cursor.execute(_ERASE, [now - recording.VISIT])
    oldest = HourlyArticleViews.objects.aggregate(hour=Min("hour"))["hour"]
    if oldest and oldest < now - HOURS_KEPT:
        HourlyArticleViews.objects.filter(hour__lt=now - HOURS_KEPT).delete()
    Writer.objects.filter(written_at__lt=now - WRITERS_KEPT).delete()
    return Presence.objects.exists()
