"""Suggestions: titles while somebody types, and similar words where little is found."""

from __future__ import annotations

import re
from datetime import datetime
from difflib import SequenceMatcher

from django.db import connection
from django.utils import timezone

from news.models import Article
from news.search.query import MAX_CHARACTERS, Query
from news.search.text import fold, words

TITLES = 8
SHORTEST = 2
MOST_SUGGESTED = 3
# Trigram indexes need three Latin letters: for shorter words only the newest titles are searched.
_NEWEST = 1000
# How many similar titles are compared; where there are more, any of them has the word meant.
_SIMILAR_TITLES = 100
_CANDIDATES = 24
# A wrong or missing letter changes about three trigrams, and two letters may be wrong. So the
# threshold of similarity grows with the length of the text.
_BROKEN_RUNS = 6
_SIMILAR = 0.6

_VISIBLE = "news_is_shown(e.published_at, e.expires_at, %s)"


def articles_by_title(typed: str, at: datetime | None = None) -> list[Article]:
    """Newest published articles whose titles have words that begin with those typed.

    Titles that also have their accents come first. Two statements; nothing for less than
    `SHORTEST` letters.
    """
    at = at or timezone.now()
    wanted = words(typed[:MAX_CHARACTERS])[:8]
    if sum(map(len, wanted)) < SHORTEST:
        return []
    likes = " AND ".join(["e.title_key LIKE %s"] * len(wanted))
    patterns = [f"% {fold(word)}%" for word in wanted]
    source, params = f"news_searchentry e WHERE {_VISIBLE}", [at]
    if not any(len(word) > 2 and fold(word).isascii() for word in wanted):
        source = (
            "(SELECT e.article_id FROM news_listing e"  # noqa: S608 – of our own constants
            f" WHERE e.category_id IS NULL AND {_VISIBLE} ORDER BY e.published_at DESC"
            f" LIMIT {_NEWEST}) newest JOIN news_searchentry e USING (article_id) WHERE true"
        )
    sql = (
        f"SELECT article_id, e.title FROM {source} AND e.attachment_id IS NULL AND {likes}"  # noqa: S608
        f" ORDER BY e.published_at DESC, article_id DESC LIMIT {5 * TITLES}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *patterns])
        rows = cursor.fetchall()
    accented = [word for word in wanted if word != fold(word)]
    rows.sort(key=lambda row: not all(f" {word}" in f" {row[1]}" for word in accented))
    chosen = [pk for pk, _ in rows[:TITLES]]
    found = Article.objects.only("title", "slug").in_bulk(chosen)
    return [found[pk] for pk in chosen if pk in found]


def similar_words(query: Query, at: datetime | None = None) -> list[str]:
    """Return words of titles that are similar to those typed, as queries; two statements.

    Excluded words stay excluded, and titles of articles that have them are not used. To be called
    within a transaction, whose settings it changes.
    """
    at = at or timezone.now()
    wanted = " ".join(query.folded)
    # The index may have no trigrams of another script, and would be read from end to end.
    if len(wanted) < 3 or not re.fullmatch("[a-z ]+", wanted):
        return []
    excluded = query.excluded()
    leave_out = " AND NOT news_search_keys(labels, title, parts) @@ %s::tsquery" if excluded else ""
    alike = min(0.75, max(0.5, 1 - _BROKEN_RUNS / (len(wanted) + 1)))
    sql = (
        "SELECT a.title FROM (SELECT e.article_id, word_similarity(%s, e.title_key) AS likeness"  # noqa: S608
        f" FROM news_searchentry e WHERE e.attachment_id IS NULL AND {_VISIBLE}"
        f" AND %s <%% e.title_key{leave_out} LIMIT {_SIMILAR_TITLES}) e"
        " JOIN news_article a ON a.id = e.article_id"
        f" ORDER BY likeness DESC, a.id DESC LIMIT {_CANDIDATES}"
    )
    with connection.cursor() as cursor:
        # The planner underestimates the cost of comparing a title; it must use the index.
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),"
            " set_config('enable_seqscan', 'off', true)",
            [str(alike)],
        )
        cursor.execute(sql, [wanted, at, wanted, *([excluded] if excluded else [])])
        rows = [title for (title,) in cursor.fetchall()]
    # SequenceMatcher caches its analysis of the second text.
    matcher = SequenceMatcher(None, b=wanted, autojunk=False)
    ways: list[tuple[float, str, str]] = []
    for key, way in _runs(rows, len(query.words)).items():
        if key == wanted:
            return []  # nothing is mistyped
        matcher.set_seq1(key)
        bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
        if all((likeness := bound()) >= _SIMILAR for bound in bounds):
            ways.append((likeness, way, f" {key} "))
    best: dict[str, str] = {}
    for _, way, key in sorted(ways, reverse=True):
        # With a word more or less the search would find the same.
        if not any(key in other or other in key for other in best):
            best[key] = way
    return [f"{way} {query.left_out}".rstrip() for way in best.values()][:MOST_SUGGESTED]


def _runs(titles: list[str], count: int) -> dict[str, str]:
    """Map runs of about `count` words of the titles, without accents, to their spelling."""
    runs: dict[str, str] = {}
    for title in titles:
        own = [word.strip(".,:;?!“”\"'()[]…") for word in title.split()]
        own = [word for word in own if word]
        keys = [" ".join(map(fold, words(word))) for word in own]
        for size in {max(1, count - 1), count, count + 1}:
            for start in range(max(1, len(own) - size + 1)):
                key = " ".join(filter(None, keys[start : start + size]))
                runs.setdefault(key, " ".join(own[start : start + size]))
    return runs
