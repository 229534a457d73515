"""Whether an article takes comments, and by which rules: read in one statement."""

from __future__ import annotations

import functools
import hashlib
import json
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.captcha import challenges
from comments.models import CommentSettings
from news.models import Article
from news.statements import fetch_row


@dataclass(frozen=True)
class Gate:
    """What the database says about comments below one article.

    `switches` are those of the article, of its nearest category that has one, and of the site;
    None where there is none. `consent` is the version in force: its id and its words.
    """

    article_id: int
    slug: str
    title: str
    status: str
    origin: str
    published_at: datetime | None
    switches: tuple[bool | None, bool | None, bool | None]
    rules: CommentSettings
    consent: tuple[int, str] | None
    approved: int
    threads: int

    @property
    def refusal(self) -> str:
        """Why no comment can be sent now, as a sentence; empty if one can.

        The most specific switch wins. Comments are closed by default below what was re-published
        from the press, which a switch of the site does not open, and some time after publication,
        which the switch of the article alone overrides.
        """
        of_article, of_category, of_site = self.switches
        if of_article is not None:
            return "" if of_article else _("This article takes no comments.")
        if of_category is None and self.origin == Article.Origin.REPUBLISHED:
            of_category = False
        is_open = of_category if of_category is not None else of_site is not False
        if not is_open:
            return _("This article takes no comments.")
        days = self.rules.closes_after_days
        if days and self.published_at and self.published_at + timedelta(days=days) < timezone.now():
            return _("Comments are closed.")
        return ""

    @property
    def consent_words(self) -> str:
        """What the sender agrees to: the version in force, or before there is one the built-in.

        In the language of the site for everyone: it is what will be kept as evidence.
        """
        if self.consent:
            return self.consent[1]
        with translation.override(settings.LANGUAGE_CODE):
            agency = self.rules.controller or _("the agency in charge of this portal")
            return " ".join(
                [
                    _(
                        "I agree that %(agency)s processes my name and e-mail address in order to "
                        "receive and moderate my comment."
                    )
                    % {"agency": agency},
                    ngettext(
                        "Against misuse, a keyed hash of my network is kept for %(months)d month.",
                        "Against misuse, a keyed hash of my network is kept for %(months)d months.",
                        self.rules.retention_months,
                    )
                    % {"months": self.rules.retention_months},
                ]
            )

    @property
    def consent_mark(self) -> str:
        """What a form keeps of the words it shows, to tell whether they are still in force."""
        return hashlib.sha256(self.consent_words.encode()).hexdigest()[:16]

    @property
    def article_url(self) -> str:
        return reverse("news:article-detail", args=[self.slug, self.article_id])


@functools.lru_cache(maxsize=4)
def rules_of(row: str | None) -> CommentSettings:
    """Return the rules of a row as JSON, the defaults of none. Shared: nobody may change it."""
    return CommentSettings(**json.loads(row)) if row else CommentSettings()


# Functions of the database (comments/sql/sending.sql), which keep their plans.
_GATE = "SELECT * FROM comments_gate(%s, %s)"
_SENDING = f"""
WITH used AS ({challenges.USE_UP})
SELECT known.*, used.response, used.expiration
FROM comments_sending(%s, %s, %s, %s, %s, %s) known LEFT JOIN used ON true
"""  # noqa: S608 – of our own
# How many of their columns make the gate.
_WIDTH = 14


def _gate(row: tuple[Any, ...]) -> Gate:
    (pk, slug, title, status, origin, published_at, *switches) = row[:9]
    rules, consent_id, consent_text, approved, threads = row[9:_WIDTH]
    of_article, of_category, of_site = switches
    return Gate(
        article_id=pk,
        slug=slug,
        title=title,
        status=status,
        origin=origin,
        published_at=published_at,
        switches=(of_article, of_category, of_site),
        rules=rules_of(rules),
        consent=(consent_id, consent_text) if consent_id else None,
        approved=approved or 0,
        threads=threads or 0,
    )


def _row(statement: str, *values: Any) -> tuple[Any, ...] | None:
    """Return the row of a function, None if it found no article."""
    row = fetch_row(statement, values)
    return row if row[0] is not None else None


def read_gate(article_id: int) -> Gate | None:
    """Return the gate of a published article; None if readers may not have it or say anything."""
    row = _row(_GATE, article_id, timezone.now())
    return _gate(row) if row else None


@dataclass(frozen=True)
class Sending:
    """The gate and, in the same statement, what is known of one who sends.

    `captcha` is the row of the challenge that the sending used up (`challenges.judge`).
    `parent_is_shown` is None if there is no such comment to answer; `earlier` is the fingerprint
    of what the same form has sent already; `phrases` is the word list (`moderation.phrase_list`),
    `staff` the names of staff, one a line. `stamp` changes with all that is the same for everyone
    who sends: the article, the rules, the word list.
    """

    gate: Gate
    parent_is_shown: bool | None
    is_blocked: bool
    earlier: str | None
    phrases: str
    staff: str
    stamp: str
    captcha: tuple[str, datetime] | None


# By article, what this process was told last. Nobody may rely on it but by its stamp.
_remembered: dict[int, Sending] = {}
_MOST_REMEMBERED = 256


def remembered(article_id: int) -> Sending | None:
    """Return what the last sending below an article was told, with nothing of its sender.

    It may have changed since: whoever uses it lets the database compare the stamps.
    """
    return _remembered.get(article_id)


def read_sending(
    article_id: int,
    parent_id: int | None,
    network: str,
    email: str | None,
    status_hash: str,
    captcha: str | None,
) -> Sending | None:
    """Return all that must be known before a comment is taken; None as `read_gate` does.

    Args:
        captcha: the key of the challenge that is used up by it, or None.
    """
    row = _row(
        _SENDING, captcha, article_id, timezone.now(), parent_id, network, email, status_hash
    )
    if row is None:
        return None
    shown, blocked, earlier, phrases, staff, stamp, response, expiration = row[_WIDTH:]
    # The two long texts are the same below all articles: one copy of each serves them.
    phrases, staff = sys.intern(phrases or ""), sys.intern(staff or "")
    known = Sending(_gate(row), None, False, None, phrases, staff, stamp, None)
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[article_id] = known
    return replace(
        known,
        parent_is_shown=shown,
        is_blocked=blocked,
        earlier=earlier,
        captcha=(response, expiration) if response is not None else None,
    )
