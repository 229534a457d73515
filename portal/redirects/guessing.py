"""Suggest a target for a missing address, from the words at its end."""

from __future__ import annotations

import re
from typing import TypeVar
from urllib.parse import parse_qs

from django.db.models import Model, QuerySet

from news import text
from news.models import Article, Category, Tag
from portal.models import Page
from portal.models.redirects import TargetObject

Row = TypeVar("Row", bound=Model)

# A shorter beginning would match the slugs of too many articles.
_MIN_PREFIX_LENGTH = 12
_EXTENSION = re.compile(r"\.(?:html?|aspx?|php|jsp)$", re.IGNORECASE)
# 465087, or 2xeuh82k8f0w attached to the last word: twelve letters and digits, both of them.
_NUMBER = re.compile(r"[-_](\d{1,18})$")
_RANDOM_ID = re.compile(r"-?(?=[a-z0-9]*\d)[a-z0-9]{12}$")


def guess_target(path: str) -> TargetObject | None:
    """Return the article, category, tag or page whose slug the address ends in; None if unsure.

    A slug that an old system cut short, or to which it attached an id, is still found by its
    beginning. At most seven statements.
    """
    slug, number = _slug_and_number(path)
    if not slug:
        return None
    articles = Article.objects.readable().only("pk", "slug", "title").newest_first()
    for spelling in dict.fromkeys([slug, _RANDOM_ID.sub("", slug)]):
        found: TargetObject | None = (
            _by_slug(articles, spelling)
            or _by_prefix(articles, spelling)
            or _by_slug(Category.objects.all(), spelling)
            or _by_slug(Page.objects.all(), spelling)
            or _by_slug(Tag.objects.all(), spelling)
        )
        if found is not None:
            return found
    return _by_number(articles, number, slug)


def _slug_and_number(path: str) -> tuple[str, int | None]:
    """The last part of an address as a slug, and the number at its end."""
    plain, _mark, query = path.partition("?")
    if query:
        # NukeViet: op=<category>/<slug>-<id>
        plain = parse_qs(query).get("op", [plain])[0]
    last = _EXTENSION.sub("", plain.rstrip("/").rpartition("/")[2])
    match = _NUMBER.search(last)
    words = last[: match.start()] if match else last
    return text.slugify(words, fallback=""), int(match[1]) if match else None


def _by_slug(rows: QuerySet[Row], slug: str) -> Row | None:
    return rows.filter(slug=slug).first()


def _by_prefix(articles: QuerySet[Article], prefix: str) -> Article | None:
    """The article whose slug begins with the prefix, if there is only one."""
    if len(prefix) < _MIN_PREFIX_LENGTH:
        return None
    found = list(articles.filter(slug__startswith=prefix)[:2])
    return found[0] if len(found) == 1 else None


def _by_number(articles: QuerySet[Article], number: int | None, slug: str) -> Article | None:
    """The article with this primary key, if the first two words of its slug agree as well."""
    article = articles.filter(pk=number).first() if number is not None else None
    if article is None or article.slug.split("-")[:2] != slug.split("-")[:2]:
        return None
    return article
