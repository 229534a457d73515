"""The JSON interface: everything published and nothing else, page by page, as it is described."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from news import api
from news.api import complete, with_full_addresses
from news.api_schemas import read_cursor, write_cursor
from news.models import Article, Attachment
from tests.factories import make_article, make_author, make_category, make_image, make_tag

pytestmark = pytest.mark.django_db

AT = datetime(2023, 3, 14, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SITE = "http://testserver"


def full_article() -> Article:
    article = make_article(
        "Chợ Hạ họp phiên đầu năm",
        published_at=AT,
        updated_at=AT + timedelta(days=1),
        change_note="Sửa một con số.",
        category=make_category("Kinh tế"),
        more=[make_category("Thông báo")],
        tags=[make_tag("chợ")],
        author=make_author("Nguyễn An"),
        lead_image=make_image("Chợ Hạ buổi sớm"),
        origin="republished",
        source_name="Báo Lam Giang",
        source_url="https://bao.example/1",
        body='<p>Xem <a href="/tin-tuc/" rel="noopener">tin</a>.</p>',
    )
    Attachment.objects.create(
        article=article, file="documents/2023/03/ke-hoach.pdf", title="Kế hoạch", extension="pdf",
        content_type="application/pdf", size=2048, sha256="0" * 64,
    )  # fmt: skip
    return article


def get(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    return response.json()


def walk(client: Client, address: str) -> list[int]:
    """The ids of all articles, following `next` to the end."""
    found: list[int] = []
    while address:
        part = get(client, address)
        found += [article["id"] for article in part["articles"]]
        address = part["next"] or ""
    return found


# --- What it tells -------------------------------------------------------------------------------


def test_article_has_every_property(client: Client) -> None:
    article = full_article()
    image = article.lead_image
    assert image is not None
    assert get(client, f"/api/articles/{article.pk}/") == {
        "id": article.pk,
        "url": SITE + article.get_absolute_url(),
        "title": "Chợ Hạ họp phiên đầu năm",
        "summary": "Tóm tắt của bài viết.",
        "body": f'<p>Xem <a href="{SITE}/tin-tuc/" rel="noopener">tin</a>.</p>',
        "language": "vi",
        "published_at": "2023-03-14T08:30:00+07:00",
        "updated_at": "2023-03-15T08:30:00+07:00",
        "change_note": "Sửa một con số.",
        "expires_at": None,
        "category": {
            "slug": "kinh-te", "name": "Kinh tế", "url": f"{SITE}/chuyen-muc/kinh-te/"
        },
        "more_categories": ["thong-bao"],
        "tags": ["chợ"],
        "author": "Nguyễn An",
        "origin": "republished",
        "source": {
            "name": "Báo Lam Giang", "url": "https://bao.example/1", "author": "",
            "published_at": None,
        },
        "picture": {
            "url": SITE + image.url, "width": 800, "height": 500, "alt": "Chợ Hạ buổi sớm",
            "caption": "", "credit": "",
        },
        "attachments": [
            {
                "url": f"{SITE}/media/documents/2023/03/ke-hoach.pdf", "title": "Kế hoạch",
                "type": "application/pdf", "size": 2048,
            }
        ],
    }  # fmt: skip


def test_list_and_single_article_say_the_same(client: Client) -> None:
    article = full_article()
    listed = get(client, "/api/articles/")["articles"]
    assert listed == [get(client, f"/api/articles/{article.pk}/")]


def test_vietnamese_letters_are_written_as_they_are(client: Client) -> None:
    full_article()
    assert "Chợ Hạ".encode() in client.get("/api/articles/").content


def test_categories_name_their_parent(client: Client) -> None:
    root = make_category("Tin tức", name_en="News")
    make_category("Kinh tế", parent=root)
    found = get(client, "/api/categories/")["categories"]
    assert [(c["slug"], c["parent"]) for c in found] == [("tin-tuc", None), ("kinh-te", "tin-tuc")]
    assert found[0]["articles"] == f"{SITE}/api/articles/?category=tin-tuc"
    assert get(client, found[1]["articles"].removeprefix(SITE))["articles"] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<img src="/media/a.webp">', '<img src="https://a.vn/media/a.webp">'),
        ('<img srcset="/a.webp 320w, /b.webp 640w">',
         '<img srcset="https://a.vn/a.webp 320w, https://a.vn/b.webp 640w">'),
        ('<a href="/x?a=1&amp;b=2">x</a>', '<a href="https://a.vn/x?a=1&amp;b=2">x</a>'),
        ('<a href="https://b.vn/">x</a>', '<a href="https://b.vn/">x</a>'),
        ('<a href="mailto:a@b.vn">x</a>', '<a href="mailto:a@b.vn">x</a>'),
        ('<p>viết href="/x" trong bài</p>', '<p>viết href="/x" trong bài</p>'),
        ('<img alt=" src=" src="/a.webp">', '<img alt=" src=" src="https://a.vn/a.webp">'),
    ],
)  # fmt: skip
def test_addresses_in_a_body_are_full(body: str, expected: str) -> None:
    assert with_full_addresses(body, lambda path: f"https://a.vn{path}") == expected


# --- Which articles ------------------------------------------------------------------------------


def test_only_published_articles_are_listed_newest_first(client: Client) -> None:
    now = timezone.now()
    old = make_article(published_at=now - timedelta(days=2))
    new = make_article(published_at=now - timedelta(days=1))
    make_article(published_at=now + timedelta(days=1))
    make_article(published_at=now - timedelta(days=3), expires_at=now)
    for status in ("withdrawn", "unpublished", "draft", "in_review"):
        make_article(status=status)
    assert walk(client, "/api/articles/") == [new.pk, old.pk]


def test_article_withdrawn_while_the_list_is_made_is_left_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, withdrawn = make_article(), make_article()

    def withdrawing(articles: Any) -> Any:
        Article.objects.filter(pk=withdrawn.pk).update(status="withdrawn", status_reason="Sai.")
        return complete(articles)

    monkeypatch.setattr("news.api.complete", withdrawing)
    assert walk(client, "/api/articles/") == [kept.pk]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_following_next_tells_every_article_once_though_times_are_equal(
    client: Client, limit: int
) -> None:
    expected = [make_article(published_at=AT + timedelta(hours=n // 3)).pk for n in range(7)]
    assert walk(client, f"/api/articles/?limit={limit}") == expected[::-1]


def test_news_published_meanwhile_shifts_nothing(client: Client) -> None:
    articles = [make_article(published_at=AT + timedelta(hours=n)) for n in range(4)]
    first = get(client, "/api/articles/?limit=2")
    make_article(published_at=AT + timedelta(hours=9))
    articles[3].delete()
    rest = get(client, first["next"])
    assert [a["id"] for a in rest["articles"]] == [articles[1].pk, articles[0].pk]


def test_list_can_be_limited_to_a_category_and_a_time_and_next_keeps_both(client: Client) -> None:
    root = make_category()
    child, other = make_category(parent=root), make_category()
    inside = [make_article(category=child, published_at=AT + timedelta(days=n)) for n in range(4)]
    make_article(category=other, published_at=AT + timedelta(days=9))
    found = walk(client, f"/api/articles/?category={root.slug}&since=2023-03-15&limit=1")
    assert found == [article.pk for article in inside[:0:-1]]


@pytest.mark.parametrize(
    "since",
    ["2023-03-15", "2023-03-15T00:00:00", "2023-03-15T00:00:00%2B07:00",
     "2023-03-15T00:00:00+07:00", "2023-03-14T17:00:00Z"],
)  # fmt: skip
def test_since_is_read_in_the_time_of_vietnam_unless_it_says_otherwise(
    client: Client, since: str
) -> None:
    make_article(published_at=datetime(2023, 3, 14, 23, 59, tzinfo=AT.tzinfo))
    later = make_article(published_at=datetime(2023, 3, 15, 0, 0, tzinfo=AT.tzinfo))
    assert walk(client, f"/api/articles/?since={since}") == [later.pk]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "withdrawn"},
        {"status": "unpublished"},
        {"published_at": AT, "expires_at": AT + timedelta(days=1)},
    ],
)
def test_article_that_was_taken_back_is_gone(client: Client, fields: dict[str, Any]) -> None:
    article = make_article(**fields)
    assert get(client, f"/api/articles/{article.pk}/", 410) == {
        "error": "Bài viết này không còn được đăng."
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"published_at": AT.replace(year=2190)},
        {"status": "unpublished", "published_at": AT.replace(year=2190)},
    ],
)
def test_article_not_yet_published_is_not_found(client: Client, fields: dict[str, Any]) -> None:
    article = make_article(**fields)
    assert "error" in get(client, f"/api/articles/{article.pk}/", 404)


# --- What is asked wrongly -----------------------------------------------------------------------


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


BAD_CURSORS = [
    "", "x", "%00", "====", "á", "a" * 3000, encoded("2023-03-14"), encoded("2023-03-14T08:30 1"),
    encoded("2023-03-14T08:30:00+07:00 -1"), encoded(f"2023-03-14T08:30:00+07:00 {2**63}"),
    encoded("0001-01-01T00:00:00+14:00 1"), encoded("9999-12-31T23:59:59-12:00 1"),
    encoded("2023-03-14T08:30:00+07:00 ²"), encoded("2023-03-14T08:30:00+07:00"),
]  # fmt: skip


@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_bad_cursor_is_answered_with_a_sentence(client: Client, cursor: str) -> None:
    response = client.get("/api/articles/", {"cursor": cursor})
    assert response.status_code == 400
    if response["Content-Type"] == "application/json":
        assert response.json()["error"].startswith("Không đọc được con trỏ")
    else:
        # A NUL is refused before any view sees it.
        assert "\0" in cursor


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=-1", "limit=a", "limit=²", "limit=", "limit=99999999999",
     "since=", "since=hôm qua", "since=2023-02-30", "since=2023-13-01T00:00:00", "since=0001-01-01",
     "since=9999-12-31T23:59:59-12:00", "category=khong-co", "category=", "category=%27--"],
)  # fmt: skip
def test_bad_parameter_is_answered_with_a_sentence(client: Client, query: str) -> None:
    response = client.get(f"/api/articles/?{query}")
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        assert response.json()["error"].endswith((".", "+07:00."))
    else:
        assert query.startswith(("since=0001", "since=9999"))


IN_QUERIES = {"/api/articles/?limit={}": 400, "/tin-tuc/?page={}": 404}
IN_PATHS = ["/api/articles/{}/", "/tin-tuc/bai-{}", "/luu-tru/{}/", "/sitemap/{}-01.xml"]
NO_PLAIN_DIGITS = ["+5", "%2B5", "5.0", "1_0", "%205", "5%20", "5e0", "٥"]


@pytest.mark.parametrize("address", [*IN_QUERIES, *IN_PATHS])
@pytest.mark.parametrize("number", NO_PLAIN_DIGITS)
def test_number_in_an_address_is_written_in_plain_digits(
    client: Client, address: str, number: str
) -> None:
    make_article(pk=5)
    make_article(pk=10)
    response = client.get(address.format(number))
    assert response.status_code == IN_QUERIES.get(address, 404)


@pytest.mark.parametrize("address", IN_QUERIES)
def test_number_in_a_query_has_no_row_of_zeros(client: Client, address: str) -> None:
    assert client.get(address.format("0005")).status_code == IN_QUERIES[address]


def test_article_beyond_any_number_is_not_found(client: Client) -> None:
    assert "error" in get(client, f"/api/articles/{'9' * 40}/", 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_interface_can_only_be_read(client: Client, method: str) -> None:
    response = getattr(client, method)("/api/articles/")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json() == {"error": "Không thể dùng địa chỉ này theo cách đó."}


def test_cursor_keeps_the_place_to_the_microsecond() -> None:
    at = AT.replace(microsecond=123456)
    assert read_cursor(write_cursor(at, 12)) == (at, 12)


# --- How it is served ----------------------------------------------------------------------------


def test_answer_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    full_article()
    first = client.get("/api/articles/")
    assert first["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in first
    again = client.get("/api/articles/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/api/articles/").content == b""


@pytest.mark.parametrize(
    ("query", "most"), [("", 2), ("?limit=100", 2), ("?category={slug}&since=2020-01-01", 3)]
)
def test_list_costs_few_statements_however_long_it_is(
    client: Client, query: str, most: int, django_assert_max_num_queries: Callable
) -> None:
    category = make_category()
    for _ in range(12):
        make_article(
            category=category, tags=[make_tag()], author=make_author(), lead_image=make_image(),
            more=[make_category()],
        )  # fmt: skip
    with django_assert_max_num_queries(most):
        assert get(client, f"/api/articles/{query.format(slug=category.slug)}")["articles"]


# --- The description -----------------------------------------------------------------------------


def conforms(value: Any, schema: Any, components: dict[str, Any], place: str = "$") -> None:
    """Hold a value against the part of JSON Schema that our description uses."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        conforms(value, components[name], components, place)
        return
    if "anyOf" in schema:
        kind = 1 if value is None else 0
        conforms(value, schema["anyOf"][kind], components, place)
        return
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = {"string": str, "integer": int, "object": dict, "array": list, "null": type(None)}
    assert any(type(value) is types[kind] for kind in kinds), (place, value)
    if value is None:
        return
    if "enum" in schema:
        assert value in schema["enum"], place
    if schema.get("format") == "date-time":
        moment = parse_datetime(value)
        assert moment is not None, place
        assert moment.utcoffset() is not None, place
    if schema.get("format") == "uri":
        assert value.startswith(SITE), place
    if isinstance(value, dict):
        assert set(value) == set(schema["properties"]) == set(schema["required"]), place
        for key, part in value.items():
            conforms(part, schema["properties"][key], components, f"{place}.{key}")
    if isinstance(value, list):
        for number, part in enumerate(value):
            conforms(part, schema["items"], components, f"{place}[{number}]")


