"""Complaints about comments, with the time the law gives; and senders who are kept away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import hashing
from comments.models import Block, Comment, Decision, Reason, Report
from comments.services.deciding import record_decision, refuse, set_status

PER_HOUR_AND_NETWORK = 20


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

    The same network's second complaint about a comment, while the first is open, is the first.
    Raises ValidationError where the comment is erased or, for a reader, not published, and where
    one network complains too often.
    """
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
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        first = Report.objects.filter(
            comment=comment, network_hash=network, handled_at=None
        ).first()
        if first is None:  # decided, or gone with the comment, in this very moment
            raise refuse(_("This comment is not published.")) from None
        return first
    return report


@transaction.atomic
def handle_report(
    *, report: Report, by: Any, outcome: str, note: str = "", message: str = ""
) -> Report:
    """Decide a complaint; one that is upheld takes the comment off the page in the same moment.

    One that is dismissed shows the comment again, if it was hidden until complaints are decided and
    no other complaint is open or was upheld.

    Raises ValidationError if it was decided already, with who did.
    """
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.handled_by:
        who = locked.handled_by.get_full_name() or locked.handled_by.get_username()
        raise refuse(
            _("%(who)s has decided this complaint already: %(outcome)s.")
            % {"who": who, "outcome": locked.get_outcome_display()},
            code="decided",
        )
    if outcome not in Report.Outcome.values:
        raise ValidationError(_("Choose the outcome."), code="outcome")
    locked.handled_at, locked.handled_by, locked.outcome = timezone.now(), by, outcome
    locked.note = note
    locked.save(update_fields=["handled_at", "handled_by", "outcome", "note"])
    comment = Comment.objects.select_for_update(of=("self",)).get(pk=locked.comment_id)
    words = {"reason": Reason(locked.reason), "message": message, "note": note}
    if outcome == Report.Outcome.UPHELD:
        if comment.status == Comment.Status.APPROVED or (message and _is_hidden(comment)):
            # What is hidden already is not told twice, unless there are words for its sender.
            earlier = set_status(comment, comment, Comment.Status.REMOVED)
            record_decision(comment, Decision.Action.REMOVE, earlier, by=by, **words)
    elif _is_hidden_for(comment, locked):
        earlier = set_status(comment, comment, Comment.Status.APPROVED)
        record_decision(comment, Decision.Action.RESTORE, earlier, by=by, note=note)
    for name in ("handled_at", "handled_by", "outcome", "note"):
        setattr(report, name, getattr(locked, name))
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

    It was, if the removal has the reason of a complaint that had come by then. A removal for
    another reason, or before any complaint, is a decision of its own.
    """
    if not _is_hidden(comment):
        return False
    reports = Report.objects.filter(comment=comment)
    others = reports.exclude(pk=report.pk)
    if others.filter(Q(handled_at=None) | Q(outcome=Report.Outcome.UPHELD)).exists():
        return False
    last = comment.decisions.first()
    return (
        last is not None
        and last.action == Decision.Action.REMOVE
        and reports.filter(reason=last.reason, received_at__lte=last.at).exists()
    )


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
