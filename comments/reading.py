"""What readers see below an article: one page of threads, at the same cost however many there are.

A place in the list is the id of a comment and not the number of a page: ids are found in an index,
and a comment approved meanwhile moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.urls import reverse

from comments.gate import Gate
from comments.models import Comment

PAGE_SIZE = 20
# Replies shown below a comment in a list; official answers come on top of them.
FIRST_REPLIES = 5
OFFICIAL_ANSWERS = 5
# Replies on a page of the thread itself.
THREAD_PAGE_SIZE = 50


@dataclass
class Shown:
    """A comment as it is printed."""

    # The address of the article's comments.
    base: str
    pk: int
    thread_pk: int
    name: str
    text: str
    at: datetime
    is_official: bool
    is_corrected: bool
    reply_count: int
    # In place of name and text, once its sender has taken it back: "withdrawn" or "erased".
    taken_back: str
    replies: list[Shown] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"binh-luan-{self.pk}"

    @property
    def reply_url(self) -> str:
        return f"{self.base}gui?tra-loi={self.pk}"

    @property
    def report_url(self) -> str:
        return f"{self.base}{self.pk}/bao-vi-pham"

    @property
    def more_replies(self) -> int:
        return self.reply_count - len(self.replies)

    @property
    def thread_url(self) -> str:
        return f"{self.base}{self.pk}/"


_COLUMNS = """c.id, coalesce(c.parent_id, c.id),
    CASE c.status WHEN 'approved' THEN c.name ELSE '' END,
    CASE c.status WHEN 'approved' THEN c.text ELSE '' END, c.submitted_at, c.is_official,
    c.corrected_at IS NOT NULL, c.reply_count,
    CASE WHEN c.status = 'approved' THEN '' WHEN c.erased_at = c.withdrawn_at THEN 'erased'
        ELSE 'withdrawn' END"""

_THREADS = f"""
SELECT {_COLUMNS} FROM comments_comment c
WHERE c.article_id = %s AND c.parent_id IS NULL AND c.is_shown AND c.id < %s
ORDER BY c.id DESC LIMIT %s
"""  # noqa: S608 – our own columns

_FIRST_REPLIES = f"""
SELECT r.* FROM unnest(%s::bigint[]) thread (id) CROSS JOIN LATERAL (
    (SELECT {_COLUMNS} FROM comments_comment c
     WHERE c.parent_id = thread.id AND c.status = 'approved' AND c.is_official
     ORDER BY c.id LIMIT %s)
    UNION
    (SELECT {_COLUMNS} FROM comments_comment c
     WHERE c.parent_id = thread.id AND c.status = 'approved' ORDER BY c.id LIMIT %s)
) r (id) ORDER BY r.id
"""  # noqa: S608

_THREAD = f"""
SELECT {_COLUMNS} FROM comments_comment c
WHERE c.id = %s AND c.article_id = %s AND c.parent_id IS NULL AND c.is_shown
"""  # noqa: S608

_COMMENT = f"""
SELECT {_COLUMNS} FROM comments_comment c
LEFT JOIN comments_comment thread ON thread.id = c.parent_id
WHERE c.id = %s AND c.article_id = %s AND c.status = 'approved'
    AND (c.parent_id IS NULL OR thread.status = 'approved')
"""  # noqa: S608

_REPLIES = f"""
SELECT {_COLUMNS} FROM comments_comment c
WHERE c.parent_id = %s AND c.status = 'approved' AND c.id > %s ORDER BY c.id LIMIT %s
"""  # noqa: S608

_AFTER_ALL = 2**63 - 1


def _rows(base: str, statement: str, *values: Any) -> list[Shown]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Shown(base, *row) for row in cursor.fetchall()]


@dataclass
class ThreadPage:
    """The comments of an article from one place on, newest first.

    `next_url` leads to older ones, empty at the end.
    """

    gate: Gate
    threads: list[Shown]
    next_url: str = ""

    @cached_property
    def base(self) -> str:
        return list_url(self.gate.article_id)

    @property
    def form_url(self) -> str:
        return f"{self.base}gui"


def list_url(article_id: int) -> str:
    return reverse("comments:list", args=[article_id])


def read_threads(gate: Gate, before: int | None = None) -> ThreadPage:
    """Return a page of threads older than the comment `before`; at most two statements."""
    page = ThreadPage(gate, [])
    if not gate.threads:
        return page
    found = _rows(page.base, _THREADS, gate.article_id, before or _AFTER_ALL, PAGE_SIZE + 1)
    page.threads = found[:PAGE_SIZE]
    if len(found) > PAGE_SIZE:
        page.next_url = f"{page.base}?truoc={page.threads[-1].pk}"
    answered = {thread.pk: thread for thread in page.threads if thread.reply_count}
    if answered:
        for reply in _rows(
            page.base, _FIRST_REPLIES, list(answered), OFFICIAL_ANSWERS, FIRST_REPLIES
        ):
            answered[reply.thread_pk].replies.append(reply)
    return page


def read_comment(gate: Gate, pk: int) -> Shown | None:
    """Return a comment or a reply that readers may answer, without what answers it; else None.

    In a thread whose beginning was taken back nobody goes on but the agency.
    """
    return next(iter(_rows(list_url(gate.article_id), _COMMENT, pk, gate.article_id)), None)


def place_of(comment: Comment) -> str:
    """Return the address where readers see a comment, empty if they do not."""
    thread = comment.parent or comment
    if comment.status != Comment.Status.APPROVED or not thread.is_shown:
        return ""
    return f"{list_url(comment.article_id)}{thread.pk}/#binh-luan-{comment.pk}"


def read_thread(gate: Gate, pk: int, after: int = 0) -> tuple[Shown, str] | None:
    """Return a thread with its replies after one of them, and where the next page is.

    None if there is no such thread.
    """
    base = list_url(gate.article_id)
    found = _rows(base, _THREAD, pk, gate.article_id)
    if not found:
        return None
    thread = found[0]
    replies = _rows(base, _REPLIES, pk, after, THREAD_PAGE_SIZE + 1)
    thread.replies = replies[:THREAD_PAGE_SIZE]
    more = len(replies) > THREAD_PAGE_SIZE
    return thread, f"{thread.thread_url}?sau={thread.replies[-1].pk}" if more else ""
