"""Complaints about comments, with the time the law gives; and senders who are kept away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import hashing
from comments.models import Block, Comment, Decision, Reason, Report
from comments.services.deciding import lock_comment, record_decision, refuse, set_status
from news.transactions import retry_on_deadlock

PER_HOUR_AND_NETWORK = 20


@retry_on_deadlock
@transaction.atomic
def report_comment(
    *,
    comment: Comment,
    reason: str,
    text: str = "",
    address: str = "",
    kind: str = Report.Kind.READER,
) -> Report:
    """Take a complaint about a published comment, and start its clock.

    Args:
        address: REMOTE_ADDR of a reader; empty for an authority whose letter staff enter.

    The same network's second complaint about a comment, while the first is open, is the first. The
    comment is locked, so that no explanation is stored about a comment that is erased meanwhile.

    Raises ValidationError where the comment is erased or, for a reader, not published, and where
    one network complains too often.
    """
    try:
        comment = lock_comment(comment)
    except Comment.DoesNotExist:
        raise refuse(_("This comment is not published.")) from None
    is_published = comment.status == Comment.Status.APPROVED
    if comment.erased_at or (kind == Report.Kind.READER and not is_published):
        raise refuse(_("This comment is not published."))
    now = timezone.now()
    network = hashing.network_hash(address) if address else None
    if network is not None:
        recent = Report.objects.filter(
            network_hash=network, received_at__gt=now - timedelta(hours=1)
        )
        if recent.count() >= PER_HOUR_AND_NETWORK:
            raise refuse(
                _("You are acting too fast. Please try again in a few minutes."), code="too-fast"
            )
        first = comment.reports.filter(network_hash=network, handled_at=None).first()
        if first is not None:
            return first
    report = Report(
        comment=comment,
        kind=kind,
        reason=reason,
        text=text,
        network_hash=network,
        received_at=now,
        due_at=now + Report.HOURS[Report.Kind(kind)],
    )
    report.clean_fields()
    report.save()
    return report


@retry_on_deadlock
@transaction.atomic
def handle_report(
    *, report: Report, by: Any, outcome: str, note: str = "", message: str = ""
) -> Report:
    """Decide a complaint; one that is upheld takes the comment off the page in the same moment.

    One that is dismissed shows the comment again, if it was hidden until complaints are decided and
    no other complaint is open or was upheld.

    The lock of the comment covers its complaints, so of two who decide at once one does.

    Raises ValidationError if it was decided already, with who did.
    """
    comment = lock_comment(Comment(pk=report.comment_id))
    current = Report.objects.get(pk=report.pk)
    if current.handled_by:
        who = current.handled_by.get_full_name() or current.handled_by.get_username()
        raise refuse(
            _("%(who)s has decided this complaint already: %(outcome)s.")
            % {"who": who, "outcome": current.get_outcome_display()},
            code="decided",
        )
    if outcome not in Report.Outcome.values:
        raise ValidationError(_("Choose the outcome."), code="outcome")
    current.handled_at, current.handled_by, current.outcome = timezone.now(), by, outcome
    current.note = note
    current.save(update_fields=["handled_at", "handled_by", "outcome", "note"])
    fields = {"reason": Reason(current.reason), "message": message, "note": note}
    if outcome == Report.Outcome.UPHELD:
        if comment.status == Comment.Status.APPROVED or (message and _is_hidden(comment)):
            # One that is hidden already is removed again only to give its sender a message.
            earlier = set_status(comment, comment, Comment.Status.REMOVED)
            record_decision(comment, Decision.Action.REMOVE, earlier, by=by, **fields)
    elif _is_hidden_for(comment, current):
        earlier = set_status(comment, comment, Comment.Status.APPROVED)
        record_decision(comment, Decision.Action.RESTORE, earlier, by=by, note=note)
    for name in ("handled_at", "handled_by", "outcome", "note"):
        setattr(report, name, getattr(current, name))
    return report


def _is_hidden(comment: Comment) -> bool:
    """Whether staff took it off the page, and not its sender."""
    return (
        comment.status == Comment.Status.REMOVED
        and comment.withdrawn_at is None
        and comment.erased_at is None
    )


def _is_hidden_for(comment: Comment, report: Report) -> bool:
    """Whether a locked comment was hidden until complaints are decided, and this is the last one.

    It was, if the removal has the reason of a complaint that was open then. A removal for another
    reason, or while no complaint was open, is a decision of its own.
    """
    if not _is_hidden(comment):
        return False
    reports = Report.objects.filter(comment=comment)
    others = reports.exclude(pk=report.pk)
    if others.filter(Q(handled_at=None) | Q(outcome=Report.Outcome.UPHELD)).exists():
        return False
    last = comment.decisions.first()
    if last is None or last.action != Decision.Action.REMOVE:
        return False
    was_open = Q(received_at__lte=last.at) & (Q(handled_at=None) | Q(handled_at__gte=last.at))
    return reports.filter(was_open, reason=last.reason).exists()


@retry_on_deadlock
@transaction.atomic
def block_sender(*, comment: Comment, kind: str, until: datetime, reason: str, by: Any) -> Block:
    """Refuse further comments from the network or the e-mail address of this one.

    Raises ValidationError where the comment no longer tells whose it is.
    """
    key = comment.network_hash if kind == Block.Kind.NETWORK else comment.email_hash
    if not key:
        raise refuse(_("What this sender could be known by was not given or is erased already."))
    now = timezone.now()
    if until <= now or not reason.strip():
        raise refuse(_("A block needs a reason and an end that lies ahead."))
    block, _is_new = Block.objects.update_or_create(
        kind=kind,
        key=key,
        defaults={"reason": reason.strip(), "until": until, "by": by, "created_at": now},
    )
    return block
