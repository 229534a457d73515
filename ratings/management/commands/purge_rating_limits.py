"""`manage.py purge_rating_limits`: delete the counters of networks whose hour is over."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ratings import services


class Command(BaseCommand):
    help = "Delete the counters of networks whose hour is over."

    def handle(self, *args: object, **options: object) -> None:
        purged = 0
        while step := services.purge_network_counts():
            purged += step
        self.stdout.write(_("Counters of networks forgotten: %(count)d.") % {"count": purged})
