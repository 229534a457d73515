"""The results of one page: titles and snippets with the words marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from news.models import Article, Attachment, AttachmentText, Category
from news.search.finding import Found
from news.search.query import Query
from news.search.snippets import LONGEST, Marker, Piece, plain
from news.statements import NOW, fetch_all, fill_params

_MOST_FILES = 3


@dataclass(frozen=True)
class FileHit:
    """An attachment that matched; `text` is empty if only its title did."""

    file: Attachment
    title: list[Piece]
    text: list[Piece]


@dataclass(frozen=True)
class Result:
    article: Article
    title: list[Piece]
    text: list[Piece]
    files: list[FileHit]


def results_of(
    query: Query, found: Found, chosen: list[int], categories: Iterable[Category]
) -> list[Result]:
    """Return what to show of the chosen articles, in their order; at most two statements.

    Args:
        chosen: ids of some of the articles found; those unpublished since are left out.
        categories: all of them; the search page has read them anyway.
    """
    by_id = {category.pk: category for category in categories}
    articles = _articles(chosen)
    for article in articles.values():
        if article.category_id in by_id:
            article.category = by_id[article.category_id]
    files = _files([file for pk in chosen for file in found.files.get(pk, [])[:_MOST_FILES]])
    return [
        _result(query, articles[pk], [files[f] for f in found.files.get(pk, []) if f in files])
        for pk in chosen
        if pk in articles
    ]


_SHOWN = ["id", "title", "slug", "summary", "body", "published_at", "category_id"]
# A placeholder for the ids of a page, as NOW is for the time.
_CHOSEN = (0,)


@cache
def _articles_sql() -> tuple[str, tuple[object, ...]]:
    """The query for the articles of a page, compiled once, which takes as long as running it."""
    chosen = RawSQL("SELECT unnest(%s::bigint[])", (_CHOSEN,))
    rows = Article.objects.published(NOW).filter(pk__in=chosen).values_list(*_SHOWN).order_by()
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def _articles(chosen: list[int]) -> dict[int, Article]:
    """The chosen articles that are published, by id; one statement."""
    if not chosen:
        return {}
    sql, params = _articles_sql()
    rows = fetch_all(sql, fill_params(params, {NOW: timezone.now(), _CHOSEN: chosen}))
    return {row[0]: Article.from_db(connection.alias, _SHOWN, row) for row in rows}


def _files(wanted: list[int]) -> dict[int, tuple[Attachment, str]]:
    if not wanted:
        return {}
    files = Attachment.objects.select_related("extracted").in_bulk(wanted)
    return {pk: (file, _text_of(file)) for pk, file in files.items()}


def _text_of(file: Attachment) -> str:
    try:
        return file.extracted.text
    except AttachmentText.DoesNotExist:
        return ""


def _result(query: Query, article: Article, files: list[tuple[Attachment, str]]) -> Result:
    body = plain(article.body)
    marker = Marker(query, [article.title, article.summary, body])
    text = marker.cut(article.summary)
    if not article.summary or not marker.has_all(article.summary):
        of_body = marker.cut(body)
        if not article.summary or _marked(of_body) > _marked(text):
            text = of_body
    return Result(
        article, marker.whole(article.title), text, [_file_hit(query, *file) for file in files]
    )


def _file_hit(query: Query, file: Attachment, text: str) -> FileHit:
    text = " ".join(text[:LONGEST].split())
    marker = Marker(query, [file.title, text])
    cut = marker.cut(text)
    return FileHit(file, marker.whole(file.title), cut if _marked(cut) else [])


def _marked(pieces: list[Piece]) -> int:
    return sum(piece.is_match for piece in pieces)
