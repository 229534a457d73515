"""What moderators decide. Of two who decide at once one does; the other is told who and what."""

from __future__ import annotations

import textwrap
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comments.models import Comment, CommentSettings, Decision, Reason
from comments.models.comments import LONGEST_ANSWER, LONGEST_TEXT, NAME_LENGTH, SHORTEST_TEXT
from news.formats import updated_line
from news.text import normalize
from news.transactions import retry_on_deadlock

Status = Comment.Status
Action = Decision.Action


def lock_comment(comment: Comment) -> Comment:
    """Read the comment anew and keep its row until the transaction ends.

    Rows that point to it may be written meanwhile (`no_key`).
    """
    return Comment.objects.select_for_update(of=("self",), no_key=True).get(pk=comment.pk)


def refuse(sentence: str, code: str = "refused") -> ValidationError:
    return ValidationError(sentence, code=code)


def _lock_and_check(comment: Comment, *states: str) -> Comment:
    """Lock a comment that must be in one of these states and as the moderator saw it."""
    locked = lock_comment(comment)
    if locked.status not in states or locked.status != comment.status:
        raise refuse(_decided_already(locked), code="decided")
    if locked.text != comment.text:
        raise changed_meanwhile()
    return locked


def changed_meanwhile() -> ValidationError:
    """The sender may amend a comment that waits: nobody decides on a text that nobody has read."""
    return refuse(_("The text was changed after you saw it: please read it again."), "changed")


def _decided_already(comment: Comment) -> str:
    last = comment.decisions.select_related("by").order_by("-pk").first()
    if last is None:
        return _("This cannot be done with a comment that is %(status)s.") % {
            "status": comment.get_status_display()
        }
    who = (last.by.get_full_name() or last.by.get_username()) if last.by else _("The sender")
    return _("%(who)s was here first: %(action)s, at %(time)s.") % {
        "who": who,
        "action": last.get_action_display(),
        "time": updated_line(last.at),
    }


def record_decision(
    comment: Comment, action: str, from_status: str, *, by: Any = None, **fields: str
) -> Decision:
    """Write down that the comment, in its new state, was changed."""
    return Decision.objects.create(
        comment=comment,
        by=by,
        at=timezone.now(),
        action=action,
        from_status=from_status,
        to_status=comment.status,
        **fields,
    )


def set_status(locked: Comment, comment: Comment, status: str, *fields: str) -> str:
    """Give the locked row a state, and the object in hand the same; return the earlier state.

    `fields` name what else was changed in the locked row.
    """
    earlier = locked.status
    locked.status = status
    if status == Status.APPROVED and locked.published_at is None:
        locked.published_at = timezone.now()
    locked.save(update_fields=["status", "published_at", *fields])
    comment.status, comment.published_at = locked.status, locked.published_at
    return earlier


def _check_reason(reason: str) -> str:
    if reason not in Reason.values:
        raise refuse(_("Choose the reason."), code="reason")
    return reason


@retry_on_deadlock
@transaction.atomic
def approve_comment(*, comment: Comment, by: Any, note: str = "") -> Comment:
    """Publish a comment that waits. `by` is None where a rule does it for a trusted sender."""
    locked = _lock_and_check(comment, Status.PENDING)
    earlier = set_status(locked, comment, Status.APPROVED)
    record_decision(locked, Action.APPROVE, earlier, by=by, note=note)
    return comment


@retry_on_deadlock
@transaction.atomic
def reject_comment(
    *, comment: Comment, by: Any, reason: str, message: str = "", note: str = ""
) -> Comment:
    """Refuse a comment that waits.

    Args:
        reason: one of `Reason`.
        message: told to the sender on the status page.
        note: for the office alone.
    """
    locked = _lock_and_check(comment, Status.PENDING)
    fields = {"reason": _check_reason(reason), "message": message, "note": note}
    earlier = set_status(locked, comment, Status.REJECTED)
    record_decision(locked, Action.REJECT, earlier, by=by, **fields)
    return comment


