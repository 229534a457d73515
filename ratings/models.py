"""Ratings of articles, their summaries, the switches, and the counters of networks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypedDict

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import NullIf, TruncDate, TruncHour
from django.db.models.functions.datetime import TruncBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from news.models import Article, Category
from ratings import triggers

SCORES = [
    (1, _("Very poor")),
    (2, _("Poor")),
    (3, _("Fair")),
    (4, _("Good")),
    (5, _("Very good")),
]
"""The five stars and their names, worst first."""

RANKED_FROM = 5
"""Articles with fewer ratings are not ranked: a single person would decide."""


class Bar(TypedDict):
    """One line of the distribution of an article's ratings; `percent` is a whole number."""

    score: int
    name: str | Promise
    count: int
    percent: int


def _star_counts() -> dict[str, Count]:
    """Annotations `stars_1` … `stars_5`: how many ratings have each score."""
    return {f"stars_{score}": Count("pk", filter=Q(score=score)) for score, _name in SCORES}


class RatingQuerySet(models.QuerySet["Rating"]):
    def between(self, start: datetime, end: datetime) -> RatingQuerySet:
        """Ratings first given from `start` on and before `end`; served by the index by time."""
        return self.filter(created_at__gte=start, created_at__lt=end)

    def by_day(self) -> models.QuerySet[Any, dict[str, Any]]:
        """Rows of `day` (a local date), `count`, `total` and `stars_1` … `stars_5`, newest first.

        A rating counts on the day it was first given, with its score of today.
        """
        return self._by_time(day=TruncDate("created_at", tzinfo=timezone.get_default_timezone()))

    def by_hour(self) -> models.QuerySet[Any, dict[str, Any]]:
        """Like `by_day`, with `hour`, the beginning of an hour."""
        return self._by_time(hour=TruncHour("created_at", tzinfo=timezone.get_default_timezone()))

    def _by_time(self, **trunc: TruncBase) -> models.QuerySet[Any, dict[str, Any]]:
        sums = {"count": Count("pk"), "total": models.Sum("score"), **_star_counts()}
        [name] = trunc
        return self.values(**trunc).annotate(**sums).order_by(f"-{name}")


