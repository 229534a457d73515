"""`manage.py purge_rating_limits`: forget the counters of networks whose hour is over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ratings import services


class Command(BaseCommand):
    help = "Forget the counters of networks whose hour is over."

    def handle(self, *args: Any, **given: Any) -> None:
        purged = 0
        while step := services.purge_network_counts():
            purged += step
        self.stdout.write(_("Counters of networks forgotten: %(count)d.") % {"count": purged})
