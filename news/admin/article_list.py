"""The list of articles: its columns, filters and search."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from news.admin.article_states import STATES, StateFilter, state_of
from news.keys import is_primary_key
from news.models import Article
from news.staff_admin.filters import CategoryFilter, ChoicesFilter
from news.staff_admin.model_admin import StaffAdmin


class ArticleChangeList(ChangeList):
    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Article]:
        return (
            super()
            .get_queryset(request, exclude_parameters)
            .defer("body", "summary", "change_note")
        )


class ArticleListAdmin(StaffAdmin):
    """The part of `ArticleAdmin` that shows the list."""

    list_display = ["thumbnail", "title", "state", "category", "published_at", "signed"]
    list_display_links = ["title"]
    list_select_related = ["category", "author", "lead_image"]
    list_filter = [
        StateFilter,
        CategoryFilter,
        ("origin", ChoicesFilter),
        ("author", admin.RelatedOnlyFieldListFilter),
    ]
    list_per_page = 50
    date_hierarchy = "published_at"
    search_fields = ["title", "summary"]
    search_help_text = gettext_lazy(
        "Words of the title or of the summary, or the article's number."
    )
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return ArticleChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if is_primary_key(search_term):
            found |= queryset.filter(pk=search_term)
        return found, may_have_duplicates

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, article: Article) -> str:
        image = article.lead_image
        if image is None:
            return ""
        return format_html(
            '<img class="thumbnail" src="{}" alt="" loading="lazy">', image.small_url
        )

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, article: Article) -> str:
        state = state_of(article)
        return format_html('<span class="state state-{}">{}</span>', state, STATES[state])

    @admin.display(description=gettext_lazy("author"))
    def signed(self, article: Article) -> str:
        return article.signed_by or "–"
