"""Erase personal data of comments and complaints after the set time (see the rules in the admin).

Meant for a daily timer. Running it again changes nothing.
"""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from comments import services
from comments.captcha import challenges


class Command(BaseCommand):
    help = "Erase e-mail addresses and keyed hashes of comments whose retention time is over."

    def handle(self, *args: object, **options: object) -> None:
        names = {
            "comments_erased": _("Comments erased"),
            "comments_kept_without_their_sender": _("Comments kept without their sender"),
            "complaints": _("Complaints kept without their sender"),
            "blocks": _("Blocks that have ended"),
            "limits": _("Counts of sending that have ended"),
            "history": _("Entries of the history that named a keyed hash"),
        }
        for kind, count in services.purge_personal_data().items():
            self.stdout.write(f"{names[kind]}: {count}")
        ended = _("Verification codes that have ended")
        self.stdout.write(f"{ended}: {challenges.delete_expired()}")
