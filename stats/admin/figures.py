"""The reports: visits of the site, the most read articles, and one article by time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import spreadsheets
from news.models import Article
from ratings.models import RatingSummary
from stats import reports
from stats.admin.forms import PeriodForm, RankingForm, VisitsForm
from stats.charts import Chart, column_chart
from stats.models import DailyArticleViews, DailyTotal
from stats.periods import Period, Unit, percent_change, quick_choices
from stats.reports import Row

ROWS_PER_PAGE = 100
ARTICLES_PER_PAGE = 50


def is_page_that_deletes_articles(request: HttpRequest) -> bool:
    """Whether this is the list of articles or the page that deletes one.

    Their figures are deleted with them, and Django asks for the right to delete those too, which
    nobody has on any other page.
    """
    match = request.resolver_match
    return match is not None and match.view_name in {
        "admin:news_article_delete",
        "admin:news_article_changelist",
    }


class ReportAdmin(admin.ModelAdmin):
    """Base of the reports, which stand in place of the list of rows. Nothing can be changed."""

    form_class: type[PeriodForm]
    template: str
    heading: str | Promise

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_page_that_deletes_articles(request)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **kwargs: object
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"admin:stats_{self.opts.model_name}_changelist"))

    def changelist_view(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponseBase:
        return self.respond(request)

    def respond(self, request: HttpRequest, **extra_context: object) -> HttpResponseBase:
        """The page of the report, or its table as a file; with an invalid period the form alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = request.GET.get("export")
        if kind not in {None, "csv", "xlsx"}:
            raise Http404
        form = self.form_class(request.GET)
        context: dict[str, object] = {"form": form}
        if form.is_valid():
            # A transaction: its statements may take longer than those of a page for readers.
            with transaction.atomic():
                if kind:
                    return self.export(form, kind)
                context |= self.get_report_context(form, request)
            context |= {"period": form.period, "quick": self._quick_choices(form)}
        return TemplateResponse(
            request,
            self.template,
            {
                **self.admin_site.each_context(request),
                "title": self.heading,
                "opts": self.opts,
                "query": _query_without(request, "export", "page"),
                **context,
                **extra_context,
                "may_set_balance": request.user.has_perm("stats.change_articleviews"),
                "media": self.media + form.media,
            },
        )

    def get_report_context(self, form: PeriodForm, request: HttpRequest) -> dict[str, object]:
        """What the template shows of a valid form."""
        raise NotImplementedError

    def export(self, form: PeriodForm, kind: str) -> HttpResponseBase:
        """The table of a valid form as a file; `kind` is "csv" or "xlsx"."""
        raise NotImplementedError

    def _quick_choices(self, form: PeriodForm) -> list[tuple[str | Promise, str, bool]]:
        """The name and the query of each period to choose, and whether it is the one shown."""
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
            for name, period in quick_choices(form.today)
        ]


