"""Where comments may be sent, by which rules, and how often."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from news.fields import LineField, PlainTextField
from news.models import Article, Category


class CommentSwitch(models.Model):
    """Opens or closes comments for an article, for a category and all below it, or for the site.

    The most specific switch wins. Without category and article it is that of the site.
    """

    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    article = models.ForeignKey(
        Article,
        verbose_name=_("article"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    is_open = models.BooleanField(_("comments are open"))

    class Meta:
        verbose_name = _("comment switch")
        verbose_name_plural = _("comment switches")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "article"],
                nulls_distinct=False,
                name="comments_commentswitch_once_per_place",
                violation_error_message=_("There is a switch for this already."),
            ),
            models.CheckConstraint(
                condition=Q(category=None) | Q(article=None),
                name="comments_commentswitch_for_one_place",
                violation_error_message=_("Choose a category or an article, not both."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.article or self.category or _("the whole site"))


class CommentSettings(models.Model):
    """The rules an office sets; one row. Without a row the defaults below hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    controller = LineField(
        _("agency that processes the data"),
        max_length=200,
        blank=True,
        help_text=_("Named in the built-in consent text and before official answers."),
    )
    privacy_page = models.CharField(
        _("address of the privacy policy"),
        max_length=300,
        blank=True,
        help_text=_("A page of this site, beginning with a slash."),
    )
    reserved_names = models.TextField(
        _("reserved names"),
        blank=True,
        help_text=_("One a line. No reader may send a comment under a name that contains one."),
    )
    closes_after_days = models.PositiveSmallIntegerField(
        _("days until comments close"),
        default=90,
        help_text=_("Counted from publication; 0 leaves them open."),
    )
    trust_after = models.PositiveSmallIntegerField(
        _("approvals until a sender is trusted"),
        default=0,
        help_text=_(
            "A sender with so many approved comments under the same e-mail address is published "
            "at once, unless a rule finds something. 0: everyone waits."
        ),
    )
    links_allowed = models.PositiveSmallIntegerField(_("links allowed in a comment"), default=0)
    seconds_to_fill_in = models.PositiveSmallIntegerField(
        _("least seconds to fill in the form"),
        default=3,
        help_text=_("Who is faster is asked to send again."),
    )
    seconds_between = models.PositiveSmallIntegerField(
        _("seconds between two comments of one sender"), default=30
    )
    per_hour_and_network = models.PositiveIntegerField(
        _("comments an hour from one network"),
        default=60,
        validators=[MinValueValidator(1)],
        help_text=_("A whole office or school may stand behind one network."),
    )
    retention_months = models.PositiveSmallIntegerField(
        _("months until personal data are erased"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )

    class Meta:
        verbose_name = _("rules for comments")
        verbose_name_plural = _("rules for comments")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="comments_commentsettings_is_one_row"),
            models.CheckConstraint(
                condition=Q(retention_months__gte=1, retention_months__lte=120),
                name="comments_commentsettings_retention_1_to_120_months",
            ),
            models.CheckConstraint(
                condition=Q(per_hour_and_network__gte=1),
                name="comments_commentsettings_lets_somebody_send",
            ),
            models.CheckConstraint(
                condition=Q(privacy_page="")
                | (Q(privacy_page__startswith="/") & ~Q(privacy_page__startswith="//")),
                name="comments_commentsettings_privacy_page_is_ours",
                violation_error_message=_("A page of this site, beginning with a slash."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("rules for comments"))

    @classmethod
    def load(cls) -> CommentSettings:
        """Return the row, or the defaults where there is none."""
        return cls.objects.first() or cls()


class ConsentText(models.Model):
    """What a sender agrees to. A new wording is a new version; the old ones stay as evidence."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    text = PlainTextField(
        _("text"), help_text=_("Names purpose, data and the agency that processes them.")
    )
    valid_from = models.DateTimeField(_("valid from"))

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comments_consenttext_has_words")
        ]

    def __str__(self) -> str:
        return str(_("version %(version)s") % {"version": self.version})

    @classmethod
    def in_force(cls, rules: CommentSettings) -> ConsentText:
        """Return the highest version whose time has come; without one the built-in, not saved."""
        now = timezone.now()
        return cls.objects.filter(valid_from__lte=now).first() or cls(
            version=0, text=built_in_consent(rules), valid_from=now
        )

    @property
    def digest(self) -> str:
        """What a form carries of the words it shows, to tell whether they are still in force."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def built_in_consent(rules: CommentSettings) -> str:
    """Return the words that hold until the office writes its own.

    In the language of the site for everyone: the first comment keeps them as evidence.
    """
    with translation.override(settings.LANGUAGE_CODE):
        agency = rules.controller or gettext("the agency in charge of this portal")
        return " ".join(
            [
                gettext(
                    "I agree that %(agency)s processes my name and e-mail address in order to "
                    "receive and moderate my comment."
                )
                % {"agency": agency},
                ngettext(
                    "Against misuse, a keyed hash of my network is kept for %(months)d month.",
                    "Against misuse, a keyed hash of my network is kept for %(months)d months.",
                    rules.retention_months,
                )
                % {"months": rules.retention_months},
            ]
        )


@dataclass
class CommentPolicy:
    """Whether an article takes comments now, and by which rules."""

    article: Article
    rules: CommentSettings

    @classmethod
    def for_article(cls, article_id: int) -> CommentPolicy:
        """Return the policy of a published article; raise Article.DoesNotExist for any other."""
        published = Article.objects.readable().filter(status=Article.Status.PUBLISHED)
        columns = ("slug", "title", "status", "origin", "published_at", "category")
        return cls(published.only(*columns).get(pk=article_id), CommentSettings.load())

    @cached_property
    def consent(self) -> ConsentText:
        return ConsentText.in_force(self.rules)

    @cached_property
    def refusal(self) -> str:
        """Why no comment can be sent now, as a sentence; empty if one can.

        The most specific switch wins. Comments are closed by default below what was re-published
        from the press, which a switch of the site does not open, and some time after publication,
        which the switch of the article alone overrides.
        """
        of_article, of_category, of_site = self._switches()
        if of_article is not None:
            return "" if of_article else gettext("This article takes no comments.")
        if of_category is None and self.article.origin == Article.Origin.REPUBLISHED:
            of_category = False
        is_open = of_category if of_category is not None else of_site is not False
        if not is_open:
            return gettext("This article takes no comments.")
        days, published_at = self.rules.closes_after_days, self.article.published_at
        if days and published_at and published_at + timedelta(days=days) < timezone.now():
            return gettext("Comments are closed.")
        return ""

    def _switches(self) -> tuple[bool | None, bool | None, bool | None]:
        """Return the switch of the article, of the nearest category that has one, of the site."""
        rows = CommentSwitch.objects.filter(Q(article=self.article) | Q(article=None)).order_by()
        of_article = of_site = None
        of_categories: dict[int, bool] = {}
        for article, category, is_open in rows.values_list("article_id", "category_id", "is_open"):
            if article:
                of_article = is_open
            elif category:
                of_categories[category] = is_open
            else:
                of_site = is_open
        return of_article, self._nearest(of_categories), of_site

    def _nearest(self, switches: dict[int, bool]) -> bool | None:
        """Return what the switch of the category, or of the nearest one above it, says."""
        category: Category | None = self.article.category if switches else None
        while category is not None and category.pk not in switches:
            category = category.parent
        return switches[category.pk] if category else None


class SendLimit(models.Model):
    """How often somebody has sent within the window that began at `since`."""

    key = models.CharField(max_length=32, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["since"], name="comments_sendlimit_past")]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"

    @classmethod
    def add_one(
        cls, *, sender: str, network: str, pace: timedelta, now: datetime
    ) -> tuple[SendLimit, SendLimit]:
        """Count one more of both keys, in a new window if the last one is over; return the rows.

        The rows stay locked until the transaction ends, so those who send at the same moment are
        counted one after the other. Everyone locks the sender first and then the network.

        Args:
            sender, network: their keys (comments/hashing.py).
            pace: the window of a sender; that of a network is an hour.
        """
        rows = cls.objects.raw(
            """
            INSERT INTO comments_sendlimit AS known (key, since, count)
            VALUES (%(sender)s, %(now)s, 1), (%(network)s, %(now)s, 1)
            ON CONFLICT (key) DO UPDATE SET (since, count) = (
                SELECT
                    CASE WHEN is_open THEN known.since ELSE excluded.since END,
                    CASE WHEN is_open THEN known.count + 1 ELSE 1 END
                FROM (SELECT known.since > CASE known.key
                    WHEN %(sender)s THEN %(pace_start)s ELSE %(hour_start)s END) AS last (is_open)
            )
            RETURNING key, since, count
            """,
            {
                "sender": sender,
                "network": network,
                "now": now,
                "pace_start": now - pace,
                "hour_start": now - timedelta(hours=1),
            },
        )
        by_key = {row.key: row for row in rows}
        return by_key[sender], by_key[network]
