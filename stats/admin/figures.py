"""The pages of figures: visits of the site, the most read articles, and one article by time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import spreadsheets
from news.models import Article
from ratings.models import RatingSummary
from stats import reports
from stats.admin.forms import PeriodForm, RankingForm, VisitsForm
from stats.charts import column_chart
from stats.models import DailyArticleViews, DailyTotal
from stats.reports import Period, Row, Unit

READABLE = {Article.Status.PUBLISHED, Article.Status.WITHDRAWN}
ROWS_PER_PAGE = 100
ARTICLES_PER_PAGE = 50


def goes_with_its_article(request: HttpRequest) -> bool:
    """Whether figures are about to be deleted because their article is."""
    match = request.resolver_match
    return match is not None and match.view_name in {
        "admin:news_article_delete",
        "admin:news_article_changelist",
    }


class ReportAdmin(admin.ModelAdmin):
    """A report in place of a list of rows: nothing is added, changed or opened here."""

    form_of_report: type[PeriodForm]
    template: str
    heading: Any

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return goes_with_its_article(request)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kw: Any) -> Any:
        return HttpResponseRedirect(reverse(f"admin:stats_{self.opts.model_name}_changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return self.answer(request)

    def answer(self, request: HttpRequest, **about: Any) -> HttpResponse | Any:
        """The page of the report, or its table as a file; with a wrong period the form alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = request.GET.get("export")
        if kind not in {None, "csv", "xlsx"}:
            raise Http404
        form = self.form_of_report(request.GET)
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            if kind:
                return self.export(form, kind, **about)
            context |= self.report(form, request, **about)
            context |= {"period": form.period, "quick": self._quick(form)}
        return TemplateResponse(
            request,
            self.template,
            {
                **self.admin_site.each_context(request),
                "title": self.heading,
                "opts": self.opts,
                "query": _query(request, "export", "page"),
                **context,
                **about,
                "may_set_balance": request.user.has_perm("stats.change_articleviews"),
                "media": self.media + form.media,
            },
        )

    def report(self, form: Any, request: HttpRequest, **about: Any) -> dict[str, Any]:
        """What the template shows of a valid form."""
        raise NotImplementedError

    def export(self, form: Any, kind: str, **about: Any) -> HttpResponse | Any:
        raise NotImplementedError

    def _quick(self, form: PeriodForm) -> list[tuple[Any, str, bool]]:
        """Name and query of each period to choose, and whether it is the one shown."""
        keep = {name: form.data[name] for name in form.fields if name not in {"first", "last"}}
        return [
            (
                name,
                urlencode(
                    {
                        "first": f"{period.first:%d/%m/%Y}",
                        "last": f"{period.last:%d/%m/%Y}",
                        **{name: value for name, value in keep.items() if value},
                    }
                ),
                period == form.period,
            )
            for name, period in reports.quick_choices(form.today)
        ]


def _query(request: HttpRequest, *without: str) -> str:
    """The query of this page, to which a link adds something."""
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return query.urlencode()


def _name(what: str, period: Period) -> str:
    """The name of a file, without its ending."""
    return f"{what}-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}"


def _time_header(unit: str) -> list[str]:
    return [_("Day")] if unit == Unit.DAY else [_("From day"), _("To day")]


def _time_cells(row: Row) -> list[Any]:
    part = row.part
    return [part.first] if part.unit == Unit.DAY else [part.first, part.last]


def _with_average(row: Row) -> list[Any]:
    """The figures of an article, with the average in place of the sum of the scores."""
    views, bot_views, count, total, comments = row.figures
    average = RatingSummary(count=count, total=total).figures["average"]
    return [views, bot_views, count, average, comments]


def _page(request: HttpRequest, rows: Any, per_page: int = ROWS_PER_PAGE) -> Any:
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def _columns(rows: list[Row], *places: int) -> list[tuple[str, list[int]]]:
    return [(str(row.part), [row.figures[place] for place in places]) for row in rows]