@retry_on_deadlock
@transaction.atomic
def mark_spam(*, comment: Comment, by: Any, note: str = "") -> Comment:
    """Put away a comment, waiting or published, that was sent to advertise."""
    locked = _lock_and_check(comment, Status.PENDING, Status.APPROVED)
    if locked.is_official:
        raise refuse(_("This is an answer of the agency: remove it instead."))
    earlier = set_status(locked, comment, Status.SPAM)
    record_decision(locked, Action.SPAM, earlier, by=by, reason=Reason.ADVERTISING, note=note)
    return comment


@retry_on_deadlock
@transaction.atomic
def remove_comment(
    *, comment: Comment, by: Any, reason: str, message: str = "", note: str = ""
) -> Comment:
    """Take a published comment off the page at once; its text is kept as evidence."""
    locked = _lock_and_check(comment, Status.APPROVED)
    fields = {"reason": _check_reason(reason), "message": message, "note": note}
    earlier = set_status(locked, comment, Status.REMOVED)
    record_decision(locked, Action.REMOVE, earlier, by=by, **fields)
    return comment


@retry_on_deadlock
@transaction.atomic
def restore_comment(*, comment: Comment, by: Any, note: str = "") -> Comment:
    """Take a refusal back: what was published is so again, what was not waits again."""
    locked = _lock_and_check(comment, Status.REJECTED, Status.SPAM, Status.REMOVED)
    if locked.withdrawn_at or locked.erased_at:
        raise refuse(_("The sender has taken this comment back."))
    earlier = set_status(
        locked, comment, Status.APPROVED if locked.published_at else Status.PENDING
    )
    record_decision(locked, Action.RESTORE, earlier, by=by, note=note)
    return comment


def _clean_text(text: str, least: int, most: int) -> str:
    text = normalize(text).strip()
    if not least <= len(text) <= most:
        raise refuse(
            _("The text must have %(least)d to %(most)d characters.")
            % {"least": least, "most": most},
            code="text",
        )
    return text


@retry_on_deadlock
@transaction.atomic
def correct_comment(*, comment: Comment, by: Any, text: str, note: str = "") -> Comment:
    """Correct the spelling. Readers see that it was done; what was sent is kept beside it."""
    locked = _lock_and_check(comment, Status.PENDING, Status.APPROVED)
    corrected = _clean_text(text, 1 if locked.is_official else SHORTEST_TEXT, LONGEST_TEXT)
    if corrected == locked.text:
        raise refuse(_("Nothing was corrected."))
    locked.sent_text = locked.sent_text or locked.text
    locked.text, locked.corrected_at = corrected, timezone.now()
    # The marks of the rules stood in the text that was sent.
    locked.findings = []
    locked.save(update_fields=["text", "sent_text", "corrected_at", "findings"])
    for name in ("text", "sent_text", "corrected_at", "findings"):
        setattr(comment, name, getattr(locked, name))
    record_decision(locked, Action.CORRECT, locked.status, by=by, note=note)
    return comment


@retry_on_deadlock
@transaction.atomic
def reply_officially(*, comment: Comment, by: Any, text: str) -> Comment:
    """Answer a published comment in the agency's name, in its thread; return the answer.

    Who replied in a thread whose beginning was taken back is answered still.
    """
    locked = lock_comment(comment)
    thread = lock_comment(locked.parent) if locked.parent else locked
    if locked.status != Status.APPROVED or not thread.is_shown:
        raise refuse(_("Only a published comment can be answered."))
    text = _clean_text(text, 1, LONGEST_ANSWER)
    # A button pressed twice: the thread is locked, so the second finds what the first has written.
    if Comment.objects.approved().filter(parent=thread, is_official=True, text=text).exists():
        raise refuse(_("This answer stands in the thread already."), code="duplicate")
    rules = CommentSettings.load()
    now = timezone.now()
    answer = Comment.objects.create(
        article_id=thread.article_id,
        parent=thread,
        name=textwrap.shorten(rules.controller or _("The agency"), NAME_LENGTH, placeholder="…"),
        text=text,
        status=Status.APPROVED,
        hold_reason=Comment.HoldReason.NONE,
        is_official=True,
        staff=by,
        submitted_at=now,
        published_at=now,
    )
    record_decision(answer, Action.REPLY, Status.APPROVED, by=by)
    return answer