def test_every_path_answers_as_it_is_described(client: Client) -> None:
    article, gone = full_article(), make_article(status="unpublished")
    make_article(author=None, lead_image=None)
    document = get(client, "/api/openapi.json")
    components = document["components"]["schemas"]
    asked = {
        ("/api/articles/", "200"): "/api/articles/?limit=1",
        ("/api/articles/", "400"): "/api/articles/?limit=x",
        ("/api/articles/{id}/", "200"): f"/api/articles/{article.pk}/",
        ("/api/articles/{id}/", "404"): "/api/articles/999999/",
        ("/api/articles/{id}/", "410"): f"/api/articles/{gone.pk}/",
        ("/api/categories/", "200"): "/api/categories/",
    }
    described = {
        (path, status): answer["content"]["application/json"]["schema"]
        for path, methods in document["paths"].items()
        for status, answer in methods["get"]["responses"].items()
    }
    assert described.keys() == asked.keys()
    for key, address in asked.items():
        conforms(get(client, address, int(key[1])), described[key], components)


def test_description_has_what_its_standard_requires() -> None:
    """OpenAPI 3.1, sections 4.8.1, 4.8.2, 4.8.10, 4.8.12 and 4.8.16."""
    document = api.api.get_openapi_schema(path_prefix="api/")
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= document["info"].keys()
    names = set()
    for path, methods in document["paths"].items():
        operation = methods["get"]
        names.add(operation["operationId"])
        for parameter in operation.get("parameters", []):
            assert {"name", "in", "schema"} <= parameter.keys()
            if parameter["in"] == "path":
                assert parameter["required"] is True
                assert f"{{{parameter['name']}}}" in path
        assert all(answer["description"] for answer in operation["responses"].values())
    assert len(names) == len(document["paths"])


def test_top_of_the_interface_answers_with_its_description(client: Client) -> None:
    assert get(client, "/api/") == get(client, "/api/openapi.json")


def test_description_speaks_vietnamese(client: Client) -> None:
    assert get(client, "/api/openapi.json")["info"]["title"] == "Tin tức của Cổng"
