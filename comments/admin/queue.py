"""The moderation queue: which comments a list shows, and what a page of it knows beforehand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from comments.admin.showing import load_histories
from comments.models import Comment, Report
from news.models import Article
from news.staff_admin.filters import CategoryFilter

Status = Comment.Status
STATUS = "status"
ALL = "all"


def status_of(request: HttpRequest) -> str:
    """The status whose comments a list shows; without a word of the address, what waits."""
    asked = request.GET.get(STATUS, "")
    return asked if asked == ALL or asked in Status.values else Status.PENDING


class StatusFilter(admin.SimpleListFilter):
    """What waits comes first, and is what the list opens with."""

    title = gettext_lazy("status")
    parameter_name = STATUS

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        self.shown = status_of(request)
        return [
            *((value, capfirst(str(label))) for value, label in Status.choices),
            (ALL, gettext_lazy("All")),
        ]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": value == self.shown,
                "query_string": changelist.get_query_string({STATUS: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        shown = status_of(request)
        return queryset if shown == ALL else queryset.filter(status=shown)


class ArticleCategoryFilter(CategoryFilter):
    """Comments on the articles of one category and of all below it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (self.value() or "").isdecimal():
            return queryset
        articles = super().queryset(request, Article.objects.order_by())
        return queryset.filter(article__in=articles.values("pk"))


class ReportedFilter(admin.SimpleListFilter):
    title = gettext_lazy("complaints")
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("open", gettext_lazy("With an open complaint")),
            ("any", gettext_lazy("With any complaint")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        reports = Report.objects.filter(comment=OuterRef("pk"))
        if self.value() == "open":
            return queryset.filter(Exists(reports.filter(handled_at=None)))
        return queryset.filter(Exists(reports)) if self.value() == "any" else queryset


class Queue(ChangeList):
    """A page of comments, with histories and complaints read for all of them at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        comments: list[Any] = list(self.result_list)
        load_histories(comments)
        load_complaints(comments)
        # So that a decision on a comment's own page leads back to the same list.
        filters = urlencode({"_changelist_filters": request.GET.urlencode()})
        for comment in comments:
            page = reverse("admin:comments_comment_change", args=[comment.pk])
            comment.address = f"{page}?{filters}" if request.GET else page
        self.result_list: Any = comments


def load_complaints(comments: list[Any]) -> None:
    """Give each comment the number of its open complaints: one statement for all."""
    rows = (
        Report.objects.filter(comment__in=comments, handled_at=None)
        .order_by()
        .values_list("comment")
        .annotate(count=Count("pk"))
    )
    counts = dict(rows) if comments else {}
    for comment in comments:
        comment.open_complaints = counts.get(comment.pk, 0)


# --- Complaints ---------------------------------------------------------------------------------

HANDLED = "handled"


def is_open_asked(request: HttpRequest) -> bool:
    """Whether a list of complaints shows those that wait, as it does when it is opened."""
    return request.GET.get(HANDLED) not in {"yes", ALL}


class OpenFilter(admin.SimpleListFilter):
    title = gettext_lazy("decision")
    parameter_name = HANDLED

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        shown = request.GET.get(HANDLED)
        self.shown = "no" if is_open_asked(request) else shown
        return [
            ("no", gettext_lazy("Open")),
            ("yes", gettext_lazy("Decided")),
            (ALL, gettext_lazy("All")),
        ]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": value == self.shown,
                "query_string": changelist.get_query_string({HANDLED: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        if is_open_asked(request):
            return queryset.filter(handled_at=None)
        return queryset.filter(handled_at__isnull=False) if self.shown == "yes" else queryset
