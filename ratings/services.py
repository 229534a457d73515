"""Write ratings, limit them, and check their summaries, which triggers keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.errors import ForeignKeyViolation, UniqueViolation

from news.models import Article
from news.transactions import retry_on_deadlock
from ratings.models import SCORES, Rating, RatingSummary
from ratings.raters import NetworkHashes


class TooManyRatingsError(Exception):
    """A network has reached its limit of new ratings for this hour.

    With `is_of_article` it is the limit of one article: others may still be rated.
    """

    def __init__(self, *, is_of_article: bool) -> None:
        super().__init__()
        self.is_of_article = is_of_article


@retry_on_deadlock
def rate_article(
    *,
    article: Article,
    rater: UUID,
    score: int,
    networks: NetworkHashes | None = None,
    at: datetime | None = None,
) -> Rating | None:
    """Store the score that a rater gives an article; a second rating replaces the first.

    A change is one statement; a new rating is counted and inserted in one transaction.

    Args:
        score: 1 to 5.
        networks: where it comes from, see `raters.hash_networks`; None is not limited.
        at: when it is given; default: now.

    Returns:
        The rating if it is new, None if an earlier one was changed.

    Raises:
        TooManyRatingsError: a new rating would exceed a limit of its network.
        Article.DoesNotExist: the article has been deleted meanwhile.
    """
    at = at or timezone.now()
    existing = Rating.objects.filter(article=article.pk, rater=rater)
    while not existing.update(score=score, updated_at=at):
        try:
            with transaction.atomic():
                if networks is not None:
                    _count_new_rating(networks, article.pk, at)
                return Rating.objects.create(
                    article_id=article.pk, rater=rater, score=score, created_at=at, updated_at=at
                )
        except IntegrityError as error:
            if isinstance(error.__cause__, ForeignKeyViolation):
                raise Article.DoesNotExist from None
            if not isinstance(error.__cause__, UniqueViolation):
                raise
            # Inserted meanwhile by another request of the same rater: update it.
    return None


# A counter that has reached its limit is neither changed nor returned.
_ADD_TO_COUNTERS = """
INSERT INTO ratings_networkcount AS counter (network, article_number, hour, count)
VALUES (%(neighbourhood)s, 0, %(hour)s, 1), (%(network)s, %(article)s, %(hour)s, 1)
ON CONFLICT (network, article_number, hour) DO UPDATE SET count = counter.count + 1
WHERE counter.count
    < CASE counter.article_number WHEN 0 THEN %(all_limit)s ELSE %(article_limit)s END
RETURNING article_number, count
"""


def _count_new_rating(networks: NetworkHashes, article_id: int, at: datetime) -> None:
    """Count a new rating of a network; raise TooManyRatingsError at its limit."""
    values = {
        "network": networks.network,
        "neighbourhood": networks.neighbourhood,
        "article": article_id,
        "hour": at.replace(minute=0, second=0, microsecond=0),
        "all_limit": settings.RATINGS_PER_NETWORK,
        "article_limit": settings.RATINGS_PER_NETWORK_AND_ARTICLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD_TO_COUNTERS, values)
        counts = dict(cursor.fetchall())
    if len(counts) < 2:
        raise TooManyRatingsError(is_of_article=0 in counts)
    if counts[0] == 1:
        # Once an hour for each network, delete the counters that have expired.
        purge_network_counts(at)


_DELETE_COUNTERS = """
DELETE FROM ratings_networkcount WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ratings_networkcount WHERE hour < %s LIMIT %s FOR UPDATE SKIP LOCKED
))
"""


@retry_on_deadlock
def purge_network_counts(at: datetime | None = None, most: int = 1000) -> int:
    """Delete at most `most` counters of past hours; returns how many. Skips locked rows."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_COUNTERS, [(at or timezone.now()) - timedelta(hours=1), most])
        return cursor.rowcount


@retry_on_deadlock
def withdraw_rating(*, article: Article, rater: UUID) -> bool:
    """Delete a rating; returns whether there was one."""
    return bool(Rating.objects.filter(article=article.pk, rater=rater).delete()[0])


@retry_on_deadlock
def remove_flood(*, article: Article, hour: datetime, score: int | None = None) -> int:
    """Delete the ratings first given to an article within an hour; returns how many.

    Args:
        hour: the beginning of the hour.
        score: only ratings with this score; default: all.
    """
    flood = Rating.objects.filter(article=article.pk).between(hour, hour + timedelta(hours=1))
    if score is not None:
        flood = flood.filter(score=score)
    return flood.delete()[0]


# --- Summaries ----------------------------------------------------------------------------------

_NO_STARS = [0, 0, 0, 0, 0]

# Constraints tie the count and the total of a summary to its stars.
_FIND_WRONG_SUMMARIES = """
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
WHERE coalesce(summary.stars, %(no_stars)s) <> coalesce(counted.stars, %(no_stars)s)
ORDER BY article_id
"""


@dataclass(frozen=True)
class WrongSummary:
    """A summary that differs from the ratings; how many have each score, worst first."""

    article_id: int
    stored: list[int]
    expected: list[int]


def find_wrong_summaries() -> list[WrongSummary]:
    """Find the summaries that differ from their ratings; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND_WRONG_SUMMARIES, {"no_stars": _NO_STARS})
        return [
            WrongSummary(article_id, stored or _NO_STARS, expected or _NO_STARS)
            for article_id, stored, expected in cursor.fetchall()
        ]


@retry_on_deadlock
@transaction.atomic
def repair_summaries() -> list[WrongSummary]:
    """Rewrite the summaries that are wrong, and return them. Locks out new ratings meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ratings_rating IN SHARE MODE")
    wrong = find_wrong_summaries()
    names = [f"stars_{score}" for score, _name in SCORES]
    RatingSummary.objects.bulk_create(
        [
            RatingSummary.from_stars(summary.expected, article_id=summary.article_id)
            for summary in wrong
        ],
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["count", "total", *names],
        batch_size=1000,
    )
    return wrong
