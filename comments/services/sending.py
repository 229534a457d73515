"""What the sender does: send, amend for a while, take back."""

from __future__ import annotations

import contextlib
import json
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import hashing, moderation
from comments.gate import Sending
from comments.models import Comment, ConsentText, Decision
from comments.services.deciding import approve_comment, lock, move, record, refuse
from news.statements import fetch_row
from news.text import comparison_key

Status = Comment.Status
AMENDED_WITHIN = timedelta(minutes=15)
# Each is written down, and no captcha stands before it.
MOST_AMENDMENTS = 20

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Draft:
    """A comment as its sender wrote it, cleaned (`forms.CommentForm`), and who sends it.

    `network` and `email_hash` are keyed hashes; `status_key` is the secret of the private link.
    """

    name: str
    email: str
    text: str
    parent_id: int | None
    network: str
    email_hash: str | None
    status_key: str

    def fingerprint(self, article_id: int) -> str:
        return fingerprint(article_id, self.network, self.name, self.text)


def fingerprint(article_id: int, network: str, name: str, text: str) -> str:
    """Return what stays the same if the same sender sends the same text again.

    Case, spaces and punctuation do not count.
    """
    words = " ".join(_WORD.findall(text.casefold())) or text
    return hashing.fingerprint(article_id, network, comparison_key(name), words)


# In comments/sql/sending.sql: it counts for the limits, and stores what is within.
_STORE = f"SELECT * FROM comments_store({', '.join(['%s'] * 17)})"  # noqa: S608 – of our own
# The same with all that must be known before it: nothing is stored where the stamp
# of what this process knows is no longer true, the captcha was not answered, or a limit is reached.
_SEND = f"SELECT comments_send({', '.join(['%s'] * 20)})"


def submit_comment(*, sending: Sending, draft: Draft, now: datetime | None = None) -> int:
    """Store a comment of a reader, once, and return its id; it waits for a moderator.

    The captcha must have been answered. One statement, and two more for a sender whom the rules of
    the office trust. Raises ValidationError, with a code, where the article takes no comments
    (`closed`), the sender is blocked (`blocked`), the comment to answer is gone (`parent`), the
    sender or the network is too fast (`too-fast`), or this was sent already (`duplicate`).
    """
    gate = sending.gate
    now = now or timezone.now()
    if gate.refusal:
        raise refuse(gate.refusal, code="closed")
    if sending.is_blocked:
        raise refuse(_("Comments from you are not accepted at present."), code="blocked")
    if draft.parent_id is not None and not sending.parent_is_shown:
        raise refuse(_("The comment you answer is no longer there."), code="parent")
    rules = gate.rules
    values, is_clean = _examined(sending, draft, now)
    pk, paced, is_flood = fetch_row(_STORE, values)
    if pk is not None:
        _publish_trusted(pk, sending, draft, is_clean)
        return int(pk)
    if paced is not None:
        left = rules.seconds_between - (now - paced).total_seconds()
        raise refuse(
            _("You have just sent a comment. Please wait %(seconds)d seconds to send another.")
            % {"seconds": max(1, math.ceil(left))},
            code="too-fast",
        )
    if is_flood:
        raise refuse(
            _("Many comments have come from your network. Please try again later."),
            code="too-fast",
        )
    raise refuse(_("You have sent this comment already."), code="duplicate")


def submit_at_once(
    *, known: Sending, draft: Draft, key: str, answer: str, now: datetime | None = None
) -> bool:
    """Store a comment in a single statement, if everything is as it was when it was asked last.

    Return False where it is not so, or the comment is to be refused: nothing has happened then, and
    `submit_comment` tells why.

    Args:
        known: what this process remembers (`gate.remembered`).
        key: of the captcha, which this uses up.
        answer: to it, as it is stored (`challenges.given`).
    """
    if known.gate.refusal or known.gate.consent is None:
        return False
    values, is_clean = _examined(known, draft, now or timezone.now())
    (pk,) = fetch_row(_SEND, (known.stamp, key, answer, *values))
    if pk is None:
        return False
    _publish_trusted(pk, known, draft, is_clean)
    return True


