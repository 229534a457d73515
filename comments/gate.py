"""Whether an article takes comments, and by which rules: read in one statement."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from comments.models import CommentSettings
from news.models import Article


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
        """What the sender agrees to: the version in force, or before there is one the built-in."""
        if self.consent:
            return self.consent[1]
        agency = self.rules.controller or _("the agency in charge of this portal")
        return _(
            "I agree that %(agency)s processes my name and e-mail address in order to receive and "
            "moderate my comment."
        ) % {"agency": agency}

    @property
    def article_url(self) -> str:
        return reverse("news:article-detail", args=[self.slug, self.article_id])


@functools.lru_cache(maxsize=4)
def rules_of(row: str | None) -> CommentSettings:
    """Return the rules of a row as JSON, the defaults of none. Shared: nobody may change it."""
    return CommentSettings(**json.loads(row)) if row else CommentSettings()


_ARTICLE = """
SELECT a.id, a.slug, a.title, a.status, a.origin, a.published_at,
    (SELECT s.is_open FROM comments_commentswitch s WHERE s.article_id = a.id),
    (SELECT s.is_open FROM comments_commentswitch s
     WHERE s.category_id IN (c1.id, c1.parent_id, c2.parent_id)
     ORDER BY array_position(ARRAY[c1.id, c1.parent_id, c2.parent_id], s.category_id) LIMIT 1),
    (SELECT s.is_open FROM comments_commentswitch s
     WHERE s.category_id IS NULL AND s.article_id IS NULL),
    (SELECT row_to_json(r)::text FROM comments_commentsettings r),
    (SELECT ARRAY[t.id::text, t.text] FROM comments_consenttext t
     WHERE t.valid_from <= %(now)s ORDER BY t.version DESC LIMIT 1),
    (SELECT ARRAY[y.approved, y.threads] FROM comments_commenttally y WHERE y.article_id = a.id)
    {more}
FROM news_article a
JOIN news_category c1 ON c1.id = a.category_id
LEFT JOIN news_category c2 ON c2.id = c1.parent_id
WHERE a.id = %(article)s AND a.status = 'published' AND a.published_at <= %(now)s
"""

_SENDER = """,
    (SELECT p.status = 'approved' FROM comments_comment p
     WHERE p.id = %(parent)s AND p.article_id = a.id AND p.level = 0),
    EXISTS (SELECT FROM comments_block b
     WHERE (b.kind, b.key) IN (('network', %(network)s), ('email', %(email)s)) AND b.until > %(now)s),
    (SELECT e.fingerprint FROM comments_comment e WHERE e.status_key_hash = %(status)s),
    (SELECT json_agg(json_build_array(l.phrase, l.accents_matter) ORDER BY l.id)::text
     FROM comments_listedphrase l),
    (SELECT json_agg(concat_ws(' ', u.last_name, u.first_name))::text
     FROM {users} u WHERE u.is_staff AND u.is_active AND u.last_name || u.first_name <> '')
"""


@functools.cache
def _statement(with_sender: bool) -> str:
    users = connection.ops.quote_name(get_user_model()._meta.db_table)
    return _ARTICLE.format(more=_SENDER.format(users=users) if with_sender else "")


def _gate(row: tuple[Any, ...]) -> Gate:
    consent, tally = row[10], row[11]
    pk, slug, title, status, origin, published_at = row[:6]
    return Gate(
        article_id=pk,
        slug=slug,
        title=title,
        status=status,
        origin=origin,
        published_at=published_at,
        switches=row[6:9],
        rules=rules_of(row[9]),
        consent=(int(consent[0]), consent[1]) if consent else None,
        approved=tally[0] if tally else 0,
        threads=tally[1] if tally else 0,
    )


def read_gate(article_id: int) -> Gate | None:
    """Return the gate of a published article; None if readers may not have it or say anything."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(False), {"article": article_id, "now": timezone.now()})
        row = cursor.fetchone()
    return _gate(row) if row else None


@dataclass(frozen=True)
class Sending:
    """The gate and, in the same statement, what is known of one who sends.

    `parent_is_shown` is None if there is no such comment to answer; `earlier` is the fingerprint
    of what the same form has sent already; `phrases` and `staff` are JSON.
    """

    gate: Gate
    parent_is_shown: bool | None
    is_blocked: bool
    earlier: str | None
    phrases: str
    staff: str


def read_sending(
    article_id: int, parent_id: int | None, network: str, email: str | None, status_hash: str
) -> Sending | None:
    """Return all that must be known before a comment is taken; None as `read_gate` does."""
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(True),
            {
                "article": article_id,
                "now": timezone.now(),
                "parent": parent_id,
                "network": network,
                "email": email,
                "status": status_hash,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    shown, blocked, earlier, phrases, staff = row[12:]
    return Sending(_gate(row), shown, blocked, earlier, phrases or "[]", staff or "[]")
