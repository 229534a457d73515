"""Taking personal data out again: for one who asks, and for everybody after the set time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.utils import timezone

from comments import hashing
from comments.models import Block, Comment, CommentSettings, Decision, Report, SendLimit
from comments.services.deciding import lock_comment, record_decision
from news.transactions import retry_on_deadlock

Status = Comment.Status

# The columns that tell who the sender is, and what each holds once it is erased.
_SENDER_FIELDS: dict[str, str | None] = {
    "email": "",
    "network_hash": None,
    "email_hash": None,
    "status_key_hash": None,
    "fingerprint": None,
}

# How `Block` and the page of one sender end their names.
_HASH_IN_NAME = " [0-9a-f]{8}$"


@retry_on_deadlock
@transaction.atomic
def erase_comment(*, comment: Comment, by: Any = None) -> Comment:
    """Erase what the sender wrote, and every trace of them; that it was done is kept.

    `by` is None where the sender asked by the private link.
    """
    locked = lock_comment(comment)
    if locked.erased_at is None:
        _erase(locked, by)
    return locked


def _erase(locked: Comment, by: Any) -> None:
    earlier = locked.status
    locked.status, locked.erased_at = Status.REMOVED, timezone.now()
    if earlier == Status.APPROVED:
        # Taken back: what others have answered stays (`Comment.is_shown`).
        locked.withdrawn_at = locked.erased_at
    locked.name = locked.text = locked.sent_text = ""
    locked.findings, locked.corrected_at = [], None
    for name, nothing in _SENDER_FIELDS.items():
        setattr(locked, name, nothing)
    locked.save()
    record_decision(locked, Decision.Action.ERASE, earlier, by=by)
    # Messages to the sender, notes and explanations of complaints may repeat what was written.
    Decision.objects.filter(comment=locked).update(note="", message="")
    Report.objects.filter(comment=locked).update(text="", note="")


def erase_sender(*, email: str, by: Any) -> int:
    """Erase every comment sent with an e-mail address; return how many.

    Each in a transaction of its own, so that nobody waits for one comment while holding another
    (docs/database.md). Where it is interrupted the next call erases the rest.

    Complaints that this sender made bear neither name nor address: they go with the retention
    time.
    """
    key = hashing.email_hash(email)
    if key is None:
        return 0
    erased = 0
    for comment in Comment.objects.filter(email_hash=key).order_by("pk"):
        erase_comment(comment=comment, by=by)
        erased += 1
    return erased


def export_sender(*, email: str) -> dict[str, object]:
    """Return everything that is kept of whoever gave this e-mail address, ready for JSON."""
    key = hashing.email_hash(email)
    comments = Comment.objects.filter(email_hash=key).order_by("pk") if key else []
    return {"comments": [exported(comment) for comment in comments]}


def exported(comment: Comment) -> dict[str, object]:
    """Return everything that is kept of one comment's sender, ready for JSON."""

    def moment(at: datetime | None) -> str | None:
        return timezone.localtime(at).isoformat() if at else None

    return {
        "id": comment.pk,
        "article": comment.article.title,
        "name": comment.name,
        "email": comment.email,
        "text": comment.text,
        "text_as_sent": comment.sent_text or comment.text,
        "status": comment.status,
        "sent_at": moment(comment.submitted_at),
        "published_at": moment(comment.published_at),
        "corrected_at": moment(comment.corrected_at),
        "withdrawn_at": moment(comment.withdrawn_at),
        "consent": comment.consent and comment.consent.text,
        "consented_at": moment(comment.consented_at),
        "keyed_hashes": {
            "network": comment.network_hash,
            "email": comment.email_hash,
        },
        "decisions": [
            {"action": d.action, "at": moment(d.at), "to": d.to_status, "message": d.message}
            for d in comment.decisions.order_by("pk")
        ],
    }


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same day and time some months earlier, or the last day of a shorter month."""
    years, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(years, month + 1)[1])
    return moment.replace(year=years, month=month + 1, day=day)


def purge_personal_data(*, now: datetime | None = None) -> dict[str, int]:
    """Erase the personal data whose time is over; return how many rows of each kind it met.

    Of comments that readers see, the name and the text stay and every trace of the sender goes; a
    comment that readers do not see is erased whole. Run it daily.
    """
    now = now or timezone.now()
    rules = CommentSettings.load()
    limit = months_before(now, rules.retention_months)
    old = Comment.objects.filter(submitted_at__lt=limit, erased_at=None, is_official=False)
    traced = Q(sent_text__gt="")
    for name, nothing in _SENDER_FIELDS.items():
        traced |= Q(**{f"{name}__isnull": False}) if nothing is None else ~Q(**{name: nothing})
    hidden = _change_each(old.exclude(status=Status.APPROVED), lambda row: _erase(row, None))
    shown = _change_each(old.filter(traced, status=Status.APPROVED), _forget_sender)
    reports = Report.objects.filter(received_at__lt=limit)
    limits = SendLimit.objects.filter(since__lt=now - _longest_window(rules))
    traces_of_reports = ~Q(text="") | Q(network_hash__isnull=False)
    return {
        "comments_erased": hidden,
        "comments_kept_without_their_sender": shown,
        "complaints": _change_free(reports.filter(traces_of_reports), _forget_reporters),
        "blocks": _change_free(Block.objects.filter(until__lte=now), _delete),
        "limits": _change_free(limits, _delete),
        "history": _forget_in_history(),
    }


@retry_on_deadlock
@transaction.atomic
def _change_free(rows: QuerySet[Any], change: Callable[[QuerySet[Any]], int]) -> int:
    """Change those rows that nobody else holds; return how many."""
    free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return change(rows.model._default_manager.filter(pk__in=free))


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]


def _forget_reporters(reports: QuerySet[Report]) -> int:
    return reports.update(text="", network_hash=None)


def _forget_in_history() -> int:
    """Take the first digits of a keyed hash out of what the history of the admin calls a sender.

    They tell a block that was lifted today, or a sender whose data were erased today, from another.
    """
    kinds = ContentType.objects.get_for_models(Block, Comment).values()
    named = LogEntry.objects.filter(content_type__in=kinds, object_repr__regex=_HASH_IN_NAME)
    named = named.exclude(object_repr__startswith="comment ")  # and its number
    nameless = Func(F("object_repr"), Value(_HASH_IN_NAME), Value(""), function="regexp_replace")
    return named.update(object_repr=nameless)


def _longest_window(rules: CommentSettings) -> timedelta:
    """Networks are counted by the hour, senders by the pace that the office sets."""
    return max(timedelta(hours=1), timedelta(seconds=rules.seconds_between))


def _forget_sender(locked: Comment) -> None:
    for name, nothing in (_SENDER_FIELDS | {"sent_text": ""}).items():
        setattr(locked, name, nothing)
    locked.save(update_fields=[*_SENDER_FIELDS, "sent_text"])


def _change_each(rows: QuerySet[Comment], change: Callable[[Comment], None]) -> int:
    """Change each of these rows that nobody else holds in a transaction of its own."""
    return sum(
        _change_one(rows.filter(pk=pk), change)
        for pk in list(rows.order_by("pk").values_list("pk", flat=True))
    )


@retry_on_deadlock
@transaction.atomic
def _change_one(rows: QuerySet[Comment], change: Callable[[Comment], None]) -> int:
    row = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if row is None:
        return 0
    change(row)
    return 1
