from __future__ import annotations

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.demo.loader import load_demo
from portal.models import SiteIdentity


class Command(BaseCommand):
    help = "Load the demo site (an invented ward) into an empty portal."

    def handle(self, *args: object, **options: object) -> None:
        if SiteIdentity.objects.exists():
            raise CommandError(_("This portal has content already; the demo is for an empty one."))
        load_demo(self.report)

    def report(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()
