"""Daily totals of the words that readers search for; nothing about the reader is kept. ADR 0006."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from news.models import SearchWords
from news.search.query import Query
from news.transactions import retry_on_deadlock

KEPT = timedelta(days=30)
MOST_A_DAY = 2000
"""Limit of different words a day, against a flood of made-up searches."""
LONGEST = 80
"""Characters; longer texts are pasted, and may be personal."""
_MOST_WORDS = 10

NOTE_KEPT = timedelta(days=1)
"""How long a signed note is accepted."""

# Digits that are not personal: a date, the number of a document, a span of years, unless another
# digit or mark adjoins.
_OF_NOBODY = re.compile(
    r"(?<![\d/.])(?:"
    r"\d{1,2}([/.-])\d{1,2}\1(?:19|20)\d\d"
    r"|(?:19|20)\d\d([/.-])\d{1,2}\2\d{1,2}"
    r"|\d{1,5}/(?:19|20)\d\d"
    r"|(?:19|20)\d\d ?[-\u2013] ?(?:19|20)\d\d"
    r")(?!\d|[/.]\d)"
)
_PERSONAL = re.compile(
    # An e-mail address or a web page, also when written apart.
    r"@|\[at\]|\(at\)|\b(?:gmail|yahoo|ymail|hotmail|outlook|icloud|protonmail)\b"
    r"|\w\.(?:com|net|org|info|me|vn)\b"
    # A telephone number, an identity card, a bank account, with any separators.
    r"|\d{7}|(?:\d[\W_]*){8}"
    # A passport, a password, a key: eight digits among letters, or long and of both.
    r"|(?:\d[^\W\d]*){8}|\b(?=\w*\d)(?=\w*[^\W\d_])\w{16}",
    re.IGNORECASE,
)
_SIGNER = signing.Signer(salt="news.search.words_log")


def is_personal(text: str) -> bool:
    """Whether a text may hold personal data: an address, a number, a key."""
    # Replaced by a letter, so that the digits on both sides do not join.
    return bool(_PERSONAL.search(_OF_NOBODY.sub("a", unicodedata.normalize("NFKC", text))))


def signed_note(query: Query, results: int, today: date | None = None) -> str:
    """Return the note that the page of results sends back to be counted; empty if it must not be.

    Its signature proves that this site has lately run the search. It is the same for everyone.
    """
    words = " ".join(query.words)
    if (
        not words
        or len(query.text) > LONGEST
        or len(query.words) > _MOST_WORDS
        or is_personal(query.text)
    ):
        return ""
    today = today or timezone.localdate()
    return _SIGNER.sign(f"{today.isoformat()} {results} {words}")


@retry_on_deadlock
def count_search(note: str, today: date | None = None) -> bool:
    """Count one search; two statements. Return whether the signature and the day are valid."""
    today = today or timezone.localdate()
    try:
        day, results, words = _SIGNER.unsign(note).split(" ", 2)
        is_new = today - NOTE_KEPT <= date.fromisoformat(day) <= today
    except (signing.BadSignature, ValueError):
        return False
    if not is_new:
        return False
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM news_searchwords WHERE day <= %s", [today - KEPT])
        cursor.execute(
            """
            INSERT INTO news_searchwords (day, words, count, results)
            SELECT %(day)s, %(words)s, 1, %(results)s
            WHERE (SELECT count(*) FROM news_searchwords WHERE day = %(day)s) < %(most)s
               OR EXISTS (SELECT FROM news_searchwords WHERE day = %(day)s AND words = %(words)s)
            ON CONFLICT (day, words) DO UPDATE
            SET count = least(news_searchwords.count + 1, 1000000), results = EXCLUDED.results
            """,
            {"day": today, "words": words, "results": int(results), "most": MOST_A_DAY},
        )
    return True


@dataclass(frozen=True)
class Searched:
    """Words, how often they were searched, and the number of results of the last time."""

    words: str
    count: int
    results: int
    last_on: date


def search_report(
    most: int = 100, today: date | None = None
) -> tuple[list[Searched], list[Searched]]:
    """The words of the last 30 days, most frequent first: all, and those with no result lately."""
    today = today or timezone.localdate()
    rows = (
        SearchWords.objects.filter(day__gt=today - KEPT)
        .values("words")
        .annotate(searches=Sum("count"), last_on=Max("day"))
        .order_by("-searches", "words")
    )
    last = dict(
        SearchWords.objects.filter(day__gt=today - KEPT)
        .order_by("words", "-day")
        .distinct("words")
        .values_list("words", "results")
    )
    everything = [
        Searched(row["words"], row["searches"], last[row["words"]], row["last_on"]) for row in rows
    ]
    return everything[:most], [row for row in everything if not row.results][:most]
