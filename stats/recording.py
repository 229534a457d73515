"""The rules of counting: who is counted, as what, and when a new visit begins. Pure functions.

The public page *Cách thống kê* states these rules; change it together with them.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from crawleruseragents import is_crawler  # type: ignore[import-untyped]
from django.conf import settings
from django.db.models import IntegerChoices
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Kind(IntegerChoices):
    """What a key in `Presence` stands for."""

    PERSON = 1, _("person")
    BOT = 2, _("bot")
    ARTICLE_READER = 3, _("person at one article")


# After so long without a page view the next one begins another visit, and the next page view of
# the same article is another view of it: reloading a page for an hour makes one view.
VISIT = timedelta(minutes=30)
# A person is online for so long after the last page view.
ONLINE = timedelta(minutes=5)
# The keys of visitors change in the quietest hour of the night, not at midnight: a visit across
# midnight stays one visit, of the day on which it began, and each visitor is online once.
KEYS_CHANGE_AT = timedelta(hours=4)
# Longer user agents are cut; those of real browsers have at most about 300 characters.
MAX_AGENT = 512
# Ids of articles as the database can hold them.
MAX_ID_DIGITS = 18


@lru_cache(maxsize=8192)
def is_bot(agent: str) -> bool:
    """Whether a user agent is on the maintained list of bots, or is empty."""
    return not agent.strip() or is_crawler(agent)


def is_prefetch(meta: Mapping[str, Any]) -> bool:
    """Whether a browser loads a page that nobody looks at yet: prefetch, prerender, link preview.

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

    Its value is not verified: a visitor who invents one is not counted, and gains nothing else.
    """
    name = settings.SESSION_COOKIE_NAME + "="
    return any(part.strip().startswith(name) for part in meta.get("HTTP_COOKIE", "").split(";"))


def kind_of(meta: Mapping[str, Any]) -> Kind | None:
    """What a request is counted as.

    Args:
        meta: the request's `META`.

    Returns:
        Person or bot; None if it is not counted at all.
    """
    if is_prefetch(meta) or is_from_staff(meta):
        return None
    return Kind.BOT if is_bot(meta.get("HTTP_USER_AGENT", "")[:MAX_AGENT]) else Kind.PERSON


def parse_article_id(sent: str) -> int | None:
    """The id of an article as a page sent it; 0 for "", a page of no article; None if invalid."""
    if not sent:
        return 0
    if len(sent) > MAX_ID_DIGITS or not (sent.isascii() and sent.isdigit()):
        return None
    return int(sent)


@lru_cache(maxsize=64)
def _days_of_minute(minute: int) -> tuple[date, date]:
    """Two days in Việt Nam of a minute since 1970: its own, and the one whose keys are in use."""
    at = timezone.localtime(datetime.fromtimestamp(minute * 60, timezone.get_default_timezone()))
    return at.date(), (at - KEYS_CHANGE_AT).date()


def day_of(at: float) -> date:
    """The day in Việt Nam of a moment in seconds since 1970."""
    return _days_of_minute(int(at // 60))[0]


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
        16 bytes. Address, user agent and other keys of the visitor cannot be derived from them
        without the secret of the site.
    """
    secret = _secret(settings.SECRET_KEY, _days_of_minute(int(at // 60))[1])
    agent = meta.get("HTTP_USER_AGENT", "")[:MAX_AGENT]
    text = f"{meta.get('REMOTE_ADDR', '')}\0{agent}\0{article}"
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256")[:16]


def begins_visit(seen_at: float | None, at: float) -> bool:
    """Whether somebody last seen at `seen_at` (None: never) begins another visit."""
    return seen_at is None or at - seen_at >= VISIT.total_seconds()
