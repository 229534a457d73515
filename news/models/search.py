"""The tables of the search. ADR 0006 tells why they look like this."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from news.fields import PlainTextField
from news.models import triggers
from news.models.articles import Article, Attachment


class SearchKeys(models.Func):
    """The SQL function for the keys by which an entry is found (news/sql/search.sql)."""

    function = "news_search_keys"
    arity = 3
    output_field = SearchVectorField()


class SearchEntry(models.Model):
    """What can be found of one published article, or of one of its files.

    Triggers (triggers.py) write this table after the listings, and whenever an article, a file
    or its text changes, however the change was made. The long columns are stored out of line, so
    that dating a hundred thousand hits reads a narrow table.

    The index is made of `labels` (year, month, categories), `title` and `parts`: the words of the
    title and of everything, ` | ` between its parts, as `news.search.text.words` gives them.
    `title_key` is the title without accents between spaces, for suggestions; a file has neither
    title. `words` is what a hit is ranked by: places and weights (A title, B summary, C body,
    D file).
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    attachment = models.ForeignKey(
        Attachment, on_delete=models.CASCADE, null=True, related_name="+"
    )
    published_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    labels = models.TextField()
    title = models.TextField()
    title_key = models.TextField()
    parts = models.TextField()
    words = SearchVectorField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article", "attachment"],
                nulls_distinct=False,
                name="news_searchentry_once_per_article_and_file",
            )
        ]
        indexes = [
            # Every search reads the whole pending list, so it is kept short.
            GinIndex(
                SearchKeys(F("labels"), F("title"), F("parts")),
                gin_pending_list_limit=256,
                name="news_searchentry_keys",
            ),
            GinIndex(
                fields=["title_key"],
                opclasses=["gin_trgm_ops"],
                condition=Q(attachment=None),
                name="news_searchentry_title",
            ),
        ]
        triggers = triggers.SEARCH_ENTRY

    def __str__(self) -> str:
        return f"{self.article_id}/{self.attachment_id}"


class AttachmentText(models.Model):
    """The words of a file, apart from its row, so that no page loads them by accident."""

    attachment = models.OneToOneField(
        Attachment, on_delete=models.CASCADE, primary_key=True, related_name="extracted"
    )
    text = PlainTextField(blank=True)

    class Meta:
        default_permissions = ()
        triggers = triggers.ATTACHMENT_TEXT

    def __str__(self) -> str:
        return str(self.attachment_id)


class SearchWords(models.Model):
    """How often the same words were searched on one day. Nothing of the person is kept."""

    day = models.DateField(_("day"))
    words = models.CharField(_("words"), max_length=100)
    count = models.PositiveIntegerField(_("searches"), default=1)
    results = models.PositiveIntegerField(_("results"))

    class Meta:
        verbose_name = _("search words")
        verbose_name_plural = _("search words")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["day", "words"], name="news_searchwords_once_a_day")
        ]

    def __str__(self) -> str:
        return self.words
