"""The public pages of the newsroom."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import InvalidPage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseGone,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from news import reading
from news.models import Article, Author, Category, Series, Tag
from news.models.listings import ArticlePage, list_page, months, page_number, page_of

PAGE_SIZE = 20


class ArticleDetailView(TemplateView):
    """One article. Looked up by id; another slug, or a slash at the end, redirects."""

    template_name = "news/article_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = int(kwargs["pk"])
        article = Article.objects.readable().for_page().filter(pk=pk).first()
        if article is None:
            return _not_readable(pk)
        if request.path != article.get_absolute_url():
            return _moved_to(article)
        return self.render_to_response(reading.article_context(article))


def _moved_to(article: Article) -> HttpResponse:
    """Lead on, and let nobody remember it for long: a slug is changed back, an article returns."""
    return HttpResponsePermanentRedirect(
        article.get_absolute_url(), headers={"Cache-Control": "public, max-age=300"}
    )


def _not_readable(pk: int) -> HttpResponse:
    """Answer for an article without a page: gone or replaced if it was unpublished, else 404."""
    article = get_object_or_404(Article, pk=pk, status=Article.Status.UNPUBLISHED)
    heir = Article.objects.readable().filter(pk=article.redirect_to_id or 0).first()
    if heir is None:
        return HttpResponseGone()
    return _moved_to(heir)


class ArticleListView(TemplateView):
    """A list of articles in numbered pages (`?page=2`); a page that does not exist is a 404."""

    template_name = "news/article_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            number = page_number(request.GET.get("page"))
            page, context = self.find(number)
        except InvalidPage:
            raise Http404 from None
        return self.render_to_response({"page": page, **context})

    def find(self, number: int) -> tuple[ArticlePage, dict[str, Any]]:
        """Return the page with this number and what else the template needs.

        Raises InvalidPage if there is no such page.
        """
        raise NotImplementedError


class NewestView(ArticleListView):
    def find(self, number: int) -> tuple[ArticlePage, dict[str, Any]]:
        return list_page(None, number, PAGE_SIZE), {"heading": _("Newest news")}


class CategoryView(ArticleListView):
    def find(self, number: int) -> tuple[ArticlePage, dict[str, Any]]:
        category = get_object_or_404(
            Category.objects.select_related("parent__parent"), slug=self.kwargs["slug"]
        )
        page = list_page(category, number, PAGE_SIZE)
        return page, {
            "heading": category.label,
            "heading_language": category.label_language,
            "description": category.description,
            "category": category,
            "breadcrumb": category.ancestors,
            "below": list(category.children.all()),
            "rss": reverse("data:rss-category", args=[category.slug]),
            "atom": reverse("data:atom-category", args=[category.slug]),
        }


class TagView(ArticleListView):
    def find(self, number: int) -> tuple[ArticlePage, dict[str, Any]]:
        tag = get_object_or_404(Tag, slug=self.kwargs["slug"])
        articles = Article.objects.published().filter(tags=tag)
        return page_of(articles, number, PAGE_SIZE), {
            "heading": tag.name,
            "heading_language": tag.label_language,
            "kind": _("Keyword"),
            "rss": reverse("data:rss-tag", args=[tag.slug]),
            "atom": reverse("data:atom-tag", args=[tag.slug]),
        }


class SeriesView(ArticleListView):
    def find(self, number: int) -> tuple[ArticlePage, dict[str, Any]]:
        series = get_object_or_404(Series, slug=self.kwargs["slug"])
        articles = Article.objects.published().filter(series=series)
        return page_of(articles, number, PAGE_SIZE), {
            "heading": series.name,
            "heading_language": series.label_language,
            "kind": _("Event series"),
            "description": series.description,
        }


class AuthorView(ArticleListView):
    def find(self, number: int) -> tuple[ArticlePage, dict[str, Any]]:
        author = get_object_or_404(Author, slug=self.kwargs["slug"])
        articles = Article.objects.published().filter(author=author)
        return page_of(articles, number, PAGE_SIZE), {
            "heading": author.name,
            "heading_language": author.label_language,
            "kind": _("Author"),
            "description": author.role,
        }


class MonthView(ArticleListView):
    """The articles of one month."""

    def find(self, number: int) -> tuple[ArticlePage, dict[str, Any]]:
        month = _day(self.kwargs["year"], self.kwargs["month"])
        page = list_page(None, number, PAGE_SIZE, within=month)
        if not page.total:
            raise Http404
        return page, {
            "heading": _("News of %(month)s/%(year)s") % {"month": month.month, "year": month.year},
            "kind": _("Archive"),
            "month": month,
        }


class ArchiveView(TemplateView):
    """All years and months with their counts, or those of one year."""

    template_name = "news/archive.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = months(None)
        year = None
        if "year" in kwargs:
            year = _day(kwargs["year"], "1").year
            counted = [m for m in counted if m.month.year == year]
            if not counted:
                raise Http404
        years = [(y, list(group)) for y, group in groupby(counted, lambda m: m.month.year)]
        return super().get_context_data(**kwargs) | {"years": years, "only_year": year}


def _day(year: str, month: str) -> date:
    try:
        return date(int(year), int(month), 1)
    except ValueError:
        raise Http404 from None
