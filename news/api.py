"""Read-only JSON of what is published, so that another portal can take the news over.

`docs/api.md` tells how to use it, `news/openapi.py` describes it for programs. Open to every
website (CORS), constant in cost: three statements at most for a page of the list.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from news import openapi
from news.models import Article, Attachment, Category, Listing, Tag
from news.models.articles import ArticleQuerySet
from news.structured import moment

PAGE_SIZE = 20
LARGEST_PAGE = 100


class BadParameter(Exception):  # noqa: N818 – it is an answer to the caller, not a failure
    """A parameter that cannot be read; its text is a sentence for the caller."""


@method_decorator(csrf_exempt, name="dispatch")  # what only reads asks for no token
class ApiView(View):
    """An answer for programs: JSON, also where something is wrong."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **kwargs)
        except BadParameter as error:
            response = failure(400, str(error))
        # Published news, the same for everyone: any website may read it.
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Robots-Tag"] = "noindex"
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = failure(405, _("This address cannot be used in that way."))
        response["Allow"] = ", ".join(self.http_method_names).upper()
        return response


def answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


def failure(status: int, sentence: str) -> JsonResponse:
    return answer({"error": sentence}, status)


class ArticleListView(ApiView):
    """The published articles, newest first; `next` leads on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        limit = read_limit(request.GET.get("limit"))
        category = read_category(request.GET.get("category"))
        since = read_since(request.GET.get("since"))
        chosen = Listing.objects.filter(category=category).visible(timezone.now())
        if since:
            chosen = chosen.filter(published_at__gte=since)
        if "cursor" in request.GET:
            at, pk = read_cursor(request.GET["cursor"])
            # The first condition alone lets the index find the place.
            chosen = chosen.filter(published_at__lte=at).exclude(published_at=at, article__gte=pk)
        found = list(chosen.newest_first().values_list("published_at", "article")[: limit + 1])
        here = found[:limit]
        # Asked once more: one that was taken back since the list was read is not told.
        told = Article.objects.published().filter(pk__in=[pk for _at, pk in here])
        articles = complete(told.newest_first())
        next_address = None
        if len(found) > limit:
            kept = {
                key: request.GET[key]
                for key in ("category", "since", "limit")
                if key in request.GET
            }
            query = urlencode(kept | {"cursor": write_cursor(*here[-1])})
            next_address = request.build_absolute_uri(f"{request.path}?{query}")
        return answer(
            {"articles": [as_json(article, request) for article in articles], "next": next_address}
        )


class ArticleView(ApiView):
    """One article; 410 for one that was taken back, so that whoever took it over can follow."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        # A number beyond the column's range is no article.
        pk = pk if pk < 2**63 else 0
        article = complete(Article.objects.published().filter(pk=pk)).first()
        if article is not None:
            return answer(as_json(article, request))
        was_public = Article.objects.readable() | Article.objects.filter(
            status=Article.Status.UNPUBLISHED, published_at__lte=timezone.now()
        )
        if was_public.filter(pk=pk).exists():
            return failure(410, _("This article is no longer published."))
        return failure(404, _("There is no such article."))


class CategoryListView(ApiView):
    """All categories, each directly followed by those below it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        full = request.build_absolute_uri
        articles = reverse("data:api-articles")
        tree = Category.objects.all().tree()
        slugs = {category.pk: category.slug for category in tree}
        return answer(
            {
                "categories": [
                    {
                        "id": category.pk,
                        "slug": category.slug,
                        "name": category.name,
                        "name_en": category.name_en,
                        "description": category.description,
                        "parent": slugs.get(category.parent_id) if category.parent_id else None,
                        "url": full(category.get_absolute_url()),
                        "articles": full(f"{articles}?category={category.slug}"),
                        "rss": full(reverse("data:rss-category", args=[category.slug])),
                    }
                    for category in tree
                ]
            }
        )


class DescriptionView(ApiView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(openapi.describe(request.build_absolute_uri("/").rstrip("/")))


# --- Parameters ----------------------------------------------------------------------------------


def read_limit(raw: str | None) -> int:
    if raw is None:
        return PAGE_SIZE
    if not (raw.isascii() and raw.isdigit() and len(raw) < 4 and 1 <= int(raw) <= LARGEST_PAGE):
        raise BadParameter(
            _("“limit” is a number from 1 to %(largest)d.") % {"largest": LARGEST_PAGE}
        )
    return int(raw)


def read_category(raw: str | None) -> Category | None:
    if raw is None:
        return None
    category = Category.objects.filter(slug=raw).first()
    if category is None:
        raise BadParameter(_("There is no category with this slug."))
    return category


def read_since(raw: str | None) -> datetime | None:
    """Read a moment of ISO 8601; without a zone it is meant in the site's, without a time from 0h.

    A plus sign that was not percent-encoded arrives as a space, and is taken for what it was.
    """
    if raw is None:
        return None
    try:
        moment = parse_datetime(raw.replace(" ", "+") if raw.count("T") == 1 else raw)
        if moment is None:
            day = parse_date(raw)
            moment = datetime(day.year, day.month, day.day) if day else None
        if moment is not None:
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, OverflowError):
        pass
    raise BadParameter(
        _("“since” is a day or a moment, for example 2026-01-31 or 2026-01-31T08:00:00+07:00.")
    )


def write_cursor(at: datetime, pk: int) -> str:
    """Return an opaque mark of a place in the list; it stays good while articles come and go."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {pk}".encode()).decode().rstrip("=")


