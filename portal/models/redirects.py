"""Where old addresses lead, and which addresses readers asked for in vain."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Now, NullIf
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from news.models import Article, OldAddress
from portal.models.addresses import validate_address

# The kinds of things a redirect may lead to by a foreign key.
THINGS = ("article", "category", "tag", "series", "author", "page")


def _target(model: str, verbose_name: Any) -> models.ForeignKey:
    # A redirect goes with its target: the old address is then missing too, and says so.
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
        """Load what `target` and `get_target_url` need, and not the bodies."""
        return self.select_related(*THINGS).defer("article__body", "page__body", "page__body_en")


# Paths that one request may be kept under: as asked, without its language, and its list's.
_MARKS = ("\0first", "\0second", "\0third")


def leading_from(paths: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is kept under any of at most three old paths, here or with the articles, by path.

    One statement. A row tells of the article (article_id, article_slug, is_readable,
    is_unpublished) and of the one that replaces it (heir, heir_slug), the slug of any other
    target, is_public of a page, and the bare address `to`. A redirect goes before what an article
    remembers.
    """
    padded = [*paths, *[""] * len(_MARKS)][: len(_MARKS)]
    given = dict(zip(_MARKS, padded, strict=True))
    sql, params = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(p, p) if isinstance(p, str) else p for p in params])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["path"]: row for row in sorted(rows, key=lambda row: -row["rank"])}


@functools.cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The SQL of `leading_from`, written by the ORM once.

    Written anew for every missing address, it took six times as long as the answer.
    """
    nothing = Value("", models.CharField())
    slugs = [name for name in THINGS if name != "article"]
    ours = _with_article(Redirect.objects.all(), 0).annotate(
        **{f"{name}_slug": F(f"{name}__slug") for name in slugs},
        is_public=F("page__is_public"),
        to=F("address"),
    )
    theirs = _with_article(OldAddress.objects.all(), 1).annotate(
        **{f"{name}_slug": nothing for name in slugs}, is_public=Value(False), to=nothing
    )
    columns = [
        *("path", "rank", "article_id", "article_slug", "is_readable", "is_unpublished"),
        *("heir", "heir_slug", *(f"{name}_slug" for name in slugs), "is_public", "to"),
    ]
    both = ours.values(*columns).union(theirs.values(*columns), all=True)
    return both.query.sql_with_params()


def _with_article(rows: models.QuerySet[Any], rank: int) -> models.QuerySet[Any]:
    article = Article.objects.filter(pk=OuterRef("article"))
    # The database's own clock, so that the statement stays the same.
    readable = Article.objects.readable(Now())  # type: ignore[arg-type]
    heir = readable.filter(pk=OuterRef("article__redirect_to"))
    return rows.filter(path__in=_MARKS).annotate(
        rank=Value(rank),
        article_slug=F("article__slug"),
        is_readable=Exists(readable.filter(pk=OuterRef("article"))),
        is_unpublished=Exists(article.filter(status=Article.Status.UNPUBLISHED)),
        heir=Subquery(heir.values("pk")[:1]),
        heir_slug=Subquery(heir.values("slug")[:1]),
    )


class Redirect(models.Model):
    """An old address and the one thing it leads to.

    A thing of the site is held by a foreign key, so that its own address may change and no
    redirect ever leads to another redirect; `address` is for what has no row (a list, a file,
    another site).
    """

    path = models.CharField(
        _("old address"),
        max_length=1000,
        unique=True,
        error_messages={"unique": _("There is a redirect from this address already.")},
    )
    article = _target("news.Article", _("article"))
    category = _target("news.Category", _("category"))
    tag = _target("news.Tag", _("tag"))
    series = _target("news.Series", _("event series"))
    author = _target("news.Author", _("author"))
    page = _target("portal.Page", _("page"))
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
                        *THINGS,
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
    def target(self) -> Any:
        """The thing it leads to; None if that is a bare address."""
        for name in THINGS:
            if getattr(self, f"{name}_id") is not None:
                return getattr(self, name)
        return None

    def get_target_url(self) -> str:
        """Where it leads, in the language in use."""
        return self.address if self.target is None else self.target.get_absolute_url()


class MissingAddressQuerySet(models.QuerySet["MissingAddress"]):
    def outdated(self, today: date) -> MissingAddressQuerySet:
        return self.filter(last_seen_on__lt=today - MissingAddress.RETENTION)


class MissingAddress(models.Model):
    """An address that was asked for and not there, counted; nothing tells by whom.

    Written by the database function `portal_count_missing_address`; ADR 0007 tells why.
    """

    RETENTION = timedelta(days=90)
    # Stands for all that scanners and browsers ask for by themselves.
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
