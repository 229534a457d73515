"""`manage.py daily`: all that is due each day; deploy/congtin-daily.timer runs it."""

from __future__ import annotations

import logging

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.translation import gettext as _

COMMANDS = (
    "purge_personal_data",
    "purge_rating_limits",
    "purge_missing_addresses",
    "purge_unused_files",
    "send_comment_digest",
)

logger = logging.getLogger("portal")


class Command(BaseCommand):
    help = (
        "Run all that is due each day, one after the other: "
        + ", ".join(COMMANDS)
        + ". One that fails keeps none of the others back. Each may run again."
    )

    def handle(self, *args: object, **options: object) -> None:
        failed = []
        for name in COMMANDS:
            close_old_connections()  # the one before may have lost its own
            try:
                call_command(name, stdout=self.stdout, stderr=self.stderr)
            except CommandError as error:
                self.stderr.write(f"{name}: {error}")
                failed.append(name)
            except Exception:
                # Without the message, which may quote personal data; see portal.logs.
                logger.exception("the command %s failed", name)
                failed.append(name)
        if failed:
            raise CommandError(_("Failed: %(commands)s.") % {"commands": ", ".join(failed)})
