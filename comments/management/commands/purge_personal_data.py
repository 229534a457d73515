"""Erase what is kept of senders of comments and complaints for longer than it may be.

Meant for a daily timer. Running it again changes nothing.
"""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from comments import services
from comments.captcha import challenges


class Command(BaseCommand):
    help = (
        "Erase personal data whose retention time is over: e-mail addresses and keyed hashes of "
        "published comments, everything in other comments, explanations and keyed hashes of "
        "complaints. Also delete blocks, counts of sending and verification codes that have ended, "
        "and the digits of keyed hashes in the history of the admin."
    )

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
