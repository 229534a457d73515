"""The rules of counting: who is counted, as what, and when a visit is a new one. All pure.

The public page *Cách thống kê* tells these rules in words; whoever changes one changes the other.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from crawleruseragents import is_crawler  # type: ignore[import-untyped]
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from stats.models import Presence

Kind = Presence.Kind

# After so long without a sign of life the next page view begins another visit, and the next look
# at the same article is another view of it: reloading a page for an hour makes one view.
VISIT = timedelta(minutes=30)
# Online is who was seen in these last minutes.
ONLINE = timedelta(minutes=5)
# The key of a visitor changes at the quietest hour of the night, not at midnight: a visit that goes
# over midnight stays one visit, of the day on which it began, and nobody is online twice.
KEYS_CHANGE_AT = timedelta(hours=4)
# The longest user agent that is looked at; the longest of real browsers have some 300 letters.
MAX_AGENT = 512
# Ids of articles as the database can hold them.
MAX_ID_DIGITS = 18


@lru_cache(maxsize=8192)
def is_bot(agent: str) -> bool:
    """Whether a user agent is on the maintained list of bots, or says nothing at all."""
    return not agent.strip() or is_crawler(agent)


def is_ahead_of_the_reader(meta: Mapping[str, Any]) -> bool:
    """Whether a browser asks for what nobody looks at yet: prefetch, prerender, link preview.

    `Sec-Purpose` is the standard (Fetch, §3.10); the others are what Chromium, Firefox and Safari
    sent before it.
    """
    purposes = (
        meta.get("HTTP_SEC_PURPOSE", ""),
        meta.get("HTTP_PURPOSE", ""),
        meta.get("HTTP_X_PURPOSE", ""),
        meta.get("HTTP_X_MOZ", ""),
    )
    return any(
        word in purpose.lower()
        for purpose in purposes
        if purpose
        for word in ("prefetch", "prerender", "preview")
    )


def is_from_staff(meta: Mapping[str, Any]) -> bool:
    """Whether a request carries the session cookie that only staff are given.

    Its value is not verified: who makes one up takes nobody but themselves out of the count.
    """
    name = settings.SESSION_COOKIE_NAME + "="
    return any(part.strip().startswith(name) for part in meta.get("HTTP_COOKIE", "").split(";"))


def kind_of(meta: Mapping[str, Any]) -> Kind | None:
    """Say as what a request is counted.

    Args:
        meta: the request's `META`.

    Returns:
        Person or bot; None if it is not counted at all.
    """
    if is_ahead_of_the_reader(meta) or is_from_staff(meta):
        return None
    return Kind.BOT if is_bot(meta.get("HTTP_USER_AGENT", "")[:MAX_AGENT]) else Kind.PERSON


def article_of(written: str) -> int | None:
    """Read the id of an article; 0 for a page that is none, None for what is no id."""
    if not written:
        return 0
    if len(written) > MAX_ID_DIGITS or not (written.isascii() and written.isdigit()):
        return None
    return int(written)


@lru_cache(maxsize=64)
def _days_of(minute: int) -> tuple[date, date]:
    """The day in Việt Nam of a minute since 1970, and the day of the keys valid in it."""
    at = timezone.localtime(datetime.fromtimestamp(minute * 60, timezone.get_default_timezone()))
    return at.date(), (at - KEYS_CHANGE_AT).date()


def day_of(at: float) -> date:
    """The day in Việt Nam of a moment, given in seconds since 1970."""
    return _days_of(int(at // 60))[0]


@lru_cache(maxsize=4)
def _secret(secret_key: str, day: date) -> bytes:
    return salted_hmac(
        "stats.presence", day.isoformat(), secret=secret_key, algorithm="sha256"
    ).digest()


def visitor_key(meta: Mapping[str, Any], at: float, article: int = 0) -> bytes:
    """The key of a visitor on this day, or of the same visitor at one article.

    Args:
        meta: the request's `META`; its address and user agent go into the key and nowhere else.
        at: the moment in seconds since 1970.
        article: the id of the article, or 0 for the visitor as such.

    Returns:
        16 bytes from which neither address nor user agent nor another key can be had without the
        site's secret.
    """
    secret = _secret(settings.SECRET_KEY, _days_of(int(at // 60))[1])
    agent = meta.get("HTTP_USER_AGENT", "")[:MAX_AGENT]
    text = f"{meta.get('REMOTE_ADDR', '')}\0{agent}\0{article}"
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256")[:16]


def begins_visit(seen_at: float | None, at: float) -> bool:
    """Whether somebody last seen at `seen_at` (None: never) begins another visit."""
    return seen_at is None or at - seen_at >= VISIT.total_seconds()
