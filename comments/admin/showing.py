"""How the desk shows a comment: marked phrases, ages, what was decided of a sender before."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.models import Comment, Report

Status = Comment.Status


def moment(at: datetime) -> str:
    """A moment to the minute, as it is written on paper here: 08:30 14/03/2023."""
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"


def spell(span: timedelta) -> str:
    """A span of time in its two largest units: 2 days 3 hours, 5 hours 20 minutes, 12 minutes."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    words = []
    if days:
        words.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        words.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if not days and (minutes or not words):
        words.append(
            ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
        )
    return " ".join(words)


def age(at: datetime, now: datetime) -> str:
    return _("%(time)s ago") % {"time": spell(now - at)}


def clock(report: Report, now: datetime) -> str:
    """How much time a complaint leaves, in words; the colour only helps the eye."""
    due = {"at": moment(report.due_at)}
    if report.handled_at is not None:
        if report.handled_at <= report.due_at:
            return _("handled in time, due %(at)s") % due
        return _("handled late, due %(at)s") % due
    time = {"time": spell(report.due_at - now)}
    if report.due_at <= now:
        return _("OVERDUE by %(time)s") % time
    return _("%(time)s left") % time


def urgency(report: Report, now: datetime) -> str:
    """The name of the clock's look: overdue, soon (a quarter of the time is left), or calm."""
    if report.handled_at is not None:
        return "done"
    left = report.due_at - now
    if left <= timedelta(0):
        return "overdue"
    return "soon" if left * 4 <= report.due_at - report.received_at else "calm"


# --- The text -----------------------------------------------------------------------------------


def _spans(text: str, findings: Iterable[Any]) -> list[tuple[int, int, str]]:
    """The findings that lie in the text, in order, those that touch each other joined."""
    spans: list[tuple[int, int, str]] = []
    for reason, start, end in sorted(findings, key=lambda finding: finding[1:]):
        start, end = max(0, start), min(len(text), end)
        # What is said of the whole text (no accents, capital letters) would mark all of it.
        if start >= end or (start, end) == (0, len(text)):
            continue
        label = reason_label(reason)
        if spans and start < spans[-1][1]:
            before = spans.pop()
            if label not in before[2]:
                label = f"{before[2]}, {label}"
            spans.append((before[0], max(before[1], end), label))
        else:
            spans.append((start, end, label))
    return spans


def reason_label(reason: str) -> str:
    """Why a comment is held, in words; a reason of another version is shown as it is."""
    try:
        return str(Comment.HoldReason(reason).label)
    except ValueError:
        return reason


def marked(text: str, findings: Iterable[Any]) -> str:
    """The text as HTML, with what was found in it marked and named."""
    pieces, place = [], 0
    for start, end, label in _spans(text, findings):
        pieces.append(format_html("{}", text[place:start]))
        pieces.append(format_html('<mark title="{}">{}</mark>', label, text[start:end]))
        place = end
    pieces.append(format_html("{}", text[place:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def found_words(comment: Comment) -> list[str]:
    """What was found in a comment, each wording once."""
    return list(
        dict.fromkeys(comment.text[start:end] for start, end, _label in
                      _spans(comment.text, comment.findings))
    )  # fmt: skip


def difference(before: str, after: str) -> str:
    """Two texts in one, as HTML: what a correction took out and what it put in."""
    old, new = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (before, after))
    pieces = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            pieces.append(format_html("{}", "".join(old[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(format_html("<del>{}</del>", "".join(old[i1:i2])))
        if j1 < j2:
            pieces.append(format_html("<ins>{}</ins>", "".join(new[j1:j2])))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


# --- The sender ---------------------------------------------------------------------------------

# What a moderator wants to know of a sender, in this order.
_TOLD = [Status.APPROVED, Status.REJECTED, Status.SPAM, Status.REMOVED]


def _counts(field: str, comments: list[Comment]) -> dict[str, dict[str, int]]:
    keys = {getattr(comment, field) for comment in comments} - {None}
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    if keys:
        rows = (
            Comment.objects.filter(**{f"{field}__in": keys}, status__in=_TOLD)
            .order_by()
            .values_list(field, "status")
            .annotate(count=Count("pk"))
        )
        for key, status, count in rows:
            counts[key][status] = count
    return counts


def load_histories(comments: list[Any]) -> None:
    """Give each comment what was decided of the same sender's others: two statements for all."""
    emails, networks = _counts("email_hash", comments), _counts("network_hash", comments)
    for comment in comments:
        comment.history = [
            (label, told)
            for label, counts, key in (
                (_("e-mail"), emails, comment.email_hash),
                (_("network"), networks, comment.network_hash),
            )
            if key and (told := _told(dict(counts.get(key, {})), comment.status))
        ]


def _told(counts: dict[str, int], own: str) -> str:
    if own in counts:
        counts[own] -= 1
    parts = [f"{Status(status).label}: {counts[status]}" for status in _TOLD if counts.get(status)]
    return ", ".join(parts)
