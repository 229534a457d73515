"""Articles, their attachments, featured places and old addresses."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news import text
from news.fields import (
    HtmlField,
    LineField,
    MomentField,
    PlainTextField,
    moment_check,
    nfc_check,
)
from news.models import triggers


def is_shown(at: datetime) -> Q:
    """Whether the dates of an article, or of a row made from one, let lists show it at `at`.

    The function `news_is_shown` in news/sql/listings.sql is the same for SQL.
    """
    return Q(Q(expires_at=None) | Q(expires_at__gt=at), published_at__lte=at)


def is_within_category(pk: int | str) -> Q:
    """The condition that the main category of an article is this one or one below it."""
    return Q(category=pk) | Q(category__parent=pk) | Q(category__parent__parent=pk)


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self, at: datetime | None = None) -> ArticleQuerySet:
        """Articles that lists, feeds, sitemaps and search may show at the moment `at` (now)."""
        return self.filter(is_shown(at or timezone.now()), status=Article.Status.PUBLISHED)

    def readable(self, at: datetime | None = None) -> ArticleQuerySet:
        """Articles whose own page answers: published, expired and withdrawn (under a notice)."""
        return self.filter(
            status__in=[Article.Status.PUBLISHED, Article.Status.WITHDRAWN],
            published_at__lte=at or timezone.now(),
        )

    def has_been_public(self, at: datetime | None = None) -> ArticleQuerySet:
        """Articles that readers have been able to read, be they unpublished since."""
        return self.filter(first_published_at__lte=at or timezone.now())

    def for_lists(self) -> ArticleQuerySet:
        """Load what a card in a list shows, and not the body."""
        return self.select_related("category", "lead_image").defer("body", "change_note")

    def for_page(self) -> ArticleQuerySet:
        """Load what the page of one article shows."""
        return self.select_related(
            "category__parent__parent", "lead_image", "author", "series", "redirect_to"
        )

    def newest_first(self) -> ArticleQuerySet:
        return self.order_by("-published_at", "-pk")


class Article(models.Model):
    """A piece of news. *Scheduled* and *expired* are dates, not states."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNPUBLISHED = "unpublished", _("unpublished")

    class Origin(models.TextChoices):
        OWN = "own", _("own news")
        SENT_IN = "sent_in", _("sent in")
        REPUBLISHED = "republished", _("re-published from the press")
        PRESS_RELEASE = "press_release", _("press release")

    title = LineField(_("title"), max_length=300)
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        blank=True,
        help_text=_("The readable part of the address. Left empty, it is made from the title."),
    )
    summary = PlainTextField(_("summary"), blank=True)
    body = HtmlField(_("body"), blank=True)

    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.DRAFT
    )
    status_reason = PlainTextField(
        _("reason"), blank=True, help_text=_("Shown to readers of a withdrawn article.")
    )
    # Empty also where an article was withdrawn before this was recorded.
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    published_at = MomentField(
        _("publication time"),
        null=True,
        blank=True,
        help_text=_("A time in the future schedules the article."),
    )
    first_published_at = models.DateTimeField(
        _("first published at"), null=True, blank=True, editable=False
    )
    updated_at = models.DateTimeField(
        _("corrected at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When a change after publication was last announced to readers."),
    )
    change_note = PlainTextField(
        _("correction note"), blank=True, help_text=_("What was corrected, for the readers.")
    )
    expires_at = MomentField(
        _("expires at"),
        null=True,
        blank=True,
        help_text=_("From then on the article is left out of lists; its address still answers."),
    )
    redirect_to = models.ForeignKey(
        "self",
        verbose_name=_("article that replaces it"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where the address of an unpublished article leads; else it answers 410."),
    )

    category = models.ForeignKey(
        "news.Category",
        verbose_name=_("main category"),
        on_delete=models.PROTECT,
        related_name="articles",
    )
    more_categories = models.ManyToManyField(
        "news.Category", verbose_name=_("more categories"), blank=True, related_name="+"
    )
    tags = models.ManyToManyField(
        "news.Tag", verbose_name=_("tags"), blank=True, related_name="articles"
    )
    series = models.ForeignKey(
        "news.Series",
        verbose_name=_("event series"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="articles",
    )
    author = models.ForeignKey(
        "news.Author",
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="articles",
    )
    byline = LineField(
        _("author line"),
        max_length=200,
        blank=True,
        help_text=_("Shown instead of the author's name, for example “Text and photos: A – B”."),
    )
    origin = models.CharField(
        _("origin"), max_length=15, choices=Origin.choices, default=Origin.OWN
    )
    source_name = LineField(_("source"), max_length=200, blank=True)
    source_url = models.URLField(_("original address"), max_length=1000, blank=True)
    source_author = LineField(_("original author"), max_length=200, blank=True)
    source_published_at = MomentField(_("originally published at"), null=True, blank=True)

    lead_image = models.ForeignKey(
        "news.Image",
        verbose_name=_("lead picture"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lead_of",
    )
    lead_caption = PlainTextField(
        _("caption of the lead picture"),
        blank=True,
        help_text=_("For this article; left empty, the picture's own caption is shown."),
    )
    import_id = models.CharField(
        _("import id"), max_length=300, null=True, blank=True, unique=True, editable=False
    )
    import_digest = models.CharField(_("import digest"), max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = [F("published_at").desc(nulls_first=True), "-pk"]
        permissions = [("publish_article", _("Can publish, correct and take back articles"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"]) | Q(published_at__isnull=False),
                name="news_article_public_status_has_published_at",
                violation_error_message=_("A published article needs its publication time."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["withdrawn", "unpublished"]) | ~Q(status_reason=""),
                name="news_article_withdrawn_has_reason",
                violation_error_message=_("Say why the article is taken back."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(status="withdrawn"),
                name="news_article_withdrawn_at_is_of_a_withdrawn_one",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None)
                | Q(published_at=None)
                | Q(expires_at__gt=F("published_at")),
                name="news_article_expires_after_publication",
                violation_error_message=_("The article would expire before it is published."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"])
                | Q(first_published_at__isnull=False),
                name="news_article_public_status_has_first_published_at",
            ),
            models.CheckConstraint(
                condition=~Q(origin="republished") | (~Q(source_name="") & ~Q(source_url="")),
                name="news_article_republished_names_its_source",
                violation_error_message=_(
                    "A re-published article names its source and the original address."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["draft", "in_review", "published", "withdrawn", "unpublished"]
                ),
                name="news_article_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["own", "sent_in", "republished", "press_release"]),
                name="news_article_origin_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(redirect_to=F("id")), name="news_article_does_not_redirect_to_itself"
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="news_article_has_a_slug"),
            models.CheckConstraint(condition=~Q(title=""), name="news_article_has_a_title"),
            moment_check("published_at", "news_article_published_at_is_a_sane_moment"),
            moment_check("expires_at", "news_article_expires_at_is_a_sane_moment"),
            moment_check("source_published_at", "news_article_source_published_at_is_sane"),
            nfc_check("title", "news_article_title_is_nfc"),
            nfc_check("summary", "news_article_summary_is_nfc"),
            nfc_check("body", "news_article_body_is_nfc"),
        ]
        indexes = [
            # Lists of a tag, a series or an author, newest first.
            models.Index(
                fields=["series", "-published_at"],
                name="news_article_of_series",
                condition=Q(status="published"),
            ),
            models.Index(
                fields=["author", "-published_at"],
                name="news_article_of_author",
                condition=Q(status="published"),
            ),
            # The admin's list.
            models.Index(
                F("published_at").desc(nulls_first=True), F("id").desc(), name="news_article_newest"
            ),
            # The latest corrections, for the dates in the sitemap index.
            models.Index(
                F("updated_at").desc(),
                name="news_article_corrected",
                condition=Q(updated_at__isnull=False),
            ),
        ]
        triggers = triggers.ARTICLE

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("news:article-detail", args=[self.slug, self.pk])

    def clean(self) -> None:
        if not self.slug:
            self.slug = text.slugify(self.title)
        if self.status == self.Status.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()
        if self.redirect_to_id and self.redirect_to_id == self.pk:
            raise ValidationError({"redirect_to": _("An article cannot replace itself.")})

    @property
    def has_been_public(self) -> bool:
        """Whether readers have been able to read it: as the method of the QuerySet says."""
        return self.first_published_at is not None and self.first_published_at <= timezone.now()

    @property
    def is_scheduled(self) -> bool:
        if self.status != self.Status.PUBLISHED or self.published_at is None:
            return False
        return self.published_at > timezone.now()

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def signed_by(self) -> str:
        """The author line as it is printed."""
        return self.byline or (self.author.name if self.author else "")


class ArticleMoreCategory(Article.more_categories.through):  # type: ignore[name-defined]
    """The rows of `Article.more_categories`; a model only because they carry triggers."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = triggers.MORE_CATEGORIES


class Attachment(models.Model):
    """A file offered below an article."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="attachments"
    )
    file = models.FileField(_("file"), max_length=200, editable=False)
    title = LineField(_("title"), max_length=200, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    extension = models.CharField(_("type"), max_length=8, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["position", "pk"]
        constraints = [nfc_check("title", "news_attachment_title_is_nfc")]
        triggers = triggers.ATTACHMENT

    def __str__(self) -> str:
        return self.title


class FeaturedSlot(models.Model):
    """One of the places at the top of the home page. Empty places take the newest articles."""

    PLACES = 6

    position = models.PositiveSmallIntegerField(_("place"), unique=True)
    article = models.OneToOneField(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="featured_slot"
    )
    until = MomentField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("featured article")
        verbose_name_plural = _("featured articles")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=6),
                name="news_featuredslot_position_1_to_6",
                violation_error_message=_("There are six places, numbered 1 to 6."),
            ),
            moment_check("until", "news_featuredslot_until_is_a_sane_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.article}"


class OldAddress(models.Model):
    """The address that an imported article had on its earlier site; it redirects to the article."""

    path = models.CharField(_("old address"), max_length=1000, unique=True)
    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="old_addresses"
    )

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [
            models.CheckConstraint(
                condition=Q(path__startswith="/"), name="news_oldaddress_path_starts_with_slash"
            )
        ]

    def __str__(self) -> str:
        return self.path
