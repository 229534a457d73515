"""The moderation queue, and the page of one comment with everything that was decided about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.admin.actions import CommentActionsMixin
from comments.admin.decisions import (
    MODERATE,
    MOST_AT_ONCE,
    DecisionMixin,
    decision_buttons,
    encode_shown,
)
from comments.admin.display import CommentDisplayMixin, load_sender_histories
from comments.admin.filters import (
    ArticleCategoryFilter,
    CommentChangeList,
    ReportedFilter,
    StatusFilter,
    requested_status,
)
from comments.admin.personal_data import PersonalDataMixin
from comments.models import Comment
from news.staff_admin.filters import ChoicesFilter
from news.staff_admin.model_admin import ReadOnlyAdminMixin, StaffAdmin

Status = Comment.Status
Columns: TypeAlias = list[str | Callable[[Comment], str | bool]]


@admin.register(Comment)
class CommentAdmin(
    ReadOnlyAdminMixin,
    DecisionMixin,
    CommentActionsMixin,
    PersonalDataMixin,
    CommentDisplayMixin,
    StaffAdmin,
):
    """No field is edited: every change is a decision or an action, with who, when and why."""

    list_display = ["action_checkbox", "text_summary", "held_because", "sender_history"]
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
        (None, {"fields": ["article_link", "parent_link", "marked_text", "correction_diff"]}),
        (
            gettext_lazy("Sender"),
            {"fields": ["name", "email", "sender_history", "active_blocks", "consent_given"]},
        ),
        (
            gettext_lazy("Course of things"),
            {"fields": ["held_because", "timestamps", "decision_history", "report_links"]},
        ),
    ]
    readonly_fields = flatten_fieldsets(fieldsets)

    def has_view_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        return request.user.has_perm("comments.view_comment") or request.user.has_perm(MODERATE)

    # --- The list -----------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return CommentChangeList

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        # Pending comments: the oldest first. All others: the newest first.
        return ["pk"] if requested_status(request) == Status.PENDING else ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return super().get_queryset(request).defer("article__body", "article__summary")

    def get_list_display(self, request: HttpRequest) -> Columns:
        columns: Columns = [*self.list_display]
        return columns if self.has_moderate_permission(request) else columns[1:]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", {})
        changelist = context.get("cl")
        if changelist is not None:
            status = requested_status(request)
            is_queue = status == Status.PENDING
            context |= {
                # The queue has a script of its own for the selection.
                "media": Media(),
                "title": _("Moderation queue") if is_queue else _("Comments"),
                "may_moderate": self.has_moderate_permission(request),
                "may_erase": self.has_erase_permission(request),
                "buttons": decision_buttons(status),
                "back": request.GET.urlencode(),
                "seen": encode_shown(changelist.result_list),
                "nothing": _("Nothing waits: every comment is decided.")
                if is_queue and not changelist.has_active_filters
                else _("No comment fits."),
            }
        return response

    # --- The page of one comment --------------------------------------------------------------

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Comment | None:
        comment = super().get_object(request, *args, **kwargs)
        if comment is not None:
            load_sender_histories([comment])
        return comment

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        comment = kwargs.get("obj")
        if comment is not None:
            may_moderate = self.has_moderate_permission(request)
            may_decide = may_moderate and not (comment.withdrawn_at or comment.erased_at)
            context |= {
                "buttons": decision_buttons(comment.status) if may_decide else [],
                "steps": self.action_links(comment) if may_moderate else [],
                # The filters of the list that this page was opened from.
                "back": request.GET.get("_changelist_filters", ""),
                "seen": encode_shown([comment]),
                "site_address": comment.article.get_absolute_url()
                if comment.status == Status.APPROVED
                else "",
                "title": _("Comment of %(name)s") % {"name": comment.name or _("(erased)")},
                "subtitle": None,
            }
        return super().render_change_form(request, context, *args, **kwargs)