def _query_without(request: HttpRequest, *names: str) -> str:
    """The query string of the request without some of its parameters."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def _file_name(report: str, period: Period) -> str:
    """The name of a file, without its ending."""
    return f"{report}-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}"


def _time_header(unit: str) -> list[str]:
    return [_("Day")] if unit == Unit.DAY else [_("From day"), _("To day")]


def _time_cells(row: Row) -> list[object]:
    part = row.part
    return [part.first] if part.unit == Unit.DAY else [part.first, part.last]


def _article_cells(row: Row) -> list[object]:
    """The figures of an article, with the average in place of the sum of the scores."""
    views, bot_views, rating_count, score_sum, comments = row.figures
    average = RatingSummary(count=rating_count, total=score_sum).figures["average"]
    return [views, bot_views, rating_count, average, comments]


def _page(request: HttpRequest, rows: list[tuple[object, ...]]) -> Page[tuple[object, ...]]:
    return Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))


def _chart(title: str, rows: Iterable[Row], series: dict[str, int]) -> Chart | None:
    """A chart of some figures of the rows: the name of each series and its place in a row."""
    columns = [(str(row.part), [row.figures[place] for place in series.values()]) for row in rows]
    return column_chart(title, list(series), columns)


@admin.register(DailyTotal)
class VisitsAdmin(ReportAdmin):
    """Visits and page views of the site, of people and of bots."""

    form_class = VisitsForm
    template = "admin/stats/visits.html"
    heading = gettext_lazy("Visits of the site")

    def get_report_context(self, form: PeriodForm, request: HttpRequest) -> dict[str, object]:
        report = reports.visit_report(form.period, form.cleaned_data["unit"])
        before = report.before or (None,) * len(report.totals)
        names = self._column_names()
        return {
            "report": report,
            "totals": [
                (name, current, percent_change(current, previous or 0))
                for name, current, previous in zip(names, report.totals, before, strict=True)
            ],
            "names": names,
            "page": _page(request, [(row.part, row.figures) for row in report.rows[::-1]]),
            "charts": [
                # Page views first, since they are more than visits: the first series is behind.
                _chart(_("People"), report.chart_rows, {_("Page views"): 1, _("Visits"): 0}),
                _chart(_("Bots"), report.chart_rows, {_("Page views"): 3, _("Visits"): 2}),
            ],
        }

    def _column_names(self) -> list[str]:
        return [_("Visits"), _("Page views"), _("Visits of bots"), _("Page views of bots")]

    def export(self, form: PeriodForm, kind: str) -> HttpResponseBase:
        unit = form.cleaned_data["unit"]
        report = reports.visit_report(form.period, unit)
        rows = ([*_time_cells(row), *row.figures] for row in report.rows)
        header = [*_time_header(unit), *self._column_names()]
        return spreadsheets.table_response(
            _file_name("luot-truy-cap", form.period), header, rows, kind
        )


@admin.register(DailyArticleViews)
class RankingAdmin(ReportAdmin):
    """The most read articles of a period, with a page of figures for each article."""

    form_class = RankingForm
    template = "admin/stats/ranking.html"
    heading = gettext_lazy("Most read articles")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.article_view)
        return [path("article/<int:pk>/", view, name="stats_article"), *super().get_urls()]

    def get_report_context(self, form: PeriodForm, request: HttpRequest) -> dict[str, object]:
        ranking = reports.Ranking(form.period, form.cleaned_data["category"])
        pages: Paginator[reports.RankedArticle]
        pages = Paginator(ranking, ARTICLES_PER_PAGE)  # type: ignore[arg-type] # it takes slices
        return {"views": ranking.views, "page": pages.get_page(request.GET.get("page"))}

    def export(self, form: PeriodForm, kind: str) -> HttpResponseBase:
        ranking = reports.Ranking(form.period, form.cleaned_data["category"])
        header = [
            *(_("Place"), _("Title"), _("Category"), _("Published at"), _("Views")),
            *(_("Ratings"), _("Average rating"), _("Comments"), _("Number of the article")),
        ]
        return spreadsheets.table_response(
            _file_name("bai-doc-nhieu", form.period), header, self._file_rows(ranking), kind
        )

    def _file_rows(self, ranking: reports.Ranking) -> Iterator[list[object]]:
        for row in ranking:
            rating = row.rating.figures
            yield [
                *(row.place, row.article.title, row.article.category.name),
                *(row.article.published_at, row.views),
                *(rating["count"], rating["average"], row.comments, row.article.pk),
            ]

    def article_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        page = ArticleReportPage(self.model, self.admin_site)
        page.article = get_object_or_404(Article.objects.defer("body"), pk=pk)
        return page.respond(request, article=page.article, subtitle=page.article.title)


class ArticleReportPage(ReportAdmin):
    """Views, ratings and comments of one article; made anew for each request."""

    article: Article

    form_class = VisitsForm
    template = "admin/stats/article.html"
    heading = gettext_lazy("Statistics of the article")

    def get_report_context(self, form: PeriodForm, request: HttpRequest) -> dict[str, object]:
        article = self.article
        report = reports.article_report(article, form.period, form.cleaned_data["unit"])
        return {
            "report": report,
            "names": self._column_names(),
            "page": _page(request, [(row.part, _article_cells(row)) for row in report.rows[::-1]]),
            "charts": [
                _chart(_("Views"), report.chart_rows, {_("Views"): 0}),
                _chart(_("Ratings"), report.chart_rows, {_("Ratings"): 2}),
                _chart(_("Comments"), report.chart_rows, {_("Comments"): 4}),
            ],
            "is_readable": Article.objects.readable().filter(pk=article.pk).exists(),
        }

    def _column_names(self) -> list[str]:
        return [_("Views"), _("Views of bots"), _("Ratings"), _("Average rating"), _("Comments")]

    def export(self, form: PeriodForm, kind: str) -> HttpResponseBase:
        unit = form.cleaned_data["unit"]
        report = reports.article_report(self.article, form.period, unit)
        header = [*_time_header(unit), *self._column_names()]
        rows = ([*_time_cells(row), *_article_cells(row)] for row in report.rows)
        name = _file_name(f"bai-viet-{self.article.pk}", form.period)
        return spreadsheets.table_response(name, header, rows, kind)
