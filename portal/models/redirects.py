"""Redirects from old addresses, and the count of missing addresses."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Now, NullIf
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from news.models import Article, Author, Category, OldAddress, Series, Tag
from portal.models.addresses import validate_address
from portal.models.pages import Page

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# The foreign keys of `Redirect`, of which one may be set.
TARGET_FIELDS = ("article", "category", "tag", "series", "author", "page")


TargetObject: TypeAlias = Article | Category | Tag | Series | Author | Page
TargetRow: TypeAlias = dict[str, str | int | bool | None]


def _target_key(model: str, verbose_name: _StrPromise) -> models.ForeignKey:
    # A redirect is deleted with its target: the old address is then missing, and counted as such.
    return models.ForeignKey(
        model,
        verbose_name=verbose_name,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )


class RedirectQuerySet(models.QuerySet["Redirect"]):
    def with_targets(self) -> RedirectQuerySet:
        """Load what `target` and `get_target_url` need, without the bodies."""
        return self.select_related(*TARGET_FIELDS).defer(
            "article__body", "page__body", "page__body_en"
        )


# Placeholders for the paths that one request may be stored under: as asked, without its language,
# and that of the list whose feed was asked for.
_PLACEHOLDERS = ("\0first", "\0second", "\0third")


def find_target_rows(paths: Sequence[str]) -> dict[str, TargetRow]:
    """The targets of at most three old paths, by path: of redirects, and of `OldAddress`.

    One statement. A row has the article (article_id, article_slug, is_readable, is_unpublished),
    the article that replaces it (replacement_id, replacement_slug), the slug of any other target,
    is_public of a page, and the plain address `to`. Where both tables have a path, the redirect
    counts.
    """
    padded = [*paths, *[""] * len(_PLACEHOLDERS)][: len(_PLACEHOLDERS)]
    given = dict(zip(_PLACEHOLDERS, padded, strict=True))
    sql, params = _target_rows_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(p, p) if isinstance(p, str) else p for p in params])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["path"]: row for row in sorted(rows, key=lambda row: row["rank"], reverse=True)}


@functools.cache
def _target_rows_sql() -> tuple[str, tuple[str | int | bool, ...]]:
    """The SQL of `find_target_rows`, which the ORM compiles once in a process.

    To compile it for every missing address took six times as long as to run it.
    """
    nothing = Value("", models.CharField())
    slugs = [name for name in TARGET_FIELDS if name != "article"]
    redirects = _with_article(Redirect.objects.all(), 0).annotate(
        **{f"{name}_slug": F(f"{name}__slug") for name in slugs},
        is_public=F("page__is_public"),
        to=F("address"),
    )
    old_addresses = _with_article(OldAddress.objects.all(), 1).annotate(
        **{f"{name}_slug": nothing for name in slugs}, is_public=Value(False), to=nothing
    )
    columns = [
        *("path", "rank", "article_id", "article_slug", "is_readable", "is_unpublished"),
        *("replacement_id", "replacement_slug", "is_public", "to"),
        *(f"{name}_slug" for name in slugs),
    ]
    both = redirects.values(*columns).union(old_addresses.values(*columns), all=True)
    sql, params = both.query.sql_with_params()
    return sql, tuple(params)


def _with_article(rows: models.QuerySet, rank: int) -> models.QuerySet:
    article = Article.objects.filter(pk=OuterRef("article"))
    # The clock of the database, so that the statement is the same each time.
    readable = Article.objects.readable(Now())  # type: ignore[arg-type]
    replacement = readable.filter(pk=OuterRef("article__redirect_to"))
    return rows.filter(path__in=_PLACEHOLDERS).annotate(
        rank=Value(rank),
        article_slug=F("article__slug"),
        is_readable=Exists(readable.filter(pk=OuterRef("article"))),
        is_unpublished=Exists(article.filter(status=Article.Status.UNPUBLISHED)),
        replacement_id=Subquery(replacement.values("pk")[:1]),
        replacement_slug=Subquery(replacement.values("slug")[:1]),
    )


class Redirect(models.Model):
    """An old address and its one target.

    An object of the site is held by a foreign key, so that its own address may change and no
    redirect leads to another redirect. `address` is for what has no row: a list, a file, another
    site.
    """

    path = models.CharField(
        _("old address"),
        max_length=1000,
        unique=True,
        error_messages={"unique": _("There is a redirect from this address already.")},
    )
    article = _target_key("news.Article", _("article"))
    category = _target_key("news.Category", _("category"))
    tag = _target_key("news.Tag", _("tag"))
    series = _target_key("news.Series", _("event series"))
    author = _target_key("news.Author", _("author"))
    page = _target_key("portal.Page", _("page"))
    address = models.CharField(
        _("new address"), max_length=1000, blank=True, validators=[validate_address]
    )
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

    objects = RedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path__startswith="/"), name="portal_redirect_path_starts_with_slash"
            ),
            models.CheckConstraint(
                condition=Exact(
                    Func(
                        *TARGET_FIELDS,
                        NullIf("address", Value("")),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="portal_redirect_has_one_target",
                violation_error_message=_("Choose exactly one target."),
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def target(self) -> TargetObject | None:
        """The object it leads to; None if that is a plain address."""
        for name in TARGET_FIELDS:
            if getattr(self, f"{name}_id") is not None:
                found: TargetObject = getattr(self, name)
                return found
        return None

    def get_target_url(self) -> str:
        """Where it leads, in the language in use."""
        return self.address if self.target is None else self.target.get_absolute_url()


class MissingAddressQuerySet(models.QuerySet["MissingAddress"]):
    def outdated(self, today: date) -> MissingAddressQuerySet:
        return self.filter(last_seen_on__lt=today - MissingAddress.RETENTION)


class MissingAddress(models.Model):
    """An address that was requested and not found, with a count. By whom is not stored.

    Written by the database function `portal_count_missing_address`: docs/adr/0007.
    """

    RETENTION = timedelta(days=90)
    # One row for all that scanners and browsers request by themselves.
    AUTOMATIC = "*"

    path = models.CharField(_("missing address"), max_length=300, unique=True)
    count = models.PositiveBigIntegerField(_("times"), default=1)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_on = models.DateField(_("last seen"))
    referrer_host = models.CharField(_("linked from"), max_length=253, blank=True)

    objects = MissingAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("missing address")
        verbose_name_plural = _("missing addresses")
        ordering = ["-count", "pk"]

    def __str__(self) -> str:
        if self.path == self.AUTOMATIC:
            return str(_("(scanners and automatic requests)"))
        return self.path
