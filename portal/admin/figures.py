"""What the statistics add to the admin of articles: views of the week, a link to the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.formats import number
from news.models import Article
from stats.reports import with_views_of_a_week

Columns: TypeAlias = list[str | Callable[[Article], str | bool]]


class ViewsMixin(admin.ModelAdmin):
    """Adds a column with the views of the last 7 days, read in the statement of the list."""

    change_form_template = "admin/stats/article_form.html"

    class Media:
        css = {"all": ["stats/admin/articles.css"]}

    def _may_see_views(self, request: HttpRequest) -> bool:
        return request.user.has_perm("stats.view_dailyarticleviews")

    def get_list_display(self, request: HttpRequest) -> Columns:
        columns: Columns = [*super().get_list_display(request)]
        return [*columns, "views_of_a_week"] if self._may_see_views(request) else columns

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        articles = super().get_queryset(request)
        return with_views_of_a_week(articles) if self._may_see_views(request) else articles

    @admin.display(description=gettext_lazy("7 days"), ordering=F("views_of_a_week").desc())
    def views_of_a_week(self, article: Article) -> str:
        return format_html(
            '<span class="card-label">{} </span><a href="{}">{}</a>',
            _("7 days:"),
            reverse("admin:stats_article", args=[article.pk]),
            number(getattr(article, "views_of_a_week", 0)),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_see_views"] = self._may_see_views(request)
        return super().render_change_form(request, context, *args, **kwargs)
