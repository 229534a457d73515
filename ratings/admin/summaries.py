"""The list of rated articles, its tables and files, and the removal of floods of ratings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import spreadsheets
from news.fields import PlainTextFormField
from news.formats import number
from news.staff_admin.model_admin import ReadOnlyAdminMixin, StaffAdmin
from ratings import services
from ratings.admin.filters import MinimumFilter, PublishedFilter, SummaryCategoryFilter
from ratings.models import SCORES, Rating, RatingSummary

PERIODS = [30, 90, 365]
HOURS_SHOWN = 50
HOUR_FORMAT = "%Y-%m-%dT%H"


class FloodForm(forms.Form):
    """Which ratings of an hour to remove, and why."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("Which ratings"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", gettext_lazy("all of this hour")),
            *((score, name) for score, name in SCORES),
        ],
    )
    reason = PlainTextFormField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Kept in the history with your name."),
    )


@admin.register(RatingSummary)
class RatingSummaryAdmin(ReadOnlyAdminMixin, StaffAdmin):
    """Rated articles, best first; nothing is changed here except that a flood is removed."""

    list_display = ["title", "category", "shown", "count", "spread"]
    list_display_links = None
    actions = None
    list_filter = [MinimumFilter, SummaryCategoryFilter, PublishedFilter]
    list_select_related = ["article__category"]
    list_per_page = 50
    ordering = ["-average", "-count", "-pk"]
    search_fields = ["article__title"]
    show_full_result_count = False

    def has_flood_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ratings.delete_rating")

    @admin.display(description=gettext_lazy("article"), ordering="article__title")
    def title(self, summary: RatingSummary) -> str:
        url = reverse("admin:ratings_ratingsummary_hours", args=[summary.pk])
        return format_html('<a href="{}">{}</a>', url, summary.article.title)

    @admin.display(description=gettext_lazy("category"))
    def category(self, summary: RatingSummary) -> str:
        return summary.article.category.name

    @admin.display(description=gettext_lazy("average"), ordering="average")
    def shown(self, summary: RatingSummary) -> str:
        return number(summary.shown_average, 1)

    @admin.display(description=gettext_lazy("5 · 4 · 3 · 2 · 1 stars"))
    def spread(self, summary: RatingSummary) -> str:
        return " · ".join(number(count) for count in reversed(summary.stars))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    # --- Tables ---------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("export/<slug:kind>/", view(self.export_view), name="ratings_export"),
            path("days/", view(self.days_view), name="ratings_days"),
            path("days/<slug:kind>/", view(self.days_view), name="ratings_days_export"),
            path("<int:pk>/hours/", view(self.hours_view), name="ratings_ratingsummary_hours"),
            *super().get_urls(),
        ]

    def _check_request(self, request: HttpRequest, kind: str | None = None) -> None:
        """Raise PermissionDenied without the right to see ratings, Http404 for an unknown kind."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in {None, "csv", "xlsx"}:
            raise Http404

    # Both in a transaction: its statements may take longer than those of a page for readers.
    @transaction.atomic
    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The list with its filters and order as a file."""
        self._check_request(request, kind)
        try:
            summaries = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise BadRequest("invalid filter") from None
        header = [
            *(
                _("Number"),
                _("Article"),
                _("Category"),
                _("Published at"),
                _("Average"),
                _("Number of ratings"),
            ),
            *_star_names(),
        ]
        rows = (
            [
                summary.pk,
                summary.article.title,
                summary.article.category.name,
                summary.article.published_at,
                summary.figures["average"],
                summary.count,
                *reversed(summary.stars),
            ]
            for summary in summaries.iterator(chunk_size=2000)
        )
        return spreadsheets.table_response("danh-gia", header, rows, kind)

    @transaction.atomic
    def days_view(self, request: HttpRequest, kind: str | None = None) -> HttpResponseBase:
        """Ratings by the day on which they were given, as a page or a file."""
        self._check_request(request, kind)
        asked = request.GET.get("period", "")
        period = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        ratings = Rating.objects.between(
            today - timedelta(days=period - 1), today + timedelta(days=1)
        )
        rows = [_table_row(row, row["day"]) for row in ratings.by_day()]
        if kind:
            header = [_("Day"), _("Number of ratings"), _("Average"), *_star_names()]
            return spreadsheets.table_response("danh-gia-theo-ngay", header, _file_rows(rows), kind)
        return self._render(
            request,
            "days",
            title=_("Ratings by day"),
            rows=rows,
            period=period,
            periods=PERIODS,
            star_names=_star_names(),
        )

    # --- Floods ---------------------------------------------------------------------------------

    def hours_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The hours with most ratings of an article; with `?hour=` the removal of one of them."""
        self._check_request(request)
        summary = get_object_or_404(RatingSummary.objects.select_related("article"), pk=pk)
        if "hour" in request.GET:
            return self._remove_flood(request, summary, _parse_hour(request.GET["hour"]))
        hours = Rating.objects.filter(article=pk).by_hour().order_by("-count", "-hour")
        rows = [_table_row(row, row["hour"]) for row in hours[:HOURS_SHOWN]]
        return self._render(
            request,
            "hours",
            title=summary.article.title,
            summary=summary,
            rows=rows,
            star_names=_star_names(),
            may_remove=self.has_flood_permission(request),
        )

    def _remove_flood(
        self, request: HttpRequest, summary: RatingSummary, hour: datetime
    ) -> HttpResponse:
        """Ask for the reason, then remove ratings of an hour and log it."""
        if not self.has_flood_permission(request):
            raise PermissionDenied
        within = Rating.objects.filter(article=summary.pk).between(hour, hour + timedelta(hours=1))
        rows = [_table_row(row, row["hour"]) for row in within.by_hour()]
        back = reverse("admin:ratings_ratingsummary_hours", args=[summary.pk])
        if not rows:
            messages.warning(request, _("There are no ratings in this hour any more."))
            return HttpResponseRedirect(back)
        form = FloodForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            score, reason = form.cleaned_data["score"], form.cleaned_data["reason"]
            removed = services.remove_flood(article=summary.article, hour=hour, score=score)
            message = _("Ratings removed: %(count)d (%(hour)s, %(which)s). Reason: %(reason)s") % {
                "count": removed,
                "hour": _hour_span(hour),
                "which": dict(SCORES).get(score) or _("all of this hour"),
                "reason": reason,
            }
            self.log_change(request, summary, message)
            messages.success(request, message)
            return HttpResponseRedirect(back)
        return self._render(
            request,
            "flood",
            title=_("Remove ratings"),
            summary=summary,
            row=rows[0],
            star_names=_star_names(),
            span=_hour_span(hour),
            form=form,
            back=back,
        )

    def _render(self, request: HttpRequest, name: str, **context: object) -> HttpResponse:
        return TemplateResponse(
            request,
            f"admin/ratings/ratingsummary/{name}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                **context,
            },
        )


def _star_names() -> list[str]:
    return [_("%(count)d stars") % {"count": score} for score, _name in reversed(SCORES)]


@dataclass(frozen=True)
class TableRow:
    """The ratings of a day or an hour; `stars` are the counts of each score, best first."""

    at: date
    count: int
    average: Decimal | None
    stars: list[int]

    @property
    def key(self) -> str:
        """The hour in an address."""
        return (
            f"{timezone.localtime(self.at):{HOUR_FORMAT}}" if isinstance(self.at, datetime) else ""
        )

    @property
    def span(self) -> str:
        return _hour_span(self.at) if isinstance(self.at, datetime) else ""


def _table_row(row: dict[str, Any], at: date) -> TableRow:
    """Make a row of one of `Rating.objects.by_day()` or `by_hour()`."""
    return TableRow(
        at=at,
        count=row["count"],
        average=RatingSummary(total=row["total"], count=row["count"]).shown_average,
        stars=[row[f"stars_{score}"] for score, _name in reversed(SCORES)],
    )


def _file_rows(rows: Iterable[TableRow]) -> Iterator[list[object]]:
    for row in rows:
        yield [row.at, row.count, float(row.average or 0), *row.stars]


def _hour_span(hour: datetime) -> str:
    """An hour as readers write it: "14:00–15:00, 22/11/2026"."""
    local = timezone.localtime(hour)
    return f"{local:%H:00}–{local + timedelta(hours=1):%H:00}, {local:%d/%m/%Y}"


def _parse_hour(text: str) -> datetime:
    """The hour in an address; raises Http404 if it is none."""
    try:
        hour = timezone.make_aware(datetime.strptime(text, HOUR_FORMAT))
    except (ValueError, OverflowError):
        raise Http404 from None
    if not 2000 <= hour.year <= 2200:
        raise Http404
    return hour
