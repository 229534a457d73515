from django.core.management.base import BaseCommand

from comments.captcha.challenges import delete_expired


class Command(BaseCommand):
    help = "Delete challenges whose time is over; the site also does it by itself, bit by bit."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{delete_expired()}")
