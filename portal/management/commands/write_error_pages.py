"""Write the error pages that nginx gives out by itself."""

from __future__ import annotations

from django.conf import settings
from django.core.management import BaseCommand
from django.utils.translation import gettext as _

from portal.error_pages import write_error_pages


class Command(BaseCommand):
    help = (
        "Write the error pages that nginx gives out while the site does not answer. "
        "`serve` does it each time it starts."
    )

    def handle(self, *args: object, **options: object) -> None:
        write_error_pages(settings.ERROR_PAGES_ROOT)
        self.stdout.write(
            _("The error pages are written to %(folder)s") % {"folder": settings.ERROR_PAGES_ROOT}
        )
