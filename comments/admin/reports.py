"""Complaints about comments, with the deadlines that the law sets, and the decisions about them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import services
from comments.admin.decisions import ASK_TEMPLATE, ModeratorMixin
from comments.admin.display import staff_name
from comments.admin.filters import ReportHandledFilter, wants_open_reports
from comments.admin.forms import HandleForm
from comments.deadlines import deadline_level, deadline_text, format_time
from comments.models import Comment, Report
from news.staff_admin.ask_pages import ask_page
from news.staff_admin.filters import ChoicesFilter
from news.staff_admin.model_admin import ReadOnlyAdminMixin, StaffAdmin

Status = Comment.Status


@admin.register(Report)
class ReportAdmin(ReadOnlyAdminMixin, ModeratorMixin, StaffAdmin):
    """Open complaints by deadline, those due soonest first; decided ones, the newest first."""

    list_display = ["deadline", "complaint", "about"]
    list_display_links = None
    list_select_related = ["comment", "comment__article", "handled_by"]
    list_filter = [ReportHandledFilter, ("kind", ChoicesFilter), ("reason", ChoicesFilter)]
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    search_fields = ["text", "comment__text", "comment__name"]
    search_help_text = gettext_lazy("Part of the complaint or of the comment.")
    show_full_result_count = False
    sortable_by = ()
    actions = None
    change_list_template = "admin/comments/report/change_list.html"
    change_form_template = "admin/comments/report/change_form.html"
    fieldsets = [
        (None, {"fields": ["deadline", "about"]}),
        (
            gettext_lazy("Complaint"),
            {"fields": ["kind", "reason", "text", "received_at", "due_at"]},
        ),
        (gettext_lazy("Decision"), {"fields": ["decided", "note"]}),
    ]
    readonly_fields = flatten_fieldsets(fieldsets)

    def has_view_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return request.user.has_perm("comments.view_report") or self.has_moderate_permission(
            request
        )

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        return ["due_at", "pk"] if wants_open_reports(request) else ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        rows = super().get_queryset(request)
        return rows.defer("comment__article__body", "comment__article__summary")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = _("Open complaints") if wants_open_reports(request) else _("Complaints")
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    # --- Columns and fields -------------------------------------------------------------------

    @admin.display(description=gettext_lazy("deadline"))
    def deadline(self, report: Report) -> str:
        now = timezone.now()
        received = _("Received %(at)s") % {"at": format_time(report.received_at)}
        return format_html(
            '<span class="desk-clock desk-clock-{}">{}</span><div class="quiet">{}</div>'
            '<div class="quiet">{}</div>',
            deadline_level(report, now),
            deadline_text(report, now),
            _("Due %(at)s") % {"at": format_time(report.due_at)},
            received if report.handled_at is None else self.decided(report),
        )

    @admin.display(description=gettext_lazy("complaint"))
    def complaint(self, report: Report) -> str:
        return format_html(
            '<a href="{}">{}: {}</a><div class="desk-text" dir="auto">{}</div>',
            reverse("admin:comments_report_change", args=[report.pk]),
            capfirst(report.get_kind_display()),
            report.get_reason_display(),
            report.text,
        )

    @admin.display(description=gettext_lazy("comment"))
    def about(self, report: Report) -> str:
        comment = report.comment
        return format_html(
            '<a class="desk-name" href="{}"><bdi>{}</bdi></a> <span class="desk-tag">{}</span>'
            '<div class="desk-text" dir="auto">{}</div><div class="quiet">{}</div>',
            reverse("admin:comments_comment_change", args=[comment.pk]),
            comment.name or _("(erased)"),
            capfirst(comment.get_status_display()),
            comment.text,
            comment.article,
        )

    @admin.display(description=gettext_lazy("decision"))
    def decided(self, report: Report) -> str:
        if report.handled_at is None:
            return _("Open")
        return _("%(outcome)s, %(who)s, %(at)s") % {
            "outcome": capfirst(report.get_outcome_display()),
            "who": staff_name(report.handled_by),
            "at": format_time(report.handled_at),
        }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        report = kwargs["obj"]
        context |= {"title": _("Complaint"), "subtitle": None}
        context["may_handle"] = report.handled_at is None and self.has_moderate_permission(request)
        context["may_hide"] = context["may_handle"] and report.comment.status == Status.APPROVED
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Handling -----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/handle/", view(self.handle_view), name="comments_report_handle"),
            path("<int:pk>/hide/", view(self.hide_view), name="comments_report_hide"),
            *super().get_urls(),
        ]

    def _get_report(self, request: HttpRequest, pk: int) -> Report:
        self.require_moderator(request)
        return get_object_or_404(Report.objects.select_related("comment__article"), pk=pk)

    def handle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide a complaint: keep the comment or remove it, with the reasons."""
        report = self._get_report(request, pk)
        form = HandleForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.handle_report(report=report, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, _("The complaint was decided."))
                return HttpResponseRedirect(reverse("admin:comments_report_changelist"))
        return ask_page(
            self,
            request,
            ASK_TEMPLATE,
            form,
            title=_("Decide the complaint"),
            explanation=_("%(reason)s: %(clock)s.")
            % {
                "reason": capfirst(report.get_reason_display()),
                "clock": deadline_text(report, timezone.now()),
            },
            comments=[report.comment],
            back=reverse("admin:comments_report_change", args=[report.pk]),
        )

    def hide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hide the comment at once; the complaint stays open until it is decided."""
        report = self._get_report(request, pk)
        if request.method == "POST":
            try:
                services.remove_comment(
                    comment=report.comment,
                    by=request.user,
                    reason=report.reason,
                    note=_("Hidden until the complaint is decided."),
                )
            except ValidationError as refusal:
                messages.warning(request, " ".join(refusal.messages))
            else:
                message = _("The comment is hidden. The complaint is still to be decided.")
                messages.success(request, message)
        return HttpResponseRedirect(reverse("admin:comments_report_change", args=[report.pk]))
