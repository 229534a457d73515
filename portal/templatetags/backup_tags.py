"""The warning on the first page of the admin."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AbstractUser, AnonymousUser

from portal.services.backups import is_backup_overdue, last_backup_at

register = template.Library()


@register.inclusion_tag("admin/portal/backup_warning.html")
def backup_warning(user: AbstractUser | AnonymousUser) -> dict[str, object]:
    """That backups have stopped, for those who may do something about it; for others nothing."""
    if not (user.is_active and user.is_superuser):
        return {}
    last = last_backup_at()
    return {"is_overdue": is_backup_overdue(last), "last": last}
