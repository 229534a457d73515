"""Where comments may be sent, by which rules, and how often."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from news.fields import LineField
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


class SendLimit(models.Model):
    """How often somebody has sent within the window that began at `since`."""

    key = models.CharField(max_length=32, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["since"], name="comments_sendlimit_past")]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
