"""The description of the API for programs: OpenAPI 3.1, written by hand.

The descriptions are for the Vietnamese reader of the interface; a test holds every answer against
the schemas. Specification: https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

Schema = dict[str, Any]


def _text(description: str = "", **more: Any) -> Schema:
    return {"type": "string"} | ({"description": description} if description else {}) | more


def _moment(description: str, *, maybe: bool = False) -> Schema:
    kind: Any = ["string", "null"] if maybe else "string"
    return {"type": kind, "format": "date-time", "description": description}


def _address(description: str = "") -> Schema:
    return _text(description, format="uri")


def _record(properties: dict[str, Schema], *, maybe: bool = False, name: str = "") -> Schema:
    """An object in which every property is always present."""
    kind: Any = ["object", "null"] if maybe else "object"
    return {
        "type": kind,
        **({"description": name} if name else {}),
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


def _schemas() -> dict[str, Schema]:
    count = {"type": "integer", "minimum": 0}
    return {
        "Article": _record(
            {
                "id": {"type": "integer"},
                "url": _address(_("Address of the page for readers.")),
                "title": _text(),
                "summary": _text(_("The lead, plain text.")),
                "body": _text(_("HTML without scripts and styles; all addresses are full.")),
                "language": _text(),
                "published_at": _moment(_("Publication time.")),
                "updated_at": _moment(_("Time of the last correction."), maybe=True),
                "change_note": _text(_("What was corrected.")),
                "expires_at": _moment(_("From then on no longer current."), maybe=True),
                "category": _record({"slug": _text(), "name": _text(), "url": _address()}),
                "more_categories": _list_of(_text(), _("Slugs of the other categories.")),
                "tags": _list_of(_text(), _("Keywords")),
                "author": _text(_("The author line as it is printed.")),
                "origin": _text(enum=["own", "sent_in", "republished", "press_release"]),
                "source": _record(
                    {
                        "name": _text(),
                        "url": _text(),
                        "author": _text(),
                        "published_at": _moment(_("originally published at"), maybe=True),
                    },
                    maybe=True,
                    name=_("Where the news was taken from; null for our own."),
                ),
                "picture": _record(
                    {
                        "url": _address(),
                        "width": count,
                        "height": count,
                        "alt": _text(),
                        "caption": _text(),
                        "credit": _text(),
                    },
                    maybe=True,
                    name=_("lead picture"),
                ),
                "attachments": _list_of(
                    _record({"url": _address(), "title": _text(), "type": _text(), "size": count}),
                    _("Attachments"),
                ),
            }
        ),
        "ArticleList": _record(
            {
                "articles": _list_of({"$ref": "#/components/schemas/Article"}),
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": _("Address of the next, older part; null at the end."),
                },
            }
        ),
        "Category": _record(
            {
                "id": {"type": "integer"},
                "slug": _text(),
                "name": _text(),
                "name_en": _text(),
                "description": _text(),
                "parent": {
                    "type": ["string", "null"],
                    "description": _("Slug of the category above."),
                },
                "url": _address(),
                "articles": _address(),
                "rss": _address(),
            }
        ),
        "CategoryList": _record(
            {"categories": _list_of({"$ref": "#/components/schemas/Category"})}
        ),
        "Error": _record({"error": _text(_("A sentence that says what is wrong."))}),
    }


def _answer(description: str, schema: str) -> Schema:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": description, "content": {"application/json": {"schema": reference}}}


def _query(name: str, description: str, schema: Schema) -> Schema:
    return {
        "name": name, "in": "query", "required": False, "description": description, "schema": schema
    }  # fmt: skip


def describe(site: str) -> Schema:
    """Return the OpenAPI document of the API at this address (scheme and host, no slash)."""
    articles = {
        "operationId": "listArticles",
        "summary": _("Published articles, newest first"),
        "parameters": [
            _query("category", _("Slug of a category; those below it are included."), _text()),
            _query(
                "since",
                _("Only what was published at this day or moment, or later."),
                _text(examples=["2026-01-31", "2026-01-31T08:00:00+07:00"]),
            ),
            _query(
                "limit",
                _("Articles in one answer."),
                {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
            ),
            _query("cursor", _("A place in the list, as “next” names it."), _text()),
        ],
        "responses": {
            "200": _answer(_("A part of the list."), "ArticleList"),
            "400": _answer(_("A parameter cannot be read."), "Error"),
        },
    }
    article = {
        "operationId": "getArticle",
        "summary": _("One published article"),
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        ],
        "responses": {
            "200": _answer(_("The article."), "Article"),
            "404": _answer(_("There is no such article."), "Error"),
            "410": _answer(_("This article is no longer published."), "Error"),
        },
    }
    categories = {
        "operationId": "listCategories",
        "summary": _("All categories, each followed by those below it"),
        "responses": {"200": _answer(_("Categories"), "CategoryList")},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("News of the portal"),
            "version": "1.0.0",
            "description": _(
                "Read only, without registration. Name the source when you take news over."
            ),
        },
        "servers": [{"url": site}],
        "paths": {
            "/api/articles/": {"get": articles},
            "/api/articles/{id}/": {"get": article},
            "/api/categories/": {"get": categories},
        },
        "components": {"schemas": _schemas()},
    }
