"""`manage.py purge_missing_addresses`: forget what nobody has asked for in 90 days."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from portal.redirects import missing


class Command(BaseCommand):
    help = "Forget missing addresses that nobody has asked for in 90 days."

    def handle(self, *args: Any, **given: Any) -> None:
        self.stdout.write(_("Missing addresses forgotten: %(count)d.") % {"count": missing.purge()})
