from typing import Any

from django.core.management.base import BaseCommand

from comments.captcha.challenges import clean


class Command(BaseCommand):
    help = "Delete challenges whose time is over; the site also does it by itself, bit by bit."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{clean()}")
