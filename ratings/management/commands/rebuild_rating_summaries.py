"""`manage.py rebuild_rating_summaries`: compare every summary with its ratings and repair it."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ratings import services


class Command(BaseCommand):
    help = (
        "Compare every rating summary with the ratings and write those that are wrong anew. "
        "The exit code is 1 if one was wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Report only, write nothing.")

    def handle(self, *args: object, **options: object) -> None:
        wrong = services.find_wrong_summaries() if options["check"] else services.repair_summaries()
        for summary in wrong:
            message = _("Article %(article)d: stars %(stored)s in the summary, %(expected)s given.")
            self.stdout.write(
                message
                % {
                    "article": summary.article_id,
                    "stored": summary.stored,
                    "expected": summary.expected,
                }
            )
        if wrong:
            message = (
                _("Summaries that are wrong: %(count)d.")
                if options["check"]
                else _("Summaries that were wrong and have been mended: %(count)d.")
            )
            raise CommandError(message % {"count": len(wrong)})
        self.stdout.write(_("Every summary equals the ratings."))
