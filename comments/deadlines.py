"""Times and deadlines in words: for the admin and for the daily mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from comments.models import Report


def format_time(at: datetime) -> str:
    """A time to the minute, as it is written here: 08:30 14/03/2023."""
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"


def format_duration(duration: timedelta) -> str:
    """A duration in its two largest units: 2 days 3 hours, 5 hours 20 minutes, 12 minutes."""
    minutes = int(abs(duration).total_seconds()) // 60
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


def format_age(at: datetime, now: datetime) -> str:
    return _("%(time)s ago") % {"time": format_duration(now - at)}


def deadline_text(report: Report, now: datetime) -> str:
    """How much time is left to decide a complaint, or whether it was decided in time."""
    due = {"at": format_time(report.due_at)}
    if report.handled_at is not None:
        if report.handled_at <= report.due_at:
            return _("handled in time, due %(at)s") % due
        return _("handled late, due %(at)s") % due
    time = {"time": format_duration(report.due_at - now)}
    if report.due_at <= now:
        return _("OVERDUE by %(time)s") % time
    return _("%(time)s left") % time


def deadline_level(report: Report, now: datetime) -> str:
    """For the colour: done, overdue, soon (a quarter of the time is left), or calm."""
    if report.handled_at is not None:
        return "done"
    left = report.due_at - now
    if left <= timedelta(0):
        return "overdue"
    return "soon" if left * 4 <= report.due_at - report.received_at else "calm"
