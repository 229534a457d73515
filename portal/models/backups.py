from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BackupQuerySet(models.QuerySet["Backup"]):
    def last_finished_at(self) -> datetime | None:
        """When the newest backup was finished; None if there never was one."""
        newest: datetime | None = self.aggregate(at=models.Max("finished_at"))["at"]
        return newest


class Backup(models.Model):
    """A backup that was finished, written by `manage.py backup`; the file itself is elsewhere.

    The rows are in the database, so that every host of the site knows how old the last one is.
    """

    finished_at = models.DateTimeField(_("finished at"), db_index=True)
    name = models.CharField(_("file"), max_length=255)
    host = models.CharField(_("machine"), max_length=255)
    size = models.BigIntegerField(_("bytes"))
    seconds = models.FloatField(_("seconds"))

    objects = BackupQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-finished_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="portal_backup_file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(seconds__gte=0), name="portal_backup_took_no_negative_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name
