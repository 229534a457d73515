"""The newsroom's view of ratings: best and worst, by day, floods, and where rating is on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
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
from news.models import Article
from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.filters import CategoryFilter
from news.staff_admin.model_admin import ReadOnlyAdminMixin, StaffAdmin
from ratings import services
from ratings.models import RANKED_FROM, SCORES, Rating, RatingSummary, RatingSwitch

PERIODS = [30, 90, 365]
HOURS_SHOWN = 50
_HOUR = "%Y-%m-%dT%H"


class MinimumFilter(admin.SimpleListFilter):
    """How many ratings an article must have to be compared; without a choice, `RANKED_FROM`."""

    title = gettext_lazy("number of ratings")
    parameter_name = "minimum"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        words = _("at least %(count)d")
        choices = [(str(n), words % {"count": n}) for n in (20, 100)]
        return [*choices, ("1", _("any number"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        choices = super().choices(changelist)
        usual = next(choices)
        yield {**usual, "display": _("at least %(count)d") % {"count": RANKED_FROM}}
        yield from choices

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RatingSummary]
    ) -> QuerySet[RatingSummary]:
        chosen = {"1": 1, "20": 20, "100": 100}.get(self.value() or "", RANKED_FROM)
        return queryset.filter(count__gte=chosen)


class SummaryCategoryFilter(CategoryFilter):
    """Rated articles of one category together with all below it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(article__in=super().queryset(request, Article.objects.all()))


class PublishedFilter(admin.SimpleListFilter):
    title = gettext_lazy("published within")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(str(n), _("%(count)d days") % {"count": n}) for n in (7, *PERIODS)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RatingSummary]
    ) -> QuerySet[RatingSummary]:
        days = self.value()
        if days not in {"7", *map(str, PERIODS)}:
            return queryset
        since = timezone.now() - timedelta(days=int(days))
        return queryset.filter(article__published_at__gte=since)


class FloodForm(forms.Form):
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


def average(total: int, count: int) -> Any:
    return RatingSummary(total=total, count=count).shown_average


@admin.register(RatingSummary)
class RatingSummaryAdmin(ReadOnlyAdminMixin, StaffAdmin):
    """A report: nothing is added, changed or deleted here but a flood."""

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

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
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

    def _check(self, request: HttpRequest, kind: str | None = None) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in {None, "csv", "xlsx"}:
            raise Http404

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """What the list shows, by its filters and order, as a file."""
        self._check(request, kind)
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise BadRequest("a filter of the list was not understood") from None
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
            for summary in found.iterator(chunk_size=2000)
        )
        return spreadsheets.answer("danh-gia", header, rows, kind)

    def days_view(self, request: HttpRequest, kind: str | None = None) -> HttpResponse:
        """Ratings given on each day."""
        self._check(request, kind)
        asked = request.GET.get("period", "")
        period = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        ratings = Rating.objects.between(
            today - timedelta(days=period - 1), today + timedelta(days=1)
        )
        rows = [_told(row, row["day"]) for row in ratings.by_day()]
        if kind:
            header = [_("Day"), _("Number of ratings"), _("Average"), *_star_names()]
            return spreadsheets.answer("danh-gia-theo-ngay", header, _flat(rows), kind)
        return self._page(
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
        """The hours in which an article was rated most; those of one of them can be removed."""
        self._check(request)
        summary = get_object_or_404(RatingSummary.objects.select_related("article"), pk=pk)
        if "hour" in request.GET:
            return self._remove(request, summary, _hour(request.GET["hour"]))
        hours = Rating.objects.filter(article=pk).by_hour().order_by("-count", "-hour")
        rows = [_told(row, row["hour"]) for row in hours[:HOURS_SHOWN]]
        return self._page(
            request,
            "hours",
            title=summary.article.title,
            summary=summary,
            rows=rows,
            star_names=_star_names(),
            may_remove=self.has_flood_permission(request),
        )

    def _remove(self, request: HttpRequest, summary: RatingSummary, hour: datetime) -> HttpResponse:
        """Ask why the ratings of an hour are to be removed, then remove them."""
        if not self.has_flood_permission(request):
            raise PermissionDenied
        within = Rating.objects.filter(article=summary.pk).between(hour, hour + timedelta(hours=1))
        rows = [_told(row, row["hour"]) for row in within.by_hour()]
        back = reverse("admin:ratings_ratingsummary_hours", args=[summary.pk])
        if not rows:
            messages.warning(request, _("There are no ratings in this hour any more."))
            return HttpResponseRedirect(back)
        form = FloodForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            score, reason = form.cleaned_data["score"], form.cleaned_data["reason"]
            removed = services.remove_flood(article=summary.article, hour=hour, score=score)
            words = _("Ratings removed: %(count)d (%(hour)s, %(which)s). Reason: %(reason)s") % {
                "count": removed,
                "hour": _span(hour),
                "which": dict(SCORES).get(score) or _("all of this hour"),
                "reason": reason,
            }
            self.log_change(request, summary, words)
            messages.success(request, words)
            return HttpResponseRedirect(back)
        return self._page(
            request,
            "flood",
            title=_("Remove ratings"),
            summary=summary,
            row=rows[0],
            star_names=_star_names(),
            span=_span(hour),
            form=form,
            back=back,
        )

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
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


def _told(row: dict[str, Any], at: Any) -> dict[str, Any]:
    """A row of `Rating.objects.by_day()` or `by_hour()` as the tables show it, best star first."""
    return {
        "at": at,
        "key": f"{timezone.localtime(at):{_HOUR}}" if isinstance(at, datetime) else "",
        "span": _span(at) if isinstance(at, datetime) else "",
        "count": row["count"],
        "average": average(row["total"], row["count"]),
        "stars": [row[f"stars_{score}"] for score, _name in reversed(SCORES)],
    }


def _flat(rows: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [row["at"], row["count"], float(row["average"]), *row["stars"]]


def _span(hour: datetime) -> str:
    """An hour in words: "14:00–15:00, 22/11/2026"."""
    local = timezone.localtime(hour)
    return f"{local:%H:00}–{local + timedelta(hours=1):%H:00}, {local:%d/%m/%Y}"


def _hour(text: str) -> datetime:
    try:
        hour = timezone.make_aware(datetime.strptime(text, _HOUR))
    except (ValueError, OverflowError):
        raise Http404 from None
    if not 2000 <= hour.year <= 2200:
        raise Http404
    return hour


class SwitchForm(forms.ModelForm):
    class Meta:
        model = RatingSwitch
        fields = ["category", "article", "is_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "category", [("", "—"), *category_choices()])


@admin.register(RatingSwitch)
class RatingSwitchAdmin(StaffAdmin):
    """All switches in one list; those of a category or an article stand in their forms too."""

    form = SwitchForm
    fieldsets = [
        (
            None,
            {
                "fields": ["is_on", "category", "article"],
                "description": gettext_lazy(
                    "Without a category and an article the switch is that of the whole site. The "
                    "one nearest to an article holds: its own, its main category's, the one "
                    "above, the site's. Where rating is off the page says nothing of it; what was "
                    "given is kept."
                ),
            },
        )
    ]
    autocomplete_fields = ["article"]
    list_display = ["__str__", "is_on"]
    list_select_related = ["category", "article"]
    show_full_result_count = False
