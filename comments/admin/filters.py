"""The list filters of comments and complaints, and the change list of the moderation queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from comments.admin.display import load_sender_histories
from comments.models import Comment, Report
from news.models import Article
from news.staff_admin.filters import CategoryFilter

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from comments.admin.display import ListedComment

    Lookups = Sequence[tuple[str, str | StrPromise]]

Status = Comment.Status
STATUS = "status"
HANDLED = "handled"
ALL = "all"


def requested_status(request: HttpRequest) -> str:
    """The status that the address asks for: pending by default, or `ALL`."""
    status = request.GET.get(STATUS, "")
    return status if status == ALL or status in Status.values else Status.PENDING


def wants_open_reports(request: HttpRequest) -> bool:
    """Whether the address asks for open complaints, as it does by default."""
    return request.GET.get(HANDLED) not in {"yes", ALL}


class DefaultedFilter(admin.SimpleListFilter):
    """A filter with a choice that holds if the address names none; so there is no "all" of Django.

    A subclass sets `selected` in `lookups`.
    """

    parameter_name: str
    selected = ""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, object]]:  # type: ignore[override]
        for value, label in self.lookup_choices:
            yield {
                "selected": value == self.selected,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }


class StatusFilter(DefaultedFilter):
    title = gettext_lazy("status")
    parameter_name = STATUS

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Lookups:
        self.selected = requested_status(request)
        return [
            *((value, capfirst(str(label))) for value, label in Status.choices),
            (ALL, gettext_lazy("All")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        return queryset if self.selected == ALL else queryset.filter(status=self.selected)


class ReportHandledFilter(DefaultedFilter):
    title = gettext_lazy("decision")
    parameter_name = HANDLED

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Lookups:
        self.selected = "no" if wants_open_reports(request) else request.GET[HANDLED]
        return [
            ("no", gettext_lazy("Open")),
            ("yes", gettext_lazy("Decided")),
            (ALL, gettext_lazy("All")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        if self.selected == ALL:
            return queryset
        return queryset.filter(handled_at__isnull=self.selected == "no")


class ArticleCategoryFilter(CategoryFilter):
    """Comments on the articles of a category and of the categories below it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not (self.value() or "").isdecimal():
            return queryset
        articles = super().queryset(request, Article.objects.order_by())
        return queryset.filter(article__in=articles.values("pk"))


class ReportedFilter(admin.SimpleListFilter):
    title = gettext_lazy("complaints")
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Lookups:
        return [
            ("open", gettext_lazy("With an open complaint")),
            ("any", gettext_lazy("With any complaint")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        reports = Report.objects.filter(comment=OuterRef("pk"))
        if self.value() == "open":
            return queryset.filter(Exists(reports.filter(handled_at=None)))
        return queryset.filter(Exists(reports)) if self.value() == "any" else queryset


class CommentChangeList(ChangeList):
    """A page of comments; histories and complaints are loaded for all of its rows at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        comments = cast("list[ListedComment]", list(self.result_list))
        load_sender_histories(comments)
        load_open_report_counts(comments)
        # After a decision on its own page a comment leads back to this list.
        filters = urlencode({"_changelist_filters": request.GET.urlencode()})
        for comment in comments:
            url = reverse("admin:comments_comment_change", args=[comment.pk])
            comment.change_url = f"{url}?{filters}" if request.GET else url
        self.result_list = comments


def load_open_report_counts(comments: Sequence[ListedComment]) -> None:
    """Give each comment the number of its open complaints: one statement for all of them."""
    rows = (
        Report.objects.filter(comment__in=comments, handled_at=None)
        .order_by()
        .values_list("comment")
        .annotate(count=Count("pk"))
    )
    counts = dict(rows) if comments else {}
    for comment in comments:
        comment.open_report_count = counts.get(comment.pk, 0)
