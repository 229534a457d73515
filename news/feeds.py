"""RSS 2.0 and Atom of the newest articles: of the site, of a category, of a tag.

A feed costs the same however large the archive is: two or three statements, and one for the
identity of the agency.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.syndication.views import Feed
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.template import RequestContext, Template
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from news.models import Article, Category, Image, Listing, Tag
from news.models.articles import ArticleQuerySet
from news.structured import LANGUAGE, last_change, local_time

ITEMS = 30
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the date of a feed without items


class StableDateMixin(SyndicationFeed):
    """Dates a feed without items at a fixed day; Django's changes with every request."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else NEVER


class NewsRss(StableDateMixin, Rss201rev2Feed):
    """RSS with the source and with the description of the picture (Media RSS)."""

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        }

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["source"]:
            handler.addQuickElement("dc:source", item["source"])
        for enclosure in item["enclosures"]:
            self.add_media(handler, enclosure, item["picture"])

    def add_media(self, handler: SimplerXMLGenerator, enclosure: Enclosure, picture: Image) -> None:
        attributes = {
            "url": enclosure.url,
            "type": enclosure.mime_type,
            "medium": "image",
            "fileSize": enclosure.length,
            "width": str(picture.width),
            "height": str(picture.height),
        }
        handler.startElement("media:content", attributes)  # type: ignore[arg-type]
        if picture.alt:
            handler.addQuickElement("media:description", picture.alt, {"type": "plain"})
        if picture.credit:
            handler.addQuickElement("media:credit", picture.credit)
        handler.endElement("media:content")


class NewsAtom(StableDateMixin, Atom1Feed):
    """Atom whose summaries are plain text and whose pictures are described; Django's are not."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item | {"description": None, "enclosures": ()})
        handler.addQuickElement("summary", item["description"] or "")
        for enclosure in item["enclosures"]:
            attributes = {
                "rel": "enclosure",
                "href": enclosure.url,
                "length": enclosure.length,
                "type": enclosure.mime_type,
            }
            if item["picture"].alt:
                attributes["title"] = item["picture"].alt
            handler.addQuickElement("link", "", attributes)


@dataclass(frozen=True)
class Source:
    """What a feed is about.

    Args:
        page: path of the page that shows the same list.
        articles: newest first.
        identity: the agency's kind, name, slogan and re-use sentence, as far as they are known.
        name: empty for the whole site.
    """

    page: str
    articles: ArticleQuerySet
    identity: dict[str, str]
    name: str = ""
    description: str = ""


def site_identity(request: HttpRequest) -> dict[str, str]:
    """Return the agency's identity from the `frame` that the site gives to every template."""
    context = RequestContext(request)
    with context.bind_template(Template("")):
        identity: dict[str, str] = context["frame"].identity
    return identity


