"""RSS 2.0 and Atom of the newest articles: of the site, of a category, of a tag.

The formats are templates (`templates/news/feed_rss.xml`, `feed_atom.xml`), so that a feed carries
the agency's name as a page does. A feed costs the same however large the archive is: two or three
statements, the frame's included.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from news.models import Article, Category, Listing, Tag
from news.models.articles import ArticleQuerySet
from news.structured import at_home, last_change, moment

ITEMS = 30


@dataclass(frozen=True)
class Source:
    """What a feed is about.

    `name` is None for the whole site; `page` is the path of the page that shows the same list.
    """

    name: str | None
    page: str
    articles: ArticleQuerySet
    description: str = ""


class FeedView(View):
    """The newest articles of one source, newest first, as RSS or as Atom."""

    http_method_names = ["get", "head"]
    is_atom = False

    def source(self) -> Source:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        source = self.source()
        articles = list(_with_keywords(source.articles))
        changed = max(filter(None, map(last_change, articles)), default=None)
        if changed and is_unchanged(request, changed):
            return HttpResponseNotModified(headers=_dated(changed))
        kind = "atom" if self.is_atom else "rss"
        text = render_to_string(
            f"news/feed_{kind}.xml",
            {
                "source": source,
                "items": [feed_item(request, article) for article in articles],
                "build_date": format_datetime(at_home(changed)) if changed else "",
                "updated": moment(changed) or "1970-01-01T00:00:00Z",
                "self_address": request.build_absolute_uri(request.path),
                "page_address": request.build_absolute_uri(source.page),
            },
            request,
        )
        return HttpResponse(
            text, content_type=f"application/{kind}+xml; charset=utf-8", headers=_dated(changed)
        )


class NewestFeed(FeedView):
    def source(self) -> Source:
        return Source(None, reverse("news:newest"), _newest_of(None))


class CategoryFeed(FeedView):
    """A category with those below it."""

    def source(self) -> Source:
        category = get_object_or_404(Category, slug=self.kwargs["slug"])
        return Source(
            category.name, category.get_absolute_url(), _newest_of(category), category.description
        )


class TagFeed(FeedView):
    def source(self) -> Source:
        tag = get_object_or_404(Tag, slug=self.kwargs["slug"])
        articles = Article.objects.published().filter(tags=tag).newest_first()[:ITEMS]
        return Source(tag.name, tag.get_absolute_url(), articles)


def _newest_of(category: Category | None) -> ArticleQuerySet:
    chosen = (
        Listing.objects.filter(category=category)
        .visible(timezone.now())
        .newest_first()
        .values("article")[:ITEMS]
    )
    return Article.objects.filter(pk__in=chosen).newest_first()


def _with_keywords(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Load what a feed shows; the keywords come in the same statement."""
    tags = Tag.objects.filter(articles=OuterRef("pk")).order_by("sort_key").values("name")
    return articles.for_lists().select_related("author").annotate(keywords=ArraySubquery(tags))


def _dated(changed: datetime | None) -> dict[str, str]:
    return {"Last-Modified": http_date(changed.timestamp())} if changed else {}


def is_unchanged(request: HttpRequest, changed: datetime) -> bool:
    """Whether a reader that names no ETag, but a date, has this very state.

    The date must be the same and not merely as new: when the newest article is taken back, the
    date of the feed is an earlier one, and the reader must hear of it.
    """
    if "If-None-Match" in request.headers:
        return False
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since == int(changed.timestamp())


@dataclass(frozen=True)
class Enclosure:
    """The lead picture; `length` in bytes, `width` and `height` in pixels."""

    url: str
    type: str
    length: int
    width: int
    height: int
    alt: str
    credit: str


def feed_item(request: HttpRequest, article: Article) -> dict[str, Any]:
    """What the templates write of one article."""
    picture = article.lead_image
    day = timezone.localdate(article.first_published_at or article.published_at)
    url = request.build_absolute_uri(article.get_absolute_url())
    return {
        "article": article,
        "url": url,
        # A new title changes the address; this name stays (RFC 4151).
        "id": f"tag:{urlsplit(url).hostname},{day:%Y-%m-%d}:tin-tuc/{article.pk}",
        "published": moment(article.published_at),
        "pub_date": format_datetime(at_home(article.published_at)),  # type: ignore[arg-type]
        "changed": moment(last_change(article)),
        "categories": [article.category.name, *article.keywords],  # type: ignore[attr-defined]
        "picture": picture
        and Enclosure(
            url=request.build_absolute_uri(picture.url),
            type=mimetypes.guess_type(picture.url)[0] or "image/webp",
            length=picture.size,
            width=picture.width,
            height=picture.height,
            alt=picture.alt,
            credit=picture.credit,
        ),
    }


class FeedsPageView(TemplateView):
    """The page for people that lists the feeds."""

    template_name = "news/feeds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = self.request.build_absolute_uri
        lines = [
            {
                "label": category.label,
                "depth": category.depth,
                "rss": address(reverse("data:rss-category", args=[category.slug])),
                "atom": address(reverse("data:atom-category", args=[category.slug])),
            }
            for category in Category.objects.all().tree()
        ]
        everything = {
            "label": _("Newest news"),
            "depth": 1,
            "rss": address(reverse("data:rss")),
            "atom": address(reverse("data:atom")),
        }
        example = address(reverse("data:rss-tag", args=["tu-khoa"]))
        return super().get_context_data(**kwargs) | {
            "lines": [everything, *lines],
            "tag_example": example,
        }
