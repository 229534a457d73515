"""The public pages of the newsroom."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseGone,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, TemplateView

from news import reading
from news.models import Article, Author, Category, Series, Tag
from news.models.articles import ArticleQuerySet
from news.models.categories import Named
from news.models.listings import ListedArticles, months
from news.paginator import StrictPaginator


class ArticleDetailView(TemplateView):
    """One article. Looked up by id; another slug, or a slash at the end, redirects."""

    template_name = "news/article_detail.html"

    def get(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponse:
        pk = int(kwargs["pk"])
        article = Article.objects.readable().for_page().filter(pk=pk).first()
        if article is None:
            return _gone_or_replaced(pk)
        if request.path != article.get_absolute_url():
            return _redirect_to(article)
        return self.render_to_response(reading.article_context(article))


def _redirect_to(article: Article) -> HttpResponse:
    """Redirect, cached for five minutes only: a slug is changed back, an article returns."""
    return HttpResponsePermanentRedirect(
        article.get_absolute_url(), headers={"Cache-Control": "public, max-age=300"}
    )


def _gone_or_replaced(pk: int) -> HttpResponse:
    """Answer for an article without a page: 410 or a redirect if it was unpublished, else 404."""
    article = get_object_or_404(Article, pk=pk, status=Article.Status.UNPUBLISHED)
    replacement = Article.objects.readable().filter(pk=article.redirect_to_id or 0).first()
    return _redirect_to(replacement) if replacement else HttpResponseGone()


class ArticleListView(ListView):
    """A list of articles in numbered pages (`?page=2`); a page that does not exist is a 404."""

    template_name = "news/article_list.html"
    paginator_class = StrictPaginator
    paginate_by = 20

    def paginate_queryset(self, queryset: Any, page_size: int) -> tuple[Paginator, Page, Any, bool]:
        """Like Django's, which would also take `?page=last` and leave the number unchecked."""
        paginator = self.get_paginator(queryset, page_size)
        try:
            page = paginator.page(self.request.GET.get("page", 1))
        except InvalidPage:
            raise Http404 from None
        return paginator, page, page.object_list, page.has_other_pages()


class NewestView(ArticleListView):
    def get_queryset(self) -> ListedArticles:  # type: ignore[override]
        return ListedArticles(None)

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        return super().get_context_data(heading=_("Newest news"), **kwargs)


class CategoryView(ArticleListView):
    def get_queryset(self) -> ListedArticles:  # type: ignore[override]
        categories = Category.objects.select_related("parent__parent")
        self.category = get_object_or_404(categories, slug=self.kwargs["slug"])
        return ListedArticles(self.category)

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        category = self.category
        return super().get_context_data(
            heading=category.label,
            heading_language=category.label_language,
            description=category.description,
            category=category,
            breadcrumb=category.ancestors,
            below=list(category.children.all()),
            rss=reverse("data:rss-category", args=[category.slug]),
            atom=reverse("data:atom-category", args=[category.slug]),
            **kwargs,
        )


class NamedListView(ArticleListView):
    """The articles of one tag, event series or author; `field` is that of Article.

    These lists stay short: the rows before the page are skipped one by one.
    """

    field = ""
    kind: Promise
    named: type[Named]

    def get_queryset(self) -> ArticleQuerySet:
        self.instance = get_object_or_404(self.named, slug=self.kwargs["slug"])
        articles = Article.objects.published().filter(**{self.field: self.instance})
        return articles.for_lists().newest_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        return super().get_context_data(
            heading=self.instance.name,
            heading_language=self.instance.label_language,
            kind=self.kind,
            **kwargs,
        )


class TagView(NamedListView):
    field, named, kind = "tags", Tag, gettext_lazy("Keyword")

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        return super().get_context_data(
            rss=reverse("data:rss-tag", args=[self.instance.slug]),
            atom=reverse("data:atom-tag", args=[self.instance.slug]),
            **kwargs,
        )


class SeriesView(NamedListView):
    field, named, kind = "series", Series, gettext_lazy("Event series")
    instance: Series

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        return super().get_context_data(description=self.instance.description, **kwargs)


class AuthorView(NamedListView):
    field, named, kind = "author", Author, gettext_lazy("Author")
    instance: Author

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        return super().get_context_data(description=self.instance.role, **kwargs)


class MonthView(ArticleListView):
    """The articles of one month; a month without any is a 404."""

    allow_empty = False

    def get_queryset(self) -> ListedArticles:  # type: ignore[override]
        self.month = _first_day(self.kwargs["year"], self.kwargs["month"])
        return ListedArticles(None, month=self.month)

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        month = {"month": self.month.month, "year": self.month.year}
        return super().get_context_data(
            heading=_("News of %(month)s/%(year)s") % month, kind=_("Archive"), **kwargs
        )


class ArchiveView(TemplateView):
    """All years and months with their counts, or those of one year."""

    template_name = "news/archive.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        counted = months(None)
        year = None
        if "year" in kwargs:
            year = _first_day(kwargs["year"], "1").year
            counted = [m for m in counted if m.month.year == year]
            if not counted:
                raise Http404
        years = [(y, list(group)) for y, group in groupby(counted, lambda m: m.month.year)]
        return super().get_context_data(**kwargs) | {"years": years, "only_year": year}


def _first_day(year: str, month: str) -> date:
    try:
        return date(int(year), int(month), 1)
    except ValueError:
        raise Http404 from None
