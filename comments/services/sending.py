"""What the sender does: send, amend for a while, take back."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import Error
from psycopg.errors import ForeignKeyViolation

from comments import hashing, moderation
from comments.models import (
    Block,
    Comment,
    CommentPolicy,
    CommentSettings,
    ConsentText,
    Decision,
    ListedPhrase,
    SendLimit,
)
from comments.services.deciding import (
    approve_comment,
    lock_comment,
    record_decision,
    refuse,
    set_status,
)
from news.models import Article
from news.transactions import retry_on_deadlock

Status = Comment.Status
AMENDED_WITHIN = timedelta(minutes=15)
# Each is written down, and no captcha stands before it.
MOST_AMENDMENTS = 20

SAME_TEXT_ONCE = "comments_comment_same_text_once_per_sender"
STATUS_KEY_ONCE = "comments_comment_status_key_once"
REPLY_HAS_PARENT = "comments_comment_answers_a_comment_of_its_article"


class StatusKeyTakenError(Exception):
    """The same form has sent a comment under this status key, which was amended or withdrawn."""


@retry_on_deadlock
def submit_comment(*, comment: Comment, policy: CommentPolicy) -> Comment:
    """Store a comment of a reader, once; it waits for a moderator, unless its sender is trusted.

    The captcha must have been answered. A try is counted for the limits when it is stored, and when
    it is refused as `too-fast` or `duplicate`; one that is `closed`, `blocked` or `parent` is not.

    Args:
        comment: as the form made it (`CommentForm.unsaved_comment`).
        policy: of its article.

    Raises ValidationError, with a code, where the article takes no comments (`closed`), the sender
    is blocked (`blocked`), the comment to answer is gone (`parent`), the sender or the network is
    too fast (`too-fast`), or this was sent already (`duplicate`). Raises StatusKeyTakenError where
    the comment needs another status key.
    """
    if policy.refusal:
        raise refuse(policy.refusal, code="closed")
    if Block.objects.of_sender(comment.network_hash or "", comment.email_hash).exists():
        raise refuse(_("Comments from you are not accepted at present."), code="blocked")
    answered = comment.parent_id
    if answered is not None and not _takes_replies(policy.article, answered):
        raise _parent_gone()
    comment.submitted_at = comment.consented_at = timezone.now()
    _examine(comment, policy.rules)
    try:
        with transaction.atomic():
            refusal = _count_for_limits(comment, policy.rules)
            if refusal is None:
                _store(comment, policy)
    except IntegrityError as error:
        refusal = _refusal_of(error, comment)
        if refusal.code == "duplicate":
            _count_for_limits(comment, policy.rules)  # again: it was undone with the rest
    if refusal is not None:
        # Only now: inside the transaction it would undo what was counted.
        raise refusal
    return comment


def _violated_constraint(error: IntegrityError) -> str | None:
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, Error) else None


def _refusal_of(error: IntegrityError, comment: Comment) -> ValidationError:
    """Return why a comment could not be stored, if its sender can be told; raise anything else."""
    constraint = _violated_constraint(error)
    if constraint == SAME_TEXT_ONCE:
        return _duplicate()
    if constraint == STATUS_KEY_ONCE:
        # PostgreSQL names one constraint: a form sent twice violates both.
        if Comment.objects.filter(fingerprint=comment.fingerprint).exists():
            return _duplicate()
        raise StatusKeyTakenError from None
    if isinstance(error.__cause__, ForeignKeyViolation):
        if not Article.objects.filter(pk=comment.article_id).exists():
            return refuse(_("This article takes no comments."), code="closed")
        if constraint == REPLY_HAS_PARENT:
            return _parent_gone()
    raise error


def _duplicate() -> ValidationError:
    return refuse(_("You have sent this comment already."), code="duplicate")


def _parent_gone() -> ValidationError:
    return refuse(_("The comment you answer is no longer there."), code="parent")


def _takes_replies(article: Article, pk: int) -> bool:
    """Whether readers see this comment below the article, and it begins a thread."""
    return Comment.objects.approved().filter(article=article, parent=None, pk=pk).exists()


def _examine(comment: Comment, rules: CommentSettings) -> None:
    """Write down what a moderator should look at, and why the comment is held."""
    rows = ListedPhrase.objects.values_list("phrase", "accents_matter").order_by("pk")
    phrases = moderation.phrase_list(tuple(rows))
    findings = moderation.examine(comment.text, phrases, links_allowed=rules.links_allowed)
    comment.findings = [[str(f.reason), f.start, f.end] for f in findings]
    comment.hold_reason = moderation.hold_reason([*findings, *phrases.find(comment.name)])


def _count_for_limits(comment: Comment, rules: CommentSettings) -> ValidationError | None:
    """Count this try for its sender and its network; return why it comes too fast, or None."""
    now, network = comment.submitted_at, comment.network_hash or ""
    pace = timedelta(seconds=rules.seconds_between)
    of_sender, of_network = SendLimit.add_one(
        sender=hashing.sender_key(network, comment.name, comment.email_hash),
        network=hashing.network_key(network),
        pace=pace,
        now=now,
    )
    if pace and of_sender.count > 1:
        left = pace - (now - of_sender.since)
        return refuse(
            _("You have just sent a comment. Please wait %(seconds)d seconds to send another.")
            % {"seconds": max(1, math.ceil(left.total_seconds()))},
            code="too-fast",
        )
    if of_network.count > rules.per_hour_and_network:
        return refuse(
            _("Many comments have come from your network. Please try again later."),
            code="too-fast",
        )
    return None


def _store(comment: Comment, policy: CommentPolicy) -> None:
    """Save a comment, and publish it if its sender is trusted."""
    comment.consent = policy.consent
    if policy.consent.pk is None:
        # Version 1 is the office's own, which may be written already and in force only later.
        comment.consent, _is_new = ConsentText.objects.get_or_create(
            version=0,
            defaults={"text": policy.consent.text, "valid_from": comment.submitted_at},
        )
    comment.save()
    if _is_trusted(comment, policy.rules):
        approve_comment(comment=comment, by=None, note=_("A trusted sender, by the rules."))


def _is_trusted(comment: Comment, rules: CommentSettings) -> bool:
    """Whether no rule found anything and enough was approved under the same e-mail address."""
    if not (rules.trust_after and comment.email_hash):
        return False
    if comment.hold_reason != Comment.HoldReason.EVERY_COMMENT:
        return False
    approved = Comment.objects.approved().filter(email_hash=comment.email_hash)
    return approved[: rules.trust_after].count() >= rules.trust_after


def may_be_amended(comment: Comment, now: datetime | None = None) -> bool:
    """Whether its sender may still change it: for a quarter of an hour, while it waits."""
    now = now or timezone.now()
    return comment.status == Status.PENDING and now - comment.submitted_at <= AMENDED_WITHIN


@retry_on_deadlock
@transaction.atomic
def amend_comment(*, comment: Comment, text: str) -> Comment:
    """Replace the text of a comment that waits, as its sender asks within 15 minutes.

    Args:
        text: cleaned as that of a new comment is (`forms.AmendForm`).

    Raises ValidationError, with a code, where the time is over or a moderator has decided (`late`),
    the article is no longer published (`closed`), the text was changed too often (`too-fast`) or is
    that of another comment of this sender (`duplicate`).
    """
    try:
        policy = CommentPolicy.for_article(comment.article_id)
    except Article.DoesNotExist:
        raise refuse(_("This article takes no comments."), code="closed") from None
    locked = lock_comment(comment)
    if not may_be_amended(locked):
        raise refuse(_("The time to change this comment is over."), code="late")
    if text == locked.text:
        return locked
    if locked.decisions.filter(action=Decision.Action.AMEND).count() >= MOST_AMENDMENTS:
        raise refuse(_("You have changed this comment too often."), code="too-fast")
    locked.text = text
    _examine(locked, policy.rules)
    if locked.network_hash:
        locked.fingerprint = hashing.fingerprint(
            locked.article_id, locked.network_hash, locked.name, text
        )
    try:
        with transaction.atomic():
            locked.save(update_fields=["text", "findings", "hold_reason", "fingerprint"])
    except IntegrityError as error:
        if _violated_constraint(error) != SAME_TEXT_ONCE:
            raise
        raise _duplicate() from None
    record_decision(locked, Decision.Action.AMEND, locked.status)
    return locked


@retry_on_deadlock
@transaction.atomic
def withdraw_comment(*, comment: Comment) -> Comment:
    """Take a comment back, waiting or published, as its sender asks. Staff cannot restore it."""
    locked = lock_comment(comment)
    if locked.status not in {Status.PENDING, Status.APPROVED}:
        raise refuse(_("This comment is not on the page any more."), code="gone")
    locked.withdrawn_at = timezone.now()
    # The same text may be sent anew.
    locked.fingerprint = None
    earlier = set_status(locked, comment, Status.REMOVED, "withdrawn_at", "fingerprint")
    record_decision(locked, Decision.Action.WITHDRAW, earlier)
    return locked