def read_cursor(raw: str) -> tuple[datetime, int]:
    try:
        text = base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
        moment, _space, pk = text.decode("ascii").partition(" ")
        at = datetime.fromisoformat(moment)
        # Beyond these years a moment cannot be told in every zone.
        if at.tzinfo and 1 < at.year < 9999 and pk.isdigit() and int(pk) < 2**63:
            return at, int(pk)
    except (ValueError, binascii.Error):
        pass
    raise BadParameter(_("The cursor cannot be read. Start again without it, or follow “next”."))


# --- Articles ------------------------------------------------------------------------------------


def complete(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Load everything the API tells of an article, its tags and files too, in one statement."""
    tags = Tag.objects.filter(articles=OuterRef("pk")).order_by("sort_key").values("name")
    more = (
        Article.more_categories.through.objects.filter(article=OuterRef("pk"))
        .order_by("category__position", "category")
        .values("category__slug")
    )
    files = (
        Attachment.objects.filter(article=OuterRef("pk"))
        .order_by("position", "pk")
        .values(
            row=JSONObject(file=F("file"), title=F("title"), type=F("content_type"), size=F("size"))
        )
    )
    return articles.select_related("category", "author", "lead_image").annotate(
        tag_names=ArraySubquery(tags),
        more_slugs=ArraySubquery(more),
        files=ArraySubquery(files),
    )


def as_json(article: Any, request: HttpRequest) -> dict[str, Any]:
    """Return what the API tells of an article that `complete` has loaded; addresses are full."""
    full = request.build_absolute_uri
    picture = article.lead_image
    storage = Attachment._meta.get_field("file").storage
    return {
        "id": article.pk,
        "url": full(article.get_absolute_url()),
        "title": article.title,
        "summary": article.summary,
        "body": with_full_addresses(article.body, full),
        "language": "vi",
        "published_at": moment(article.published_at),
        "updated_at": moment(article.updated_at),
        "change_note": article.change_note,
        "expires_at": moment(article.expires_at),
        "category": {
            "slug": article.category.slug,
            "name": article.category.name,
            "url": full(article.category.get_absolute_url()),
        },
        "more_categories": article.more_slugs,
        "tags": article.tag_names,
        "author": article.signed_by,
        "origin": article.origin,
        "source": {
            "name": article.source_name,
            "url": article.source_url,
            "author": article.source_author,
            "published_at": moment(article.source_published_at),
        }
        if article.source_name or article.source_url
        else None,
        "picture": picture
        and {
            "url": full(picture.url),
            "width": picture.width,
            "height": picture.height,
            "alt": picture.alt,
            "caption": article.lead_caption or picture.caption,
            "credit": picture.credit,
        },
        "attachments": [
            {
                "url": full(storage.url(file["file"])),
                "title": file["title"],
                "type": file["type"],
                "size": file["size"],
            }
            for file in article.files
        ],
    }


# In what the cleaner writes, `<` and `>` stand for tags alone, except inside quoted values.
_TAG = re.compile(r'<[a-z][^">]*(?:"[^"]*"[^">]*)*>')
_ATTRIBUTE = re.compile(r'(\s[a-z]+=")([^"]*)"')


def with_full_addresses(body: str, full: Callable[[str], str]) -> str:
    """Give the links and pictures of a stored body their scheme and host."""

    def one(address: str) -> str:
        return full(address) if address.startswith("/") else address

    def attribute(match: re.Match[str]) -> str:
        name, value = match[1].strip(' ="'), html.unescape(match[2])
        if name not in {"src", "href", "srcset"}:
            return match[0]
        if name == "srcset":
            choices = (choice.partition(" ") for choice in value.split(", "))
            value = ", ".join(f"{one(address)} {width}" for address, _space, width in choices)
        else:
            value = one(value)
        return f'{match[1]}{html.escape(value)}"'

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), body)
