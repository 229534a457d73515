"""The best guess where a missing address should lead: what its last words say, and no more."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

from django.db.models import Model, QuerySet

from news import text
from news.models import Article, Category, Tag
from portal.models import Page

# Fewer letters than this begin the slug of half the archive.
_SHORTEST_START = 12
_EXTENSION = re.compile(r"\.(?:html?|aspx?|php|jsp)$", re.IGNORECASE)
# 465087, or 2xeuh82k8f0w glued to the last word: twelve letters and digits, both of them.
_NUMBER = re.compile(r"[-_](\d{1,18})$")
_RANDOM_ID = re.compile(r"-?(?=[a-z0-9]*\d)[a-z0-9]{12}$")


def guess(path: str) -> Model | None:
    """Return the article, category, tag or page whose slug the address ends in; None if unsure.

    A slug that old systems cut short, or to which they glued an id, is still known by its
    beginning. At most seven statements.
    """
    words, number = _words_of(path)
    if not words:
        return None
    articles = Article.objects.readable().only("pk", "slug", "title").newest_first()
    for spelling in dict.fromkeys([words, _RANDOM_ID.sub("", words)]):
        found = _same(articles, spelling) or _beginning(articles, spelling)
        if found is None:
            for model in (Category, Page, Tag):
                found = found or _same(model._default_manager.all(), spelling)
        if found is not None:
            return found
    return _by_number(articles, number, words)


def _words_of(path: str) -> tuple[str, int | None]:
    plain, _mark, query = path.partition("?")
    if query:
        # NukeViet: op=<category>/<slug>-<id>
        plain = parse_qs(query).get("op", [plain])[0]
    last = _EXTENSION.sub("", plain.rstrip("/").rpartition("/")[2])
    match = _NUMBER.search(last)
    words = last[: match.start()] if match else last
    return text.slugify(words, fallback=""), int(match[1]) if match else None


def _same(rows: QuerySet[Any], slug: str) -> Any:
    return rows.filter(slug=slug).first()


def _beginning(articles: QuerySet[Article], slug: str) -> Article | None:
    """The article whose slug begins so, if there is only one."""
    if len(slug) < _SHORTEST_START:
        return None
    found = list(articles.filter(slug__startswith=slug)[:2])
    return found[0] if len(found) == 1 else None


def _by_number(articles: QuerySet[Article], number: int | None, words: str) -> Article | None:
    """The article with the number at the end, if their first words are the same as well."""
    article = articles.filter(pk=number).first() if number is not None else None
    if article is None or article.slug.split("-")[:2] != words.split("-")[:2]:
        return None
    return article
