"""Help with words: titles while somebody types, and what was meant where little is found."""

from __future__ import annotations

import re
from datetime import datetime
from difflib import SequenceMatcher

from django.db import connection
from django.utils import timezone

from news.models import Article
from news.search.query import MAX_CHARACTERS
from news.search.text import fold, words

TITLES = 8
SHORTEST = 2
MEANT = 3
# Two letters begin words of most titles, and the index knows only runs of three (of Latin letters,
# wherever the database runs): else the newest titles are looked through.
_NEWEST = 1000
# Where many titles are like the words typed, any of them has the word that was meant.
_SIMILAR_TITLES = 300
_CANDIDATES = 24
_SIMILAR = 0.6

_VISIBLE = "e.published_at <= %s AND (e.expires_at IS NULL OR e.expires_at > %s)"


def titles(typed: str, at: datetime | None = None) -> list[Article]:
    """Newest published articles whose titles have words that begin with those typed.

    Titles that also have their accents stand first. Two statements; nothing for less than
    `SHORTEST` letters.
    """
    at = at or timezone.now()
    wanted = words(typed[:MAX_CHARACTERS])[:8]
    if sum(map(len, wanted)) < SHORTEST:
        return []
    likes = " AND ".join(["e.title_key LIKE %s"] * len(wanted))
    patterns = [f"% {fold(word)}%" for word in wanted]
    source, params = f"news_searchentry e WHERE {_VISIBLE}", [at, at]
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


def meant(typed: tuple[str, ...], at: datetime | None = None) -> list[str]:
    """What somebody may have meant: words of titles that look like those typed; one statement."""
    at = at or timezone.now()
    wanted = " ".join(map(fold, typed))
    # The index knows runs of three letters; of other scripts it may know none, and is read whole.
    if len(wanted) < 3 or not re.fullmatch("[a-z ]+", wanted):
        return []
    sql = (
        "SELECT a.title FROM (SELECT e.article_id, word_similarity(%s, e.title_key) AS likeness"  # noqa: S608
        f" FROM news_searchentry e WHERE e.attachment_id IS NULL AND {_VISIBLE}"
        f" AND %s <%% e.title_key LIMIT {_SIMILAR_TITLES}) e"
        " JOIN news_article a ON a.id = e.article_id"
        f" ORDER BY likeness DESC, a.id DESC LIMIT {_CANDIDATES}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted, at, at, wanted])
        rows = [title for (title,) in cursor.fetchall()]
    ways: dict[str, tuple[float, str]] = {}
    for title in rows:
        score, way = _closest(wanted, title, len(typed))
        key = " ".join(map(fold, words(way)))
        if score >= _SIMILAR and key != wanted and score > ways.get(key, (0.0, ""))[0]:
            ways[key] = score, way
    return [way for _, way in sorted(ways.values(), reverse=True)[:MEANT]]


def _closest(wanted: str, title: str, count: int) -> tuple[float, str]:
    """The run of about `count` words of a title that is most like the words wanted."""
    own = [word.strip(".,:;?!“”\"'()[]…") for word in title.split()]
    own = [word for word in own if word]
    best = (0.0, "")
    for size in {max(1, count - 1), count, count + 1}:
        for start in range(max(1, len(own) - size + 1)):
            run = " ".join(own[start : start + size])
            matcher = SequenceMatcher(None, wanted, " ".join(map(fold, words(run))), autojunk=False)
            bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
            if all((ratio := bound()) > max(best[0], _SIMILAR - 0.01) for bound in bounds):
                best = ratio, run
    return best
