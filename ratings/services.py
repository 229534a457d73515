"""Everything that is written about ratings. The summaries follow by themselves, by triggers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.errors import ForeignKeyViolation, UniqueViolation

from news.models import Article
from ratings.models import SCORES, Rating, RatingSummary
from ratings.raters import Origin


class TooManyRatingsError(Exception):
    """A network has given as many new ratings within this hour as it may.

    `is_of_article` tells that it may still rate other articles.
    """

    def __init__(self, *, is_of_article: bool) -> None:
        super().__init__()
        self.is_of_article = is_of_article


def rate_article(
    *,
    article: Article,
    rater: UUID,
    score: int,
    origin: Origin | None = None,
    at: datetime | None = None,
) -> Rating | None:
    """Keep what a rater thinks of an article; a second rating replaces the first.

    A change is one statement, a new rating three in one transaction.

    Args:
        score: 1 to 5.
        origin: where it comes from, as `raters.origin_of` says; None is not limited.
        at: the moment it is given; now if None.

    Returns the rating if it is a new one, None if it changed an earlier one.

    Raises TooManyRatingsError if it is a new one beyond a limit of its network, and
    Article.DoesNotExist if the article has been deleted meanwhile.
    """
    at = at or timezone.now()
    mine = Rating.objects.filter(article=article.pk, rater=rater)
    while not mine.update(score=score, updated_at=at):
        try:
            with transaction.atomic():
                if origin is not None:
                    _count(origin, article.pk, at)
                return Rating.objects.create(
                    article_id=article.pk, rater=rater, score=score, created_at=at, updated_at=at
                )
        except IntegrityError as error:
            if isinstance(error.__cause__, ForeignKeyViolation):
                raise Article.DoesNotExist from None
            if not isinstance(error.__cause__, UniqueViolation):
                raise
            # The same rater was faster elsewhere: it is a change now.
    return None


# Beyond its limit a counter stands still, and is then missing in what is returned.
_COUNT = """
INSERT INTO ratings_networkcount AS counter (network, article_number, hour, count)
VALUES (%(neighbourhood)s, 0, %(hour)s, 1), (%(network)s, %(article)s, %(hour)s, 1)
ON CONFLICT (network, article_number, hour) DO UPDATE SET count = counter.count + 1
WHERE counter.count
    < CASE counter.article_number WHEN 0 THEN %(all_limit)s ELSE %(article_limit)s END
RETURNING article_number, count
"""


def _count(origin: Origin, article_id: int, at: datetime) -> None:
    """Count a new rating of a network, or raise TooManyRatingsError; one statement as a rule."""
    values = {
        "network": origin.network,
        "neighbourhood": origin.neighbourhood,
        "article": article_id,
        "hour": at.replace(minute=0, second=0, microsecond=0),
        "all_limit": settings.RATINGS_PER_NETWORK,
        "article_limit": settings.RATINGS_PER_NETWORK_AND_ARTICLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        counts = dict(cursor.fetchall())
    if len(counts) < 2:
        raise TooManyRatingsError(is_of_article=0 in counts)
    if counts[0] == 1:
        # Once an hour from each network; those whose hour is over are of no more use.
        purge_network_counts(at)


_PURGE = """
DELETE FROM ratings_networkcount WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ratings_networkcount WHERE hour < %s LIMIT %s FOR UPDATE SKIP LOCKED
))
"""


def purge_network_counts(at: datetime | None = None, most: int = 1000) -> int:
    """Delete at most `most` counters of hours that are over; returns how many.

    Whoever else deletes is not waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PURGE, [(at or timezone.now()) - timedelta(hours=1), most])
        return cursor.rowcount


def withdraw_rating(*, article: Article, rater: UUID) -> bool:
    """Take a rating back; returns whether there was one. One statement."""
    return bool(Rating.objects.filter(article=article.pk, rater=rater).delete()[0])


def remove_flood(*, article: Article, hour: datetime, score: int | None = None) -> int:
    """Delete the ratings that an article was given within an hour; returns how many.

    Args:
        hour: its beginning.
        score: only those with so many stars; all if None.
    """
    flood = Rating.objects.filter(article=article.pk).between(hour, hour + timedelta(hours=1))
    if score is not None:
        flood = flood.filter(score=score)
    return flood.delete()[0]


# --- Proof --------------------------------------------------------------------------------------

_NOTHING = [0, 0, 0, 0, 0]

# The sum and the count of a summary follow from its stars, by constraints.
_WRONG = """
SELECT article_id, summary.stars, counted.stars
FROM (
    SELECT article_id, ARRAY[stars_1, stars_2, stars_3, stars_4, stars_5]::bigint[] AS stars
    FROM ratings_ratingsummary
) summary
FULL JOIN (
    SELECT article_id, ARRAY[
        count(*) FILTER (WHERE score = 1), count(*) FILTER (WHERE score = 2),
        count(*) FILTER (WHERE score = 3), count(*) FILTER (WHERE score = 4),
        count(*) FILTER (WHERE score = 5)
    ] AS stars
    FROM ratings_rating GROUP BY article_id
) counted USING (article_id)
WHERE coalesce(summary.stars, %(nothing)s) <> coalesce(counted.stars, %(nothing)s)
ORDER BY article_id
"""


@dataclass(frozen=True)
class WrongSummary:
    """A summary that is not what the ratings say: how many gave each score, worst first."""

    article_id: int
    has: list[int]
    should: list[int]


def wrong_summaries() -> list[WrongSummary]:
    """Compare every summary with the ratings, as both are at one moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG, {"nothing": _NOTHING})
        return [
            WrongSummary(article_id, has or _NOTHING, should or _NOTHING)
            for article_id, has, should in cursor.fetchall()
        ]


@transaction.atomic
def repair_summaries() -> list[WrongSummary]:
    """Write those summaries anew that are wrong, and return them. Nobody rates meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ratings_rating IN SHARE MODE")
    wrong = wrong_summaries()
    names = [f"stars_{score}" for score, _name in SCORES]
    RatingSummary.objects.bulk_create(
        [
            RatingSummary.of_stars(summary.should, article_id=summary.article_id)
            for summary in wrong
        ],
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["count", "total", *names],
        batch_size=1000,
    )
    return wrong
