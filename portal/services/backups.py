"""What the site remembers of its backups. `portal/backups/` makes them."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from portal.models import Backup


def last_backup_at() -> datetime | None:
    """When the newest backup of the site was finished, on whichever host; None: there is none."""
    return Backup.objects.last_finished_at()


def is_backup_overdue(last: datetime | None) -> bool:
    """Whether somebody should be warned, if the newest backup was finished at `last`.

    Never where BACKUP_WARNING_DAYS is 0, as on a developer's machine.
    """
    limit = timedelta(days=settings.BACKUP_WARNING_DAYS)
    return bool(limit) and (last is None or timezone.now() - last > limit)


def record_backup(*, name: str, size: int, seconds: float) -> Backup:
    """Note that this machine has just finished a backup.

    Args:
        name: of the file, without its folder.
        size: of the file, in bytes.
    """
    return Backup.objects.create(
        finished_at=timezone.now(),
        name=name,
        host=socket.gethostname(),
        size=size,
        seconds=seconds,
    )
