"""Erase personal data of comments and complaints after the set time (see the rules in the admin).

Meant for a daily timer. Running it again changes nothing.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from comments import services
from comments.captcha import challenges


class Command(BaseCommand):
    help = "Erase e-mail addresses and keyed hashes of comments whose retention time is over."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, count in services.purge_personal_data().items():
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(f"captchas: {challenges.clean()}")
