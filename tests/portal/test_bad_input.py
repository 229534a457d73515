"""What a hostile or careless visitor may send: a right 4xx in Vietnamese, never a 5xx."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import make_article, make_category, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses() -> list[str]:
    category = make_category("Tin tức")
    article = make_article(category=category)
    return [
        "/",
        "/tin-tuc/",
        article.get_absolute_url(),
        category.get_absolute_url(),
        "/luu-tru/",
        "/so-do-cong/",
    ]


@pytest.mark.parametrize("page", ["0", "-1", "abc", "1000000000", "9" * 60, "1.5", "", "%00", "٣"])
def test_impossible_page_number_is_not_found(client: Client, page: str) -> None:
    category = make_category()
    response = client.get(f"{category.get_absolute_url()}?page={page}")
    assert response.status_code == (400 if page == "%00" else 404)
    assert "trang" in response.content.decode().lower()


@pytest.mark.parametrize(
    "query",
    ["%", "%zz", "q=%E0%A4%A", "q=%ED%A0%80", "q=%ff%fe", "&&&==;;", "page=1&page=1", "x" * 4000],
)
def test_broken_query_never_fails(client: Client, addresses: list[str], query: str) -> None:
    for address in addresses:
        response = client.get(f"{address}?{query}")
        assert response.status_code in {200, 404}


@pytest.mark.parametrize("path", ["/%00", "/tin-tuc/a%00-1", "/chuyen-muc/%00/", "/media/%00.webp"])
def test_nul_byte_is_a_bad_request_in_vietnamese(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert "Yêu cầu không hợp lệ" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/khong-co",
        "/tin-tuc/khong-co-999999999999999999",
        "/tin-tuc/khong-co-99999999999999999999999999",
        "/tin-tuc/-1",
        "/chuyen-muc/khong-co/",
        "/the/khong-co/",
        "/dong-su-kien/khong-co/",
        "/tac-gia/khong-co/",
        "/luu-tru/0000/",
        "/luu-tru/9999/",
        "/luu-tru/2020/13/",
        "/luu-tru/2020/02/",
        "/trang/khong-co/",
        "/media/../portal/settings.py",
        "/media/%2e%2e/%2e%2e/etc/passwd",
        "/media/%ED%A0%80",
        "/media/images",
        "/%ED%A0%80",
        "/%FF%FE",
        "/%E0%A4%A",
        "/en/khong-co",
        "/wp-login.php",
        "/.env",
        "/" + "a" * 1500,
    ],
)
def test_unknown_address_is_not_found_in_the_readers_language(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    expected = "Page not found" if path.startswith("/en/") else "Không tìm thấy trang"
    assert expected in response.content.decode()


def test_ten_megabyte_query_is_too_long(client: Client) -> None:
    response = client.get("/", QUERY_STRING="q=" + "a" * 10_000_000)
    assert response.status_code == 414
    assert "Địa chỉ" in response.content.decode()


def test_endless_path_is_too_long(client: Client) -> None:
    assert client.get("/" + "a" * 5000).status_code == 414


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "FOO"])
def test_wrong_method_is_refused_in_vietnamese(addresses: list[str], method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in [*addresses, make_image().url]:
        response = client.generic(method, address)
        assert response.status_code == 405
        assert "GET" in response["Allow"]
        assert "<h1" in response.content.decode()


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_wrong_method_on_an_unknown_address_is_not_found(client: Client, method: str) -> None:
    assert client.generic(method, "/khong-co").status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "a" * 300, "127.0.0.1:abc", "x\\y", ""])
def test_foreign_host_header_is_a_bad_request(host: str) -> None:
    response = Client().get("/", headers={"host": host})
    assert response.status_code == 400
    assert "Yêu cầu không hợp lệ" in response.content.decode()


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-", 206, "bytes 0-{last}/{size}"),
        ("bytes=5-5", 206, "bytes 5-5/{size}"),
        ("bytes=5-4", 200, None),
        ("bytes=-1", 206, "bytes {last}-{last}/{size}"),
        ("bytes=0-999999999", 206, "bytes 0-{last}/{size}"),
        ("bytes=-999999999", 206, "bytes 0-{last}/{size}"),
        ("bytes=999999999-", 416, "bytes */{size}"),
        ("bytes=-0", 416, "bytes */{size}"),
        ("bytes=5-2", 200, None),
        ("bytes=a-b", 200, None),
        ("bytes=0-1,4-5", 200, None),
        ("items=1", 200, None),
        ("bytes=", 200, None),
    ],
)
def test_range_of_a_file_is_answered_as_the_standard_says(
    client: Client, asked: str, status: int, part: str | None
) -> None:
    image = make_image()
    response = client.get(image.url, headers={"range": asked})
    response.close()
    assert response.status_code == status
    last, size = image.size - 1, image.size
    assert response.get("Content-Range") == (part and part.format(last=last, size=size))


def test_part_of_a_file_is_the_right_part(client: Client) -> None:
    image = make_image()
    everything = client.get(image.url)
    whole = b"".join(everything.streaming_content)
    everything.close()
    part = client.get(image.url, headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == whole[10:20]
    part.close()
    assert part["Content-Range"] == f"bytes 10-19/{len(whole)}"
