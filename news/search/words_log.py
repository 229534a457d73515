"""What readers search for, as daily totals of words. Nothing tells who searched; ADR 0006."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from news.models import SearchWords
from news.search.query import Query

KEPT = timedelta(days=30)
MOST_A_DAY = 2000
"""Different words a day. What a flood of made-up searches can write is bounded by it."""
LONGEST = 80
"""Characters; what is longer was pasted, and may be anything."""
_MOST_WORDS = 10

# An e-mail address, or nine digits and more with whatever people write between them: a telephone
# number, an identity card, a bank account.
_PERSONAL = re.compile(r"@|(?:[0-9][\s.()+-]*){9,}")
_SIGNER = signing.Signer(salt="news.search.words_log")


def note(query: Query, results: int) -> str:
    """Return what the page of results hands to its beacon; empty for words that are not kept.

    It is signed, so that nothing is counted but what this site has searched and found, and it is
    the same for everyone.
    """
    words = " ".join(query.words)
    if (
        not words
        or len(query.text) > LONGEST
        or len(query.words) > _MOST_WORDS
        or _PERSONAL.search(query.text)
    ):
        return ""
    return _SIGNER.sign(f"{results} {words}")


def record(noted: str, today: date | None = None) -> bool:
    """Count one search; two statements. Return whether the note was one of ours."""
    today = today or timezone.localdate()
    try:
        results, _, words = _SIGNER.unsign(noted).partition(" ")
    except signing.BadSignature:
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
    """Words with how often they were searched in the days reported, and what they found last."""

    words: str
    count: int
    results: int
    last_on: date


def report(most: int = 100, today: date | None = None) -> tuple[list[Searched], list[Searched]]:
    """The words of the last 30 days, oftenest first: all, and those that found nothing last."""
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
