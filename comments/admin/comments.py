"""The moderation queue, and the page of one comment with everything that was decided about it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.admin.deciding import MOST_AT_ONCE, buttons_for, written
from comments.admin.decisions import DecisionDesk
from comments.admin.facts import CommentFacts
from comments.admin.moderators import MODERATE
from comments.admin.pages import CommentPages
from comments.admin.queue import (
    ArticleCategoryFilter,
    Queue,
    ReportedFilter,
    StatusFilter,
    status_of,
)
from comments.admin.sender import SenderDesk
from comments.admin.showing import load_histories
from comments.models import Comment
from news.staff_admin.filters import ChoicesFilter
from news.staff_admin.model_admin import ReadOnlyAdminMixin, StaffAdmin

Status = Comment.Status


@admin.register(Comment)
class CommentAdmin(
    ReadOnlyAdminMixin, DecisionDesk, CommentPages, SenderDesk, CommentFacts, StaffAdmin
):
    """Nothing is typed over here: every change is a decision, with who, when and why."""

    list_display = ["action_checkbox", "said", "why", "sender"]
    list_display_links = None
    list_select_related = ["article", "parent", "staff"]
    list_filter = [
        StatusFilter,
        ("hold_reason", ChoicesFilter),
        ReportedFilter,
        ("is_official", admin.BooleanFieldListFilter),
        ("submitted_at", admin.DateFieldListFilter),
        ArticleCategoryFilter,
    ]
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = MOST_AT_ONCE
    search_fields = ["name", "text"]
    search_help_text = gettext_lazy("Part of the sender's name or of the text.")
    show_full_result_count = False
    sortable_by = ()
    actions = None
    change_list_template = "admin/comments/comment/change_list.html"
    change_form_template = "admin/comments/comment/change_form.html"
    fieldsets = [
        (None, {"fields": ["article_link", "thread", "whole_text", "changes"]}),
        (
            gettext_lazy("Sender"),
            {"fields": ["name", "email", "history_words", "blocked", "consented"]},
        ),
        (gettext_lazy("Course of things"), {"fields": ["why", "times", "decisions", "complaints"]}),
    ]

    # --- Who may do what ----------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("comments.view_comment") or request.user.has_perm(MODERATE)

    # --- The list -----------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    def get_ordering(self, request: HttpRequest) -> Any:
        # Who has waited longest comes first; of what is decided, the newest.
        return ["pk"] if status_of(request) == Status.PENDING else ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return super().get_queryset(request).defer("article__body", "article__summary")

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = [*self.list_display]
        return columns if self.has_moderate_permission(request) else columns[1:]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: Any = super().changelist_view(request, extra_context)
        changelist = getattr(answer, "context_data", {}).get("cl")
        if changelist is not None:
            shown = status_of(request)
            answer.context_data |= {
                # The queue has a script of its own for what is picked.
                "media": Media(),
                "title": _("Moderation queue") if shown == Status.PENDING else _("Comments"),
                "may_moderate": self.has_moderate_permission(request),
                "may_erase": self.has_erase_permission(request),
                "buttons": buttons_for(shown),
                "back": request.GET.urlencode(),
                "seen": written(changelist.result_list),
                "nothing": _("Nothing waits: every comment is decided.")
                if shown == Status.PENDING and not changelist.has_active_filters
                else _("No comment fits."),
            }
        return answer

    # --- The page of one comment --------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        comment: Any = super().get_object(request, *args, **kwargs)
        if comment is not None:
            load_histories([comment])
        return comment

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        comment = kwargs.get("obj")
        if comment is not None:
            may = self.has_moderate_permission(request)
            context |= {
                "buttons": buttons_for(comment.status) if may and not _is_final(comment) else [],
                "steps": self._steps(comment) if may else [],
                "back": self._back(request),
                "seen": written([comment]),
                "site_address": comment.article.get_absolute_url()
                if comment.status == Status.APPROVED
                else "",
                "title": _("Comment of %(name)s") % {"name": comment.name or _("(erased)")},
                "subtitle": None,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def _back(self, request: HttpRequest) -> str:
        """The filters of the list that this page was opened from."""
        return request.GET.get("_changelist_filters", "")

    def _steps(self, comment: Comment) -> list[tuple[str, Any]]:
        """The pages of what else can be done with a comment, as links."""
        names = []
        if comment.status in {Status.PENDING, Status.APPROVED}:
            names.append(("correct", _("Correct the spelling")))
        if comment.status == Status.APPROVED:
            names += [
                ("answer", _("Answer officially")),
                ("authority", _("Enter an authority's request")),
            ]
        if comment.email_hash or comment.network_hash:
            names.append(("block", _("Block the sender")))
        return [
            (reverse(f"admin:comments_comment_{name}", args=[comment.pk]), label)
            for name, label in names
        ]


def _is_final(comment: Comment) -> bool:
    """Whether the sender has taken the comment back, so that nothing is left to decide."""
    return bool(comment.withdrawn_at or comment.erased_at)
