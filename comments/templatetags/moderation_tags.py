"""The bell in the head of the admin."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import connection

register = template.Library()

# Both counts are read from the partial indexes of what is open, in one statement.
WAITING = """
SELECT (SELECT count(*) FROM comments_comment WHERE status = 'pending'),
       (SELECT count(*) FROM comments_report WHERE handled_at IS NULL),
       (SELECT count(*) FROM comments_report WHERE handled_at IS NULL AND due_at <= now())
"""


@register.inclusion_tag("admin/comments/bell.html")
def moderation_bell(user: AbstractUser | AnonymousUser | None) -> dict[str, object]:
    """How much waits at the moderation desk, for whoever may decide; for others nothing."""
    if not (
        user and user.is_active and user.is_staff and user.has_perm("comments.moderate_comment")
    ):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        pending, complaints, overdue = cursor.fetchone()
    return {"may": True, "pending": pending, "complaints": complaints, "overdue": overdue}
