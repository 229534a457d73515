"""What a moderator can decide about comments, one or many at once, and the view that does it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from comments import services
from comments.admin.forms import ReasonForm
from comments.models import Comment
from comments.services.deciding import changed_meanwhile
from news.keys import is_primary_key
from news.staff_admin.ask_pages import ask_page

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Status = Comment.Status
MODERATE = "comments.moderate_comment"
ASK_TEMPLATE = "admin/comments/ask.html"
# One page of the queue: a moderator decides about what is on the screen.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class DecisionKind:
    """A decision: its texts, the statuses it starts from, and the service that carries it out."""

    label: StrPromise
    success_message: StrPromise
    shortcut: str
    from_statuses: frozenset[str]
    service: Callable[..., Comment]
    # Of a decision that asks for a reason first.
    title: StrPromise | str = ""
    explanation: StrPromise | str = ""

    @property
    def form_class(self) -> type[ReasonForm] | None:
        return ReasonForm if self.title else None


DECISIONS = {
    "approve": DecisionKind(
        gettext_lazy("Approve"),
        ngettext_lazy(
            "%(count)d comment was approved.", "%(count)d comments were approved.", "count"
        ),
        "A",
        frozenset({Status.PENDING}),
        services.approve_comment,
    ),
    "reject": DecisionKind(
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
    "spam": DecisionKind(
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
    "remove": DecisionKind(
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
    "restore": DecisionKind(
        gettext_lazy("Restore"),
        ngettext_lazy(
            "%(count)d comment was restored.", "%(count)d comments were restored.", "count"
        ),
        "",
        frozenset({Status.REJECTED, Status.SPAM, Status.REMOVED}),
        services.restore_comment,
    ),
}


def decision_buttons(status: str) -> list[tuple[str, StrPromise, str]]:
    """Name, label and shortcut of the decisions possible from a status; of all, if it is none."""
    return [
        (name, kind.label, kind.shortcut)
        for name, kind in DECISIONS.items()
        if status not in Status.values or status in kind.from_statuses
    ]


# --- What the moderator saw ---------------------------------------------------------------------


@dataclass(frozen=True)
class ShownState:
    """How a page showed a comment: its status and a digest of its text, which may be missing."""

    status: str
    text_digest: str = ""


def text_digest(comment: Comment) -> str:
    return hashlib.sha256(comment.text.encode()).hexdigest()[:12]


def encode_shown(comments: Iterable[Comment]) -> str:
    """The value of the hidden field that tells how the page showed its comments."""
    return ",".join(f"{comment.pk}-{comment.status}-{text_digest(comment)}" for comment in comments)


def parse_shown(value: str) -> dict[int, ShownState]:
    """By primary key, what `encode_shown` wrote; parts that are malformed are left out."""
    parts = (part.split("-", 2) for part in value.split(","))
    return {
        int(part[0]): ShownState(*part[1:])
        for part in parts
        if is_primary_key(part[0]) and len(part) > 1 and part[1] in Status.values
    }


def require_unchanged(comment: Comment, shown: dict[int, ShownState]) -> None:
    """Give the comment the status that the moderator saw; the service compares it with the row.

    Raises ValidationError if the text is another one than the moderator read.
    """
    state = shown.get(comment.pk)
    if state is None:
        return
    text_changed = state.text_digest and state.text_digest != text_digest(comment)
    # If the status changed too, the service says who decided.
    if text_changed and state.status == comment.status:
        raise changed_meanwhile()
    comment.status = state.status


# --- Carrying it out ----------------------------------------------------------------------------


@dataclass
class DecisionResult:
    """The comments that were decided, and those that were not, each with the reason."""

    decided: list[Comment] = field(default_factory=list)
    refused: list[tuple[Comment, str]] = field(default_factory=list)


def decide_comments(
    kind: DecisionKind,
    comments: Iterable[Comment],
    *,
    by: Any,
    reasons: dict[str, str],
    shown: dict[int, ShownState],
) -> DecisionResult:
    """Decide about each comment in a transaction of its own: one refusal stops none of the others.

    Args:
        reasons: what `ReasonForm` asked for, if the decision needs it.
        shown: how the page showed the comments; what has changed since then is refused.
    """
    result = DecisionResult()
    for comment in comments:
        try:
            require_unchanged(comment, shown)
            kind.service(comment=comment, by=by, **reasons)
        except ValidationError as refusal:
            result.refused.append((comment, " ".join(refusal.messages)))
        except Comment.DoesNotExist:
            result.refused.append((comment, _("It is not there any more.")))
        else:
            result.decided.append(comment)
    return result


class ModeratorMixin(admin.ModelAdmin):
    """For a ModelAdmin with views that only moderators may open."""

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MODERATE)

    def require_moderator(self, request: HttpRequest) -> None:
        """Raise PermissionDenied unless the user is a moderator."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied


class DecisionMixin(ModeratorMixin):
    """The view that the buttons of the queue and of the page of one comment post to."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("decide/", view, name="comments_comment_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Decide about the selected comments; ask for the reason first if one is needed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.require_moderator(request)
        kind = DECISIONS.get(request.POST.get("decision", ""))
        selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if kind is None or len(selected) > MOST_AT_ONCE or not all(map(is_primary_key, selected)):
            raise BadRequest("unknown decision, or the selection holds no primary keys")
        back = self._list_url(request.POST.get("back", ""))
        comments = list(Comment.objects.filter(pk__in=selected).order_by("pk"))
        if not comments:
            messages.warning(request, _("Select a comment first."))
            return HttpResponseRedirect(back)
        reasons: dict[str, str] = {}
        if kind.form_class is not None:
            form = kind.form_class(request.POST if "asked" in request.POST else None)
            if not form.is_valid():
                return self._ask_reason(request, kind, form, comments, back)
            reasons = form.cleaned_data
        shown = parse_shown(request.POST.get("seen", ""))
        result = decide_comments(kind, comments, by=request.user, reasons=reasons, shown=shown)
        self._add_messages(request, kind, result)
        return HttpResponseRedirect(back)

    def _list_url(self, query: str) -> str:
        url = reverse("admin:comments_comment_changelist")
        return f"{url}?{query}" if query else url

    def _ask_reason(
        self,
        request: HttpRequest,
        kind: DecisionKind,
        form: forms.Form,
        comments: list[Comment],
        back: str,
    ) -> HttpResponse:
        hidden = [
            ("asked", "1"),
            *((name, request.POST.get(name, "")) for name in ("decision", "back", "seen")),
            *((ACTION_CHECKBOX_NAME, str(comment.pk)) for comment in comments),
        ]
        return ask_page(
            self,
            request,
            ASK_TEMPLATE,
            form,
            title=kind.title,
            explanation=kind.explanation,
            comments=comments,
            hidden=hidden,
            back=back,
        )

    def _add_messages(
        self, request: HttpRequest, kind: DecisionKind, result: DecisionResult
    ) -> None:
        if result.decided:
            messages.success(request, kind.success_message % {"count": len(result.decided)})
        if not result.refused:
            return
        lines = [
            (Truncator(str(comment)).chars(60), reason) for comment, reason in result.refused[:20]
        ]
        messages.warning(
            request,
            format_html(
                "{}{}",
                _("Left as they are: %(count)d.") % {"count": len(result.refused)},
                format_html_join("", "<div><bdi>“{}”</bdi>: {}</div>", lines),
            ),
        )
