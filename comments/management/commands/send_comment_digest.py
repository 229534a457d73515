"""Tell moderators once a day by mail what waits; run it in the morning."""

from __future__ import annotations

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.models import Min
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from comments.deadlines import deadline_text, format_duration, format_time
from comments.models import Comment, Report
from news.failures import reason_of_system

# Complaints that a mail lists one by one.
LISTED = 20


class Command(BaseCommand):
    help = (
        "Mail the moderators how many comments wait and which complaints are open. At most one "
        "mail a day and person, however often it runs; nothing waits: no mail."
    )

    def handle(self, *args: object, **options: object) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            waiting = what_waits()
            if not (waiting["pending"] or waiting["open"]):
                self.stdout.write(_("Nothing waits: no mail was sent."))
                return
            sent, failed = 0, []
            mail = get_connection()
            for user in moderators():
                try:
                    sent += send(user, waiting, mail)
                except OSError as error:  # what smtplib raises too
                    failed.append(f"{user.get_username()}: {reason_of_system(error)}")
        self.stdout.write(_("Mails sent: %(count)d.") % {"count": sent})
        if failed:
            raise CommandError(_("Not sent; run the command again.") + " " + "; ".join(failed))


def what_waits() -> dict[str, object]:
    """Return the figures of the mail, and the open complaints, those due soonest first."""
    now = timezone.now()
    reports = Report.objects.filter(handled_at=None).order_by("due_at", "pk")
    oldest = Comment.objects.filter(status="pending").aggregate(at=Min("submitted_at"))["at"]
    return {
        "pending": Comment.objects.filter(status=Comment.Status.PENDING).count(),
        "oldest": format_duration(now - oldest) if oldest else "",
        "open": reports.count(),
        "overdue": reports.filter(due_at__lte=now).count(),
        "complaints": [
            {
                "kind": report.get_kind_display(),
                "reason": report.get_reason_display(),
                "clock": deadline_text(report, now),
                "due": format_time(report.due_at),
                "url": settings.SITE_URL
                + reverse("admin:comments_report_change", args=[report.pk]),
            }
            for report in reports[:LISTED]
        ],
        "queue": settings.SITE_URL + reverse("admin:comments_comment_changelist"),
        "reports": settings.SITE_URL + reverse("admin:comments_report_changelist"),
        "day": timezone.localdate(),
    }


def moderators() -> list[AbstractUser]:
    """Active staff with an e-mail address who may decide on comments."""
    staff = get_user_model().objects.with_perm(
        "comments.moderate_comment", backend="django.contrib.auth.backends.ModelBackend"
    )
    return list(staff.filter(is_staff=True).exclude(email="").order_by("pk"))


@transaction.atomic
def send(user: AbstractUser, waiting: dict[str, object], mail: BaseEmailBackend) -> int:
    """Send today's mail to one person, once; return the number of mails that left.

    The history of the admin keeps that it was sent. Who runs the command twice at once waits for
    the lock and then finds it written; a mail that could not leave is not written down.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('comments_digest'), %s)", [user.pk])
    entry = {
        "user": user,
        "content_type": ContentType.objects.get_for_model(Comment),
        "change_message": f"digest {waiting['day']:%Y-%m-%d}",
    }
    if LogEntry.objects.filter(**entry).exists():
        return 0
    LogEntry.objects.create(
        **entry, object_repr=_("Daily overview of comments by mail"), action_flag=CHANGE
    )
    text = render_to_string("comments/mail/digest.txt", {**waiting, "user": user}).lstrip()
    subject = _("[%(site)s] %(pending)d comments wait, %(open)d complaints are open") % {
        "site": settings.SITE_URL.partition("//")[2],
        "pending": waiting["pending"],
        "open": waiting["open"],
    }
    return int(EmailMessage(subject, text, to=[user.email], connection=mail).send())