@admin.register(DailyTotal)
class VisitsAdmin(ReportAdmin):
    """Visits and page views of the site, people and bots apart."""

    form_of_report = VisitsForm
    template = "admin/stats/visits.html"
    heading = gettext_lazy("Visits of the site")

    def report(self, form: Any, request: HttpRequest, **about: Any) -> dict[str, Any]:
        report = reports.visit_report(form.period, form.cleaned_data["unit"])
        before = report.before or (None,) * len(report.totals)
        names = self._names()
        return {
            "report": report,
            "totals": [
                (name, now, reports.change(now, then or 0))
                for name, now, then in zip(names, report.totals, before, strict=True)
            ],
            "names": names,
            "page": _page(request, [(row.part, row.figures) for row in report.rows[::-1]]),
            "charts": [
                # Page views are never fewer than visits: they stand behind.
                column_chart(
                    _("People"), [_("Page views"), _("Visits")], _columns(report.drawn, 1, 0)
                ),
                column_chart(
                    _("Bots"), [_("Page views"), _("Visits")], _columns(report.drawn, 3, 2)
                ),
            ],
        }

    def _names(self) -> list[str]:
        return [_("Visits"), _("Page views"), _("Visits of bots"), _("Page views of bots")]

    def export(self, form: Any, kind: str, **about: Any) -> HttpResponse | Any:
        unit = form.cleaned_data["unit"]
        report = reports.visit_report(form.period, unit)
        rows = ([*_time_cells(row), *row.figures] for row in report.rows)
        header = [*_time_header(unit), *self._names()]
        return spreadsheets.answer(_name("luot-truy-cap", form.period), header, rows, kind)


@admin.register(DailyArticleViews)
class RankingAdmin(ReportAdmin):
    """The most read articles of a period; behind each, the figures of that article by time."""

    form_of_report = RankingForm
    template = "admin/stats/ranking.html"
    heading = gettext_lazy("Most read articles")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.article_view)
        return [path("article/<int:pk>/", view, name="stats_article"), *super().get_urls()]

    def report(self, form: Any, request: HttpRequest, **about: Any) -> dict[str, Any]:
        ranking = reports.Ranking(form.period, form.cleaned_data["category"])
        return {
            "views": ranking.views,
            "page": _page(request, ranking, ARTICLES_PER_PAGE),
        }

    def export(self, form: Any, kind: str, **about: Any) -> HttpResponse | Any:
        ranking = reports.Ranking(form.period, form.cleaned_data["category"])
        header = [
            *(_("Place"), _("Title"), _("Category"), _("Published at"), _("Views")),
            *(_("Ratings"), _("Average rating"), _("Comments"), _("Number of the article")),
        ]
        return spreadsheets.answer(
            _name("bai-doc-nhieu", form.period), header, self._lines(ranking), kind
        )

    def _lines(self, ranking: reports.Ranking) -> Iterator[list[Any]]:
        for row in ranking:
            rating = row.rating.figures
            yield [
                *(row.place, row.article.title, row.article.category.name),
                *(row.article.published_at, row.views),
                *(rating["count"], rating["average"], row.comments, row.article.pk),
            ]

    def article_view(self, request: HttpRequest, pk: int) -> HttpResponse | Any:
        article = get_object_or_404(Article.objects.defer("body"), pk=pk)
        return ArticlePage(self.model, self.admin_site).answer(
            request, article=article, subtitle=article.title
        )


class ArticlePage(ReportAdmin):
    """What readers did with one article."""

    form_of_report = VisitsForm
    template = "admin/stats/article.html"
    heading = gettext_lazy("Statistics of the article")

    def report(
        self, form: Any, request: HttpRequest, *, article: Any = None, **about: Any
    ) -> dict[str, Any]:
        report = reports.article_report(article, form.period, form.cleaned_data["unit"])
        return {
            "report": report,
            "names": self._names(),
            "page": _page(request, [(row.part, _with_average(row)) for row in report.rows[::-1]]),
            "charts": [
                column_chart(_("Views"), [_("Views")], _columns(report.drawn, 0)),
                column_chart(_("Ratings"), [_("Ratings")], _columns(report.drawn, 2)),
                column_chart(_("Comments"), [_("Comments")], _columns(report.drawn, 4)),
            ],
            "is_readable": article.status in READABLE and article.has_been_public,
        }

    def _names(self) -> list[str]:
        return [_("Views"), _("Views of bots"), _("Ratings"), _("Average rating"), _("Comments")]

    def export(self, form: Any, kind: str, *, article: Any = None, **about: Any) -> Any:
        unit = form.cleaned_data["unit"]
        report = reports.article_report(article, form.period, unit)
        header = [*_time_header(unit), *self._names()]
        rows = ([*_time_cells(row), *_with_average(row)] for row in report.rows)
        name = _name(f"bai-viet-{article.pk}", form.period)
        return spreadsheets.answer(name, header, rows, kind)
