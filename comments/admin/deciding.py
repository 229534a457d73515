"""What a moderator can decide about comments, one or many at once, and how it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from comments import services
from comments.admin.desk_forms import ReasonForm
from comments.models import Comment
from comments.services.deciding import changed_meanwhile

Status = Comment.Status
# More than a page of the queue cannot be picked: one decides about what one has seen.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Step:
    """A decision: its words, from which states it leads on, and the service that takes it."""

    label: Any
    done: Any
    key: str
    from_states: frozenset[str]
    act: Callable[..., Any]
    title: Any = ""
    explanation: Any = ""

    @property
    def form(self) -> type[ReasonForm] | None:
        """What is asked first: a decision with a title of its own owes the sender a reason."""
        return ReasonForm if self.title else None


STEPS = {
    "approve": Step(
        gettext_lazy("Approve"),
        ngettext_lazy(
            "%(count)d comment was approved.", "%(count)d comments were approved.", "count"
        ),
        "A",
        frozenset({Status.PENDING}),
        services.approve_comment,
    ),
    "reject": Step(
        gettext_lazy("Reject…"),
        ngettext_lazy(
            "%(count)d comment was rejected.", "%(count)d comments were rejected.", "count"
        ),
        "R",
        frozenset({Status.PENDING}),
        services.reject_comment,
        gettext_lazy("Reject comments"),
        gettext_lazy("The comments are not published. The sender sees your words for it."),
    ),
    "spam": Step(
        gettext_lazy("Mark as spam"),
        ngettext_lazy(
            "%(count)d comment was marked as spam.",
            "%(count)d comments were marked as spam.",
            "count",
        ),
        "S",
        frozenset({Status.PENDING, Status.APPROVED}),
        services.mark_spam,
    ),
    "remove": Step(
        gettext_lazy("Remove from the page…"),
        ngettext_lazy(
            "%(count)d comment was removed.", "%(count)d comments were removed.", "count"
        ),
        "D",
        frozenset({Status.APPROVED}),
        services.remove_comment,
        gettext_lazy("Remove comments from the page"),
        gettext_lazy("The comments leave the page at once. Their texts are kept as evidence."),
    ),
    "restore": Step(
        gettext_lazy("Restore"),
        ngettext_lazy(
            "%(count)d comment was restored.", "%(count)d comments were restored.", "count"
        ),
        "",
        frozenset({Status.REJECTED, Status.SPAM, Status.REMOVED}),
        services.restore_comment,
    ),
}


def buttons_for(shown: str) -> list[tuple[str, Any, str]]:
    """Name, label and key of the decisions that fit comments of this status, or of any."""
    return [
        (name, step.label, step.key)
        for name, step in STEPS.items()
        if shown not in Status.values or shown in step.from_states
    ]


@dataclass
class Outcome:
    """What became of a decision about many: how many it met, and why not the others."""

    done: list[Comment]
    refused: list[tuple[Comment, str]]


@dataclass(frozen=True)
class Seen:
    """How a page showed a comment: its status, and a mark of its text, empty if it is not told."""

    status: str
    mark: str = ""


def decide(
    step: Step,
    comments: Iterable[Comment],
    *,
    by: Any,
    words: dict[str, str],
    seen: dict[int, Seen],
) -> Outcome:
    """Decide about each comment by itself: one that somebody else has decided holds up none.

    Args:
        words: the reason, what the sender is told and the note, where the step asks for them.
        seen: by key, how the moderator saw a comment; what has changed since is refused.
    """
    outcome = Outcome([], [])
    for comment in comments:
        try:
            require_as_seen(comment, seen)
            step.act(comment=comment, by=by, **words)
        except ValidationError as refusal:
            outcome.refused.append((comment, " ".join(refusal.messages)))
        except Comment.DoesNotExist:
            outcome.refused.append((comment, _("It is not there any more.")))
        else:
            outcome.done.append(comment)
    return outcome


def require_as_seen(comment: Comment, seen: dict[int, Seen]) -> None:
    """Give the comment the status that the moderator saw; refuse words that they did not read.

    The service compares both once more with the locked row.
    """
    shown = seen.get(comment.pk)
    if shown is None:
        return
    # Of a comment that was decided meanwhile the service tells by whom.
    if shown.mark and shown.mark != mark_of(comment) and shown.status == comment.status:
        raise changed_meanwhile()
    comment.status = shown.status


def mark_of(comment: Comment) -> str:
    """A few letters that differ if the text does."""
    return hashlib.sha256(comment.text.encode()).hexdigest()[:12]


def written(comments: Iterable[Comment]) -> str:
    """How the page shows its comments, for the form that comes back."""
    return ",".join(f"{comment.pk}-{comment.status}-{mark_of(comment)}" for comment in comments)


def read(seen: str) -> dict[int, Seen]:
    """What `written` wrote; parts that it cannot have written are left out."""
    parts = (part.split("-", 2) for part in seen.split(","))
    return {
        int(part[0]): Seen(*part[1:])
        for part in parts
        if part[0].isascii()
        and part[0].isdecimal()
        and len(part[0]) < 18
        and len(part) > 1
        and part[1] in Status.values
    }
