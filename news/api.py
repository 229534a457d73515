"""Read-only JSON of what is published, so that another portal can take the news over.

`docs/api.md` says how to use it. Open to every website (CORS), constant in cost: three statements
at most for a page of the list.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import wraps

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Query
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from news.api_schemas import (
    LARGEST_PAGE,
    ArticleList,
    ArticleOut,
    CategoryList,
    Error,
    ListParameters,
    gettext_lazy,
    parse_since,
    read_cursor,
    write_cursor,
)
from news.failures import RETRY_AFTER_SECONDS
from news.models import Article, Attachment, Category, Listing, Tag
from news.models.articles import ArticleQuerySet
from news.structured import rfc3339


class UnicodeRenderer(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title=gettext_lazy("News of the portal"),
    description=gettext_lazy(
        "Read only, without registration. Name the source when you take news over."
    ),
    docs_url=None,
    openapi_url=None,
    urls_namespace="data",
    renderer=UnicodeRenderer(),
)


@api.exception_handler(ValidationError)
def invalid_limit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer for the one parameter that ninja checks; the others are plain text to it."""
    sentence = _("“limit” is a number from 1 to %(largest)d.") % {"largest": LARGEST_PAGE}
    return api.create_response(request, {"error": sentence}, status=400)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return api.create_response(request, {"error": error.message}, status=error.status_code)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def unavailable(request: HttpRequest, error: DatabaseError | InterfaceError) -> HttpResponse:
    """Answer while the database cannot be read."""
    sentence = _("The system is not available at this moment. Please try again in a few minutes.")
    response = api.create_response(request, {"error": sentence}, status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


# --- Operations ----------------------------------------------------------------------------------


@api.get(
    "/articles/",
    url_name="api-articles",
    operation_id="listArticles",
    summary=gettext_lazy("Published articles, newest first"),
    response={200: ArticleList, 400: Error},
)
def list_articles(request: HttpRequest, parameters: Query[ListParameters]) -> dict[str, object]:
    category = None
    if parameters.category is not None:
        category = Category.objects.filter(slug=parameters.category).first()
        if category is None:
            raise HttpError(400, _("There is no category with this slug."))
    chosen = Listing.objects.shown_in(category)
    if parameters.since is not None:
        chosen = chosen.filter(published_at__gte=parse_since(parameters.since))
    if parameters.cursor is not None:
        at, pk = read_cursor(parameters.cursor)
        # The first condition alone lets the index find the place.
        chosen = chosen.filter(published_at__lte=at).exclude(published_at=at, article__gte=pk)
    rows = chosen.newest_first().values_list("published_at", "article")
    found = list(rows[: parameters.limit + 1])
    here = found[: parameters.limit]
    # Asked once more: an article withdrawn since the list was read is left out.
    published = Article.objects.published().filter(pk__in=[pk for _at, pk in here])
    articles = complete(published.newest_first())
    next_address = None
    if len(found) > parameters.limit:
        kept = {k: request.GET[k] for k in ("category", "since", "limit") if k in request.GET}
        query = urlencode(kept | {"cursor": write_cursor(*here[-1])})
        next_address = request.build_absolute_uri(f"{request.path}?{query}")
    return {"articles": [as_json(article, request) for article in articles], "next": next_address}


@api.get(
    "/articles/{int:id}/",
    url_name="api-article",
    operation_id="getArticle",
    summary=gettext_lazy("One published article"),
    response={200: ArticleOut, 404: Error, 410: Error},
)
def get_article(request: HttpRequest, id: int) -> dict[str, object]:  # noqa: A002
    # A number beyond the column's range is no article.
    pk = id if id < 2**63 else 0
    article = complete(Article.objects.published().filter(pk=pk)).first()
    if article is not None:
        return as_json(article, request)
    if Article.objects.has_been_public().filter(pk=pk).exists():
        raise HttpError(410, _("This article is no longer published."))
    raise HttpError(404, _("There is no such article."))


@api.get(
    "/categories/",
    url_name="api-categories",
    operation_id="listCategories",
    summary=gettext_lazy("All categories, each followed by those below it"),
    response=CategoryList,
)
def list_categories(request: HttpRequest) -> dict[str, object]:
    full = request.build_absolute_uri
    articles = reverse("data:api-articles")
    tree = Category.objects.all().tree()
    slugs = {category.pk: category.slug for category in tree}
    return {
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


def openapi_document(request: HttpRequest) -> HttpResponse:
    """Describe the interface for programs (OpenAPI 3.1)."""
    site = request.build_absolute_uri("/").rstrip("/")
    document = api.get_openapi_schema(path_prefix="api/") | {"servers": [{"url": site}]}
    return api.create_response(request, document, status=200)


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer HEAD like GET and any other method 405; let any website read the answer (CORS)."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: int) -> HttpResponse:
        method = request.method
        if method in {"GET", "HEAD"}:
            request.method = "GET"  # ninja does not handle HEAD
            try:
                response = view(request, **kwargs)
            finally:
                request.method = method
        else:
            sentence = _("This address cannot be used in that way.")
            response = api.create_response(request, {"error": sentence}, status=405)
            response["Allow"] = "GET, HEAD"
        response["Content-Type"] = "application/json"
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def url_patterns() -> list[URLPattern]:
    described = [
        path("", openapi_document),
        path("openapi.json", openapi_document, name="api-description"),
    ]
    operations = [p for p in api.urls[0] if isinstance(p, URLPattern) and p.name != "api-root"]
    for pattern in [*described, *operations]:
        pattern.callback = read_only(pattern.callback)
    return [*described, *operations]


# --- Articles ------------------------------------------------------------------------------------


def complete(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Load everything that `as_json` reads, tags and files too, in one statement."""
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


def as_json(article: Article, request: HttpRequest) -> dict[str, object]:
    """Return an article that `complete` has loaded; addresses are absolute."""
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
        "published_at": rfc3339(article.published_at),
        "updated_at": rfc3339(article.updated_at),
        "change_note": article.change_note,
        "expires_at": rfc3339(article.expires_at),
        "category": {
            "slug": article.category.slug,
            "name": article.category.name,
            "url": full(article.category.get_absolute_url()),
        },
        "more_categories": article.more_slugs,  # type: ignore[attr-defined]
        "tags": article.tag_names,  # type: ignore[attr-defined]
        "author": article.signed_by,
        "origin": article.origin,
        "source": {
            "name": article.source_name,
            "url": article.source_url,
            "author": article.source_author,
            "published_at": rfc3339(article.source_published_at),
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
            for file in article.files  # type: ignore[attr-defined]
        ],
    }


# Cleaned HTML has `<` and `>` in tags only, and in quoted values.
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
