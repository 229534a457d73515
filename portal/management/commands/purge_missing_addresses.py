"""`manage.py purge_missing_addresses`: delete what nobody has requested for 90 days."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from portal.redirects.missing_addresses import purge_missing_addresses


class Command(BaseCommand):
    help = "Delete missing addresses that nobody has requested for 90 days."

    def handle(self, *args: object, **options: object) -> None:
        count = purge_missing_addresses()
        self.stdout.write(_("Missing addresses forgotten: %(count)d.") % {"count": count})