def _examined(sending: Sending, draft: Draft, now: datetime) -> tuple[tuple[Any, ...], bool]:
    """Return what a comment is stored with, and whether nothing in it was found to look at."""
    gate = sending.gate
    phrases = moderation.phrase_list(sending.phrases)
    findings = moderation.examine(draft.text, phrases, links_allowed=gate.rules.links_allowed)
    in_name = phrases.find(draft.name)
    values = (
        hashing.sender_key(draft.network, comparison_key(draft.name), draft.email_hash),
        hashing.network_key(draft.network),
        now,
        gate.rules.seconds_between,
        gate.rules.per_hour_and_network,
        gate.article_id,
        draft.parent_id,
        draft.name,
        draft.email,
        draft.text,
        moderation.hold_reason([*findings, *in_name]),
        json.dumps([[f.reason, f.start, f.end] for f in findings]),
        gate.consent[0] if gate.consent else _first_consent(gate.consent_words, now),
        draft.network,
        draft.email_hash,
        hashing.status_key_hash(draft.status_key),
        draft.fingerprint(gate.article_id),
    )
    return values, not findings and not in_name


def _first_consent(words: str, now: datetime) -> int:
    """Keep the built-in wording as version 0, when the first comment is sent under it.

    Version 1 is the office's own, which may be written already and in force only later.
    """
    consent, _is_new = ConsentText.objects.get_or_create(
        version=0, defaults={"text": words, "valid_from": now}
    )
    return int(consent.pk)


def _publish_trusted(pk: int, sending: Sending, draft: Draft, is_clean: bool) -> None:
    """Publish at once what a sender wrote of whom enough was approved under the same e-mail."""
    needed = sending.gate.rules.trust_after
    if not (needed and draft.email_hash and is_clean):
        return
    approved = Comment.objects.approved().filter(email_hash=draft.email_hash)
    if approved[:needed].count() >= needed:
        # A moderator may have been faster: the comment is stored either way.
        with contextlib.suppress(ValidationError):
            approve_comment(
                comment=Comment.objects.get(pk=pk),
                by=None,
                note=_("A trusted sender, by the rules."),
            )


def may_be_amended(comment: Comment, now: datetime | None = None) -> bool:
    """Whether its sender may still change it: for a quarter of an hour, while it waits."""
    now = now or timezone.now()
    return comment.status == Status.PENDING and now - comment.submitted_at <= AMENDED_WITHIN


@transaction.atomic
def amend_comment(*, comment: Comment, text: str, sending: Sending) -> Comment:
    """Replace the text of a comment that waits, as its sender asks within 15 minutes.

    Args:
        text: cleaned as that of a new comment is.
        sending: by whose rules and word list it is examined.
    """
    locked = lock(comment)
    if not may_be_amended(locked):
        raise refuse(_("The time to change this comment is over."), code="late")
    if text == locked.text:
        return locked
    if locked.decisions.filter(action=Decision.Action.AMEND).count() >= MOST_AMENDMENTS:
        raise refuse(_("You have changed this comment too often."), code="too-fast")
    phrases = moderation.phrase_list(sending.phrases)
    findings = moderation.examine(text, phrases, links_allowed=sending.gate.rules.links_allowed)
    locked.text = text
    locked.findings = [[str(f.reason), f.start, f.end] for f in findings]
    locked.hold_reason = moderation.hold_reason([*findings, *phrases.find(locked.name)])
    if locked.network_hash:
        locked.fingerprint = fingerprint(locked.article_id, locked.network_hash, locked.name, text)
    try:
        with transaction.atomic():
            locked.save(update_fields=["text", "findings", "hold_reason", "fingerprint"])
    except IntegrityError:
        raise ValidationError(_("You have sent this comment already."), code="duplicate") from None
    record(locked, Decision.Action.AMEND, locked.status)
    return locked


@transaction.atomic
def withdraw_comment(*, comment: Comment) -> Comment:
    """Take a comment back, waiting or published, as its sender asks. Staff cannot restore it."""
    locked = lock(comment)
    if locked.status not in {Status.PENDING, Status.APPROVED}:
        raise refuse(_("This comment is not on the page any more."), code="gone")
    locked.withdrawn_at = timezone.now()
    # The same words may be sent anew.
    locked.fingerprint = None
    earlier = move(locked, comment, Status.REMOVED, "withdrawn_at", "fingerprint")
    record(locked, Decision.Action.WITHDRAW, earlier)
    return locked