class Rating(models.Model):
    """The score that one rater gave one article. Nothing tells who the rater is.

    The database deletes the rows with their article (`ratings_rating_of_an_article`), so that
    Django need not load them.
    """

    article = models.ForeignKey(
        Article,
        verbose_name=_("article"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,  # the first column of the unique index
        related_name="ratings",
    )
    rater = models.UUIDField(_("rater"), editable=False)
    score = models.PositiveSmallIntegerField(_("score"), choices=SCORES)
    created_at = models.DateTimeField(_("given at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "rater"], name="ratings_rating_once_per_rater_and_article"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="ratings_rating_score_1_to_5"
            ),
        ]
        indexes = [
            # NOTE: serves ratings by day, and the hours of one article.
            models.Index(
                fields=["created_at", "article"], include=["score"], name="ratings_rating_by_time"
            ),
        ]
        triggers = triggers.RATING

    def __str__(self) -> str:
        return str(self.score)


class RatingSummary(models.Model):
    """The ratings of one article in figures; written by triggers alone (ratings/triggers.py)."""

    article = models.OneToOneField(
        Article,
        verbose_name=_("article"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="rating_summary",
    )
    count = models.IntegerField(_("number of ratings"), default=0)
    total = models.IntegerField(_("sum of the scores"), default=0)
    stars_1 = models.IntegerField(_("1 star"), default=0)
    stars_2 = models.IntegerField(_("2 stars"), default=0)
    stars_3 = models.IntegerField(_("3 stars"), default=0)
    stars_4 = models.IntegerField(_("4 stars"), default=0)
    stars_5 = models.IntegerField(_("5 stars"), default=0)
    average = models.GeneratedField(
        verbose_name=_("average"),
        expression=F("total") * 1.0 / NullIf(F("count"), 0),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("rated article")
        verbose_name_plural = _("rated articles")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    count=F("stars_1") + F("stars_2") + F("stars_3") + F("stars_4") + F("stars_5")
                ),
                name="ratings_summary_count_is_the_sum_of_its_stars",
            ),
            models.CheckConstraint(
                condition=Q(
                    total=F("stars_1")
                    + 2 * F("stars_2")
                    + 3 * F("stars_3")
                    + 4 * F("stars_4")
                    + 5 * F("stars_5")
                ),
                name="ratings_summary_total_is_the_sum_of_its_scores",
            ),
            models.CheckConstraint(
                condition=Q(
                    stars_1__gte=0, stars_2__gte=0, stars_3__gte=0, stars_4__gte=0, stars_5__gte=0
                ),
                name="ratings_summary_stars_are_not_negative",
            ),
        ]
        indexes = [
            # NOTE: serves the best and, read backwards, the worst rated.
            models.Index(
                F("average").desc(),
                F("count").desc(),
                F("article").desc(),
                name="ratings_summary_by_average",
                condition=Q(count__gte=RANKED_FROM),
            ),
        ]

    def __str__(self) -> str:
        return str(self.article)

    @classmethod
    def from_stars(cls, stars: Sequence[int | None], **fields: int) -> RatingSummary:
        """A summary, not saved, of how many ratings have each score, worst first; None is 0."""
        counts = {f"stars_{score}": count or 0 for score, count in enumerate(stars, start=1)}
        total = sum(score * (count or 0) for score, count in enumerate(stars, start=1))
        return cls(count=sum(counts.values()), total=total, **counts, **fields)

    @property
    def shown_average(self) -> Decimal | None:
        """The average rounded half up to one decimal: 4.45 is 4.5; None without ratings."""
        if not self.count:
            return None
        return (Decimal(self.total) / self.count).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def figures(self) -> dict[str, int | float | None]:
        """`count` and `average`; the average has one decimal, or is None without ratings."""
        average = self.shown_average
        return {"count": self.count, "average": None if average is None else float(average)}

    @property
    def as_json(self) -> dict[str, object]:
        """What the script of a page receives: `count`, `average` and `stars`."""
        return {**self.figures, "stars": self.stars}

    @property
    def stars(self) -> list[int]:
        """How many ratings have each score, worst first."""
        return [getattr(self, f"stars_{score}") for score, _name in SCORES]

    @property
    def bars(self) -> list[Bar]:
        """The distribution of the scores, best first."""
        return [
            {
                "score": score,
                "name": name,
                "count": count,
                "percent": round(100 * count / self.count) if self.count else 0,
            }
            for (score, name), count in zip(reversed(SCORES), reversed(self.stars), strict=True)
        ]


class RatingSwitch(models.Model):
    """Whether readers may rate: on the site, in a category and all below it, or of an article.

    The switch nearest to the article decides; one whose `is_on` is None is passed over.
    """

    category = models.OneToOneField(
        Category,
        verbose_name=_("category"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="rating_switch",
    )
    article = models.OneToOneField(
        Article,
        verbose_name=_("article"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="rating_switch",
    )
    is_on = models.BooleanField(
        _("readers may rate"),
        null=True,
        blank=True,
        choices=[
            (None, _("As the level above says")),
            (True, _("On")),
            (False, _("Off")),
        ],
    )

    class Meta:
        verbose_name = _("rating switch")
        verbose_name_plural = _("rating switches")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "article"],
                nulls_distinct=False,
                name="ratings_switch_once_for_the_site",
                violation_error_message=_("There is a switch for this already."),
            ),
            models.CheckConstraint(
                condition=Q(category=None) | Q(article=None),
                name="ratings_switch_of_a_category_or_an_article",
                violation_error_message=_("Choose a category or an article, not both."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.article or self.category or _("The whole site"))


class NetworkCount(models.Model):
    """How many new ratings came from one network within an hour: for one article, or for all.

    The network is a keyed hash that changes every day; rows are deleted once their hour is over.
    The counter for all articles belongs to the neighbourhood, see `ratings.raters.NetworkHashes`.
    """

    ALL_ARTICLES = 0

    pk = models.CompositePrimaryKey("network", "article_number", "hour")
    network = models.UUIDField()
    # No foreign key: 0 stands for all articles together.
    article_number = models.BigIntegerField()
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        indexes = [
            # NOTE: serves the purge.
            models.Index(fields=["hour"], name="ratings_networkcount_by_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%H:%M}: {self.count}"