@method_decorator(require_safe, name="__call__")
class ArticleFeed(Feed):
    """The newest articles of one source, newest first, as RSS or as Atom."""

    csrf_exempt = True  # what only reads asks for no token: a POST is answered 405
    language = LANGUAGE
    ttl = 15
    item_guid_is_permalink = False

    def __init__(self, feed_type: type[SyndicationFeed] = NewsRss) -> None:
        self.feed_type = feed_type

    def __call__(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponse:
        response = super().__call__(request, *args, **kwargs)
        # A client that names a date, and no ETag, has this state only if the date is the same:
        # when the newest article is withdrawn, the date of the feed becomes an earlier one.
        last_modified = response["Last-Modified"]
        if last_modified == http_date(NEVER.timestamp()):
            del response["Last-Modified"]
        elif (
            "If-None-Match" not in request.headers
            and request.headers.get("If-Modified-Since") == last_modified
        ):
            return HttpResponseNotModified(headers={"Last-Modified": last_modified})
        return response

    def get_object(self, request: HttpRequest, slug: str = "") -> Source:
        raise NotImplementedError

    def get_feed(self, source: Source, request: HttpRequest) -> SyndicationFeed:
        feed = super().get_feed(source, request)
        feed.feed["id"] = feed.feed["feed_url"]
        host = urlsplit(request.build_absolute_uri()).hostname
        for item in feed.items:
            # A new title changes the address; this id stays (RFC 4151).
            item["unique_id"] = f"tag:{host},{item['unique_id']}"
            for enclosure in item["enclosures"]:
                enclosure.url = request.build_absolute_uri(enclosure.url)
        return feed

    def title(self, source: Source) -> str:
        kind = source.identity.get("kind") or _("Web portal")
        site = f"{kind} {source.identity.get('name', '')}".strip()
        return f"{source.name} – {site}" if source.name else site

    def link(self, source: Source) -> str:
        return source.page

    def subtitle(self, source: Source) -> str | None:
        return source.description or source.identity.get("slogan") or None

    def description(self, source: Source) -> str:
        return self.subtitle(source) or self.author_name(source)

    def author_name(self, source: Source) -> str:
        return source.identity.get("name") or _("Web portal")

    def feed_copyright(self, source: Source) -> str | None:
        return source.identity.get("reuse_sentence") or None

    def items(self, source: Source) -> ArticleQuerySet:
        tags = Tag.objects.filter(articles=OuterRef("pk")).order_by("sort_key").values("name")
        articles = source.articles.for_lists().select_related("author")
        return articles.annotate(keywords=ArraySubquery(tags))

    def item_title(self, article: Article) -> str:
        return article.title

    def item_description(self, article: Article) -> str | None:  # type: ignore[override]
        return article.summary or None

    def item_guid(self, article: Article) -> str:
        day = timezone.localdate(article.first_published_at or article.published_at)
        return f"{day:%Y-%m-%d}:tin-tuc/{article.pk}"

    def item_author_name(self, article: Article) -> str | None:
        return article.signed_by or None

    def item_categories(self, article: Article) -> list[str]:
        return [article.category.name, *article.keywords]  # type: ignore[attr-defined]

    def item_pubdate(self, article: Article) -> datetime | None:
        return in_whole_seconds(article.published_at)

    def item_updateddate(self, article: Article) -> datetime | None:
        return in_whole_seconds(last_change(article))

    def item_enclosures(self, article: Article) -> list[Enclosure]:
        picture = article.lead_image
        if picture is None:
            return []
        kind = mimetypes.guess_type(picture.url)[0] or "image/webp"
        return [Enclosure(picture.url, str(picture.size), kind)]

    def item_extra_kwargs(self, article: Article) -> dict[str, object]:
        return {"source": article.source_name, "picture": article.lead_image}


def in_whole_seconds(at: datetime | None) -> datetime | None:
    return local_time(at).replace(microsecond=0) if at else None


def newest_articles(category: Category | None) -> ArticleQuerySet:
    """The newest articles of a category, or of the site."""
    chosen = Listing.objects.shown_in(category).newest_first().values("article")[:ITEMS]
    return Article.objects.filter(pk__in=chosen).newest_first()


class NewestFeed(ArticleFeed):
    def get_object(self, request: HttpRequest, slug: str = "") -> Source:
        return Source(reverse("news:newest"), newest_articles(None), site_identity(request))


class CategoryFeed(ArticleFeed):
    """A category with those below it."""

    def get_object(self, request: HttpRequest, slug: str = "") -> Source:
        category = get_object_or_404(Category, slug=slug)
        return Source(
            category.get_absolute_url(),
            newest_articles(category),
            site_identity(request),
            category.name,
            category.description,
        )


class TagFeed(ArticleFeed):
    def get_object(self, request: HttpRequest, slug: str = "") -> Source:
        tag = get_object_or_404(Tag, slug=slug)
        articles = Article.objects.published().filter(tags=tag).newest_first()[:ITEMS]
        return Source(tag.get_absolute_url(), articles, site_identity(request), tag.name)


class FeedsPageView(TemplateView):
    """The page for people that lists the feeds."""

    template_name = "news/feeds.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
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
