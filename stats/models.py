"""Totals of visits, never deleted, and keyed hashes of present visitors, kept for half an hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from news.models import Article
from stats.recording import Kind


def _not_negative(model: str, *names: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}__gte": 0}), name=f"stats_{model}_{name}_not_negative"
        )
        for name in names
    ]


class DailyTotal(models.Model):
    """Visits and page views of one day in Việt Nam, of people and of bots. Never deleted."""

    day = models.DateField(_("day"), primary_key=True)
    visits = models.BigIntegerField(_("visits"), default=0)
    page_views = models.BigIntegerField(_("page views"), default=0)
    bot_visits = models.BigIntegerField(_("visits of bots"), default=0)
    bot_page_views = models.BigIntegerField(_("page views of bots"), default=0)

    class Meta:
        verbose_name = _("daily total")
        verbose_name_plural = _("daily totals")
        default_permissions = ("view",)
        ordering = ["-day"]
        constraints = _not_negative(
            "dailytotal", "visits", "page_views", "bot_visits", "bot_page_views"
        )

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"


class ArticleDayQuerySet(models.QuerySet["DailyArticleViews"]):
    def between(self, first: date, last: date) -> ArticleDayQuerySet:
        """The rows of these days, both ends included."""
        return self.filter(day__gte=first, day__lte=last)

    def last_days(self, days: int, at: datetime | None = None) -> ArticleDayQuerySet:
        """The rows of the last `days` days, today included."""
        today = timezone.localdate(at)
        return self.between(today - timedelta(days=days - 1), today)

    def by_article(self) -> models.QuerySet[DailyArticleViews, dict[str, int]]:
        """One dictionary an article: `article` (its id) and `total`, the most read first."""
        return (
            self.filter(views__gt=0)
            .order_by()
            .values("article")
            .annotate(total=Sum("views"))
            .order_by("-total", "-article")
        )


class DailyArticleViews(models.Model):
    """How often one article was read on one day. Never deleted."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="daily_views"
    )
    day = models.DateField(_("day"))
    views = models.BigIntegerField(_("views"), default=0)
    bot_views = models.BigIntegerField(_("views of bots"), default=0)

    objects = ArticleDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("views of an article on a day")
        verbose_name_plural = _("views of articles by day")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["article", "day"], name="stats_dailyarticleviews_one_row_a_day"
            ),
            *_not_negative("dailyarticleviews", "views", "bot_views"),
        ]
        indexes = [
            # Most read of the last days: the index alone answers.
            models.Index(
                fields=["day"], include=["article", "views"], name="stats_article_views_by_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day:%d/%m/%Y}"


class HourlyArticleViews(models.Model):
    """How often one article was read in one hour, kept for two days: “24 hours” needs it."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="+"
    )
    hour = models.DateTimeField(_("hour"), help_text=_("The moment at which it begins."))
    views = models.BigIntegerField(_("views"), default=0)

    class Meta:
        verbose_name = _("views of an article in an hour")
        verbose_name_plural = _("views of articles by hour")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article", "hour"], name="stats_hourlyarticleviews_one_row_an_hour"
            ),
            *_not_negative("hourlyarticleviews", "views"),
        ]
        indexes = [
            models.Index(
                fields=["hour"], include=["article", "views"], name="stats_article_views_by_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.hour:%d/%m/%Y %H:%M}"


class ArticleViews(models.Model):
    """All views of an article: the figure on its page."""

    article = models.OneToOneField(
        Article,
        verbose_name=_("article"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="article_views",
    )
    opening_balance = models.BigIntegerField(
        _("opening balance"), default=0, help_text=_("Views that an earlier site had counted.")
    )
    views = models.BigIntegerField(_("views"), default=0, editable=False)

    class Meta:
        verbose_name = _("views of an article")
        verbose_name_plural = _("views of articles")
        default_permissions = ("view", "change")
        constraints = _not_negative("articleviews", "opening_balance", "views")

    def __str__(self) -> str:
        return str(self.article_id)

    @property
    def total(self) -> int:
        return self.opening_balance + self.views


class OpeningBalance(models.Model):
    """What an earlier site had counted up to a day; one row at most.

    Daily totals before `since` are history: the figure includes them.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    figure = models.BigIntegerField(_("visits until then"))
    since = models.DateField(
        _("counted here since"), help_text=_("The first day that is added to the figure.")
    )

    class Meta:
        verbose_name = _("opening balance")
        verbose_name_plural = _("opening balance")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="stats_openingbalance_is_one_row"),
            *_not_negative("openingbalance", "figure"),
        ]

    def __str__(self) -> str:
        return number_format(self.figure, force_grouping=True)


class Presence(models.Model):
    """Who was here in the last half hour, as a keyed hash; the key changes every day.

    A row cannot be traced to a person, nor can the row of a person at an article be linked to other
    rows of the same person. Rows older than half an hour are deleted.
    """

    key = models.UUIDField(primary_key=True)
    kind = models.SmallIntegerField(choices=Kind.choices)
    arrived_at = models.DateTimeField(help_text="When the visit began.")
    last_seen_at = models.DateTimeField()
    counted_in = models.UUIDField(help_text="The batch that counted the visit.")

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[1, 2, 3]), name="stats_presence_kind")
        ]
        indexes = [models.Index(fields=["last_seen_at"], name="stats_presence_by_last_seen")]

    def __str__(self) -> str:
        return str(self.key)


class Writer(models.Model):
    """A process that counts, and the number of its last batch, so that none is written twice."""

    id = models.UUIDField(primary_key=True)
    batch = models.BigIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("writer")
        verbose_name_plural = _("writers")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)
