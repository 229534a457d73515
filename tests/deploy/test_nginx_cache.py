"""What deploy/nginx.conf keeps, gives out again and compresses; the application is a test's."""

from __future__ import annotations

import gzip
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from django.urls import reverse

from portal.middleware import PublicPage, RequestLimits
from tests.deploy.backend import Backend, Reply, Request
from tests.deploy.nginx import Nginx, open_folder, running_nginx
from tests.portal.running import wait_for

pytestmark = pytest.mark.deploy

NUMBERS = count(1)
PUBLIC = PublicPage.CACHE_CONTROL
BRIEF = PUBLIC.replace("s-maxage=30", "s-maxage=1")
FAILED = Reply(503, {"Cache-Control": "no-store"}, b"hong")


@pytest.fixture
def address() -> str:
    """An address that nobody has asked for."""
    return f"/tin-tuc/bai-{next(NUMBERS)}"


def numbered(control: str, **headers: str) -> Callable[[Request], Reply]:
    """Answers whose body counts them."""
    rendered = count(1)
    lock = threading.Lock()

    def answer(request: Request) -> Reply:
        with lock:
            number = next(rendered)
        return Reply(200, {"Cache-Control": control, **headers}, b"trang %d" % number)

    return answer


# --- Kept ----------------------------------------------------------------------------------------


def test_page_is_asked_for_once_for_everybody(nginx: Nginx, backend: Backend, address: str) -> None:
    backend.answer = numbered(PUBLIC)
    texts = {
        nginx.ask(address).text,
        nginx.ask(address, headers={"Cookie": "rater=1; _ga=2; x=sessionid"}).text,
        nginx.ask(address, headers={"Accept-Language": "en", "User-Agent": "x"}).text,
        nginx.ask(address, headers={"Cache-Control": "no-cache", "Pragma": "no-cache"}).text,
        nginx.ask(f"https://localhost{address}").text,
    }
    assert texts == {"trang 1"}
    assert nginx.ask(address, "HEAD").status == 200
    assert nginx.ask(f"{address}?page=2").text == "trang 2"
    assert nginx.ask(f"/en{address}").text == "trang 3"


@pytest.mark.parametrize("name", ["comments:list", "comments:thread"])
def test_comments_are_for_everybody(nginx: Nginx, backend: Backend, name: str) -> None:
    backend.answer = numbered(PUBLIC)
    of = {"article": 9, "comment": 8}
    path = reverse(name, kwargs=of if name.endswith("thread") else {"article": 9})
    assert [nginx.ask(path).text for _ in range(2)] == ["trang 1", "trang 1"]


@pytest.fixture
def lasting(backend: Backend, files: Path) -> Iterator[Nginx]:
    """nginx with a lock that lasts, where that of a site ends after a second: CI is slower."""
    with (
        open_folder() as folder,
        running_nginx(folder, backend=backend.port, data=files, lock="30s") as nginx,
    ):
        yield nginx


def test_crowd_for_a_new_page_is_one_request(
    lasting: Nginx, backend: Backend, address: str
) -> None:
    go = threading.Event()
    answer = numbered(PUBLIC)

    def slow(request: Request) -> Reply:
        go.wait(15)
        return answer(request)

    backend.answer = slow
    with ThreadPoolExecutor(12) as crowd:
        asked = [crowd.submit(lasting.ask, address) for _ in range(12)]
        wait_for(lambda: backend.requests and backend.requests[-1].path == address)
        go.set()
        assert {one.result().text for one in asked} == {"trang 1"}


def test_staff_never_get_and_never_fill_the_cache(
    nginx: Nginx, backend: Backend, address: str
) -> None:
    backend.answer = numbered(PUBLIC)
    staff = {"Cookie": "sessionid=abc"}
    assert nginx.ask(address, headers=staff).text == "trang 1"
    assert nginx.ask(address).text == "trang 2"
    assert nginx.ask(address, headers=staff).text == "trang 3"
    assert nginx.ask(address).text == "trang 2"


def for_one_reader() -> list[str]:
    """The addresses that are answered to the visitor who asks, in both languages."""
    key = "0" * 32
    of = {"article": 7, "comment": 8}
    paths = [
        reverse("ratings:rating", args=[7]),
        reverse("ratings:my-rating", args=[7]),
        reverse("comments:send", kwargs={"article": 7}),
        reverse("comments:report", kwargs=of),
        reverse("comments:status", kwargs={"key": key}),
        reverse("comments:export", kwargs={"key": key}),
        reverse("comments:captcha-renew"),
        reverse("comments:captcha-picture", args=[key]),
        reverse("comments:captcha-sound", args=[key]),
    ]
    return [*paths, *(f"/en{path}" for path in paths)]


@pytest.mark.parametrize(
    ("path", "method"),
    [("/thong-ke/luot", "POST"), ("/thong-ke/luot.gif", "GET"), ("/media/tep/a.pdf", "GET"),
     ("/admin/", "GET"), ("/en/admin/news/", "GET"), ("/danh-gia/1/", "POST")]
    # What is for one reader: kept, it would be for all; and nobody waits until another has his.
    + [(address, "GET") for address in for_one_reader()],
)  # fmt: skip
def test_what_must_reach_the_application_does_each_time(
    nginx: Nginx, backend: Backend, path: str, method: str
) -> None:
    backend.answer = numbered(PUBLIC)
    assert [nginx.ask(path, method).text for _ in range(2)] == ["trang 1", "trang 2"]


@pytest.mark.parametrize(
    "reply",
    [
        FAILED,
        Reply(500),
        Reply(404, {"Cache-Control": "no-cache"}),
        Reply(200, {"Cache-Control": "max-age=0, no-cache, no-store, private"}),
        Reply(200, {"Cache-Control": PUBLIC, "Set-Cookie": "rater=1"}),
        Reply(200),
    ],
    ids=["failure", "error", "missing", "private", "cookie", "silent"],
)
def test_what_is_for_nobody_else_is_not_kept(
    nginx: Nginx, backend: Backend, address: str, reply: Reply
) -> None:
    backend.answer = lambda request: reply
    assert nginx.ask(address).status == reply.status
    backend.answer = lambda request: Reply(body=b"moi")
    assert nginx.ask(address).text == "moi"


# --- Given out again ------------------------------------------------------------------------------


def keep(nginx: Nginx, backend: Backend, address: str, control: str) -> None:
    """Put a page into the cache."""
    backend.answer = lambda request: Reply(200, {"Cache-Control": control}, b"cu")
    assert nginx.ask(address).text == "cu"


def texts_until_the_application_is_asked(nginx: Nginx, backend: Backend, address: str) -> set[str]:
    """What readers get until the page is no longer fresh, and then."""
    before = len(backend.requests)
    texts = set()

    def is_asked() -> bool:
        texts.add(nginx.ask(address).text)
        return len(backend.requests) > before

    wait_for(is_asked)
    return texts


def dies(request: Request) -> Reply:
    """Close the connection without an answer."""
    raise ConnectionAbortedError


# Within stale-while-revalidate, and after it.
@pytest.mark.parametrize("control", [BRIEF, BRIEF.replace("revalidate=60", "revalidate=0")])
def test_failing_application_does_not_take_a_page_away(
    nginx: Nginx, backend: Backend, address: str, control: str
) -> None:
    keep(nginx, backend, address, control)
    for status in (500, 502, 503, 504, None):
        reply = Reply(status or 0, {"Cache-Control": "no-store"}, b"hong")
        backend.answer = (lambda request, reply=reply: reply) if status else dies
        assert texts_until_the_application_is_asked(nginx, backend, address) == {"cu"}
        assert nginx.ask(address).text == "cu"
        assert nginx.ask(address, headers={"Cookie": "sessionid=a"}).status == (status or 502)


def test_page_is_renewed_behind_the_reader_who_gets_the_old_one_at_once(
    nginx: Nginx, backend: Backend, address: str
) -> None:
    keep(nginx, backend, address, BRIEF)
    go = threading.Event()

    def slow(request: Request) -> Reply:
        go.wait(15)
        return Reply(200, {"Cache-Control": PUBLIC}, b"moi")

    backend.answer = slow
    assert texts_until_the_application_is_asked(nginx, backend, address) == {"cu"}
    assert nginx.ask(address).text == "cu"
    go.set()
    wait_for(lambda: nginx.ask(address).text == "moi")


def test_reader_with_the_same_page_is_told_so(nginx: Nginx, backend: Backend, address: str) -> None:
    backend.answer = numbered(PUBLIC, ETag='"abc"')
    etag = nginx.ask(address).headers["ETag"]
    answer = nginx.ask(address, headers={"If-None-Match": etag})
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["Cache-Control"] == PUBLIC


@pytest.mark.parametrize("asked", ["bytes=0-3", "bytes=900000-", "bytes=0-1,3-4", "x"])
def test_range_of_a_page_is_never_half_a_page(
    nginx: Nginx, backend: Backend, address: str, asked: str
) -> None:
    """Also not in the cache, when the first to ask wants a part only."""
    backend.answer = numbered(PUBLIC)
    answers = [nginx.ask(address, headers={"Range": asked}) for _ in range(2)]
    assert {(answer.status, answer.text) for answer in answers} <= {(200, "trang 1"), (206, "tran")}
    assert nginx.ask(address).text == "trang 1"
    assert "range" not in backend.requests[-1].headers


# --- Away, slow, large ----------------------------------------------------------------------------


def test_form_is_not_sent_twice(nginx: Nginx, backend: Backend) -> None:
    before = len(backend.requests)
    backend.answer = dies
    answer = nginx.ask("/binh-luan/1/", "POST", body=b"comment=1")
    assert answer.status == 502
    assert len(backend.requests) == before + 1


def test_reader_waits_twenty_seconds_at_most(nginx: Nginx, backend: Backend, address: str) -> None:
    go = threading.Event()

    def hangs(request: Request) -> Reply:
        go.wait(60)
        return Reply()

    backend.answer = hangs
    begun = time.monotonic()
    answer = nginx.ask(address)
    took = time.monotonic() - begun
    go.set()
    assert answer.status == 504
    assert "Cổng đang bảo trì" in answer.text
    print("answer to a page that hangs:", took)
    assert 19 < took < 60


@pytest.mark.parametrize("path", ["/tim-kiem", "/en/tim-kiem", "/admin/", "/media/tep/a.pdf"])
def test_longest_address_and_headers_fit(nginx: Nginx, backend: Backend, path: str) -> None:
    query = "q=" + "%E1%BA%A1" * 454
    query += "a" * (RequestLimits.MAX_QUERY_BYTES - len(query))
    headers = {
        "Cache-Control": PUBLIC,
        "Content-Security-Policy": "default-src 'none'; " * 20,
        "Link": f'<https://localhost{path}?{query}&page=2>; rel="next"',
        "Location": f"https://localhost{path}?{query}",
    }
    backend.answer = lambda request: Reply(200, headers, b"x" * 200_000)
    for _ in range(2):
        answer = nginx.ask(f"{path}?{query}")
        assert (answer.status, len(answer.body)) == (200, 200_000)
        assert answer.headers["Link"] == headers["Link"]
    # The longest that nginx takes at all.
    longest = f"{path}?" + "a" * (8192 - len(f"GET {path}? HTTP/1.1\r\n") - 2)
    assert nginx.ask(longest).status == 200


# --- Compressed -----------------------------------------------------------------------------------

GZIP = {"Accept-Encoding": "gzip, deflate, br, zstd"}
COMPRESSED = [
    "text/html; charset=utf-8", "text/plain; charset=utf-8", "application/rss+xml; charset=utf-8",
    "application/atom+xml; charset=utf-8", "application/xml; charset=utf-8", "text/xml",
    "application/json", "application/json; charset=utf-8", "image/svg+xml",
    "application/opensearchdescription+xml", "application/manifest+json",
]  # fmt: skip
AS_THEY_ARE = ["image/webp", "image/png", "audio/mpeg", "application/pdf", "image/gif"]


@pytest.mark.parametrize("kind", COMPRESSED)
def test_words_are_compressed_once(nginx: Nginx, backend: Backend, address: str, kind: str) -> None:
    words = b"chu viet " * 1000
    backend.answer = lambda request: Reply(
        200, {"Cache-Control": PUBLIC, "Content-Type": kind, "ETag": '"a"'}, words
    )
    for _ in range(2):  # past the cache, and from it
        answer = nginx.ask(address, headers=GZIP | {"Via": "1.1 cdn"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["ETag"] == 'W/"a"'
        assert gzip.decompress(answer.body) == words
        plain = nginx.ask(address)
        assert (plain.headers["Content-Encoding"], plain.body) == (None, words)
        assert plain.headers["Vary"] == "Accept-Encoding"
    assert "accept-encoding" not in backend.requests[-1].headers


@pytest.mark.parametrize("kind", AS_THEY_ARE)
def test_pictures_and_sounds_are_sent_as_they_are(
    nginx: Nginx, backend: Backend, address: str, kind: str
) -> None:
    backend.answer = lambda request: Reply(200, {"Content-Type": kind}, b"a" * 9000)
    answer = nginx.ask(address, headers=GZIP)
    assert (answer.headers["Content-Encoding"], len(answer.body)) == (None, 9000)


@pytest.mark.parametrize("path", ["/admin/news/article/", "/en/admin/login/"])
def test_pages_of_staff_are_not_compressed(nginx: Nginx, backend: Backend, path: str) -> None:
    backend.answer = lambda request: Reply(200, {"Content-Type": "text/html"}, b"a" * 9000)
    assert nginx.ask(path, headers=GZIP).headers["Content-Encoding"] is None


# --- HTTP/2 ---------------------------------------------------------------------------------------


def curl(nginx: Nginx, path: str, *options: str) -> dict[str, object]:
    """Ask by curl, which speaks HTTP/2; return what it says of the transfer."""
    said = subprocess.run(
        [
            *("curl", "--silent", "--insecure", "--http2", "--output", "/dev/null"),
            *("--connect-to", f"::127.0.0.1:{nginx.https}", "--write-out", "%{json}", *options),
            f"https://{nginx.name}{path}",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    answer: dict[str, object] = json.loads(said)
    return answer


def test_page_from_the_cache_comes_by_http2(nginx: Nginx, backend: Backend, address: str) -> None:
    backend.answer = numbered(PUBLIC)
    for _ in range(2):
        answer = curl(nginx, address)
        assert (answer["http_version"], answer["http_code"]) == ("2", 200)
    assert nginx.ask(address).text == "trang 1"


def test_large_form_by_http2_gets_our_page(nginx: Nginx, backend: Backend, tmp_path: Path) -> None:
    form = tmp_path / "form"
    form.write_bytes(b"a" * 1_000_000)
    answer = curl(nginx, "/binh-luan/1/", "--data-binary", f"@{form}")
    assert (answer["http_version"], answer["http_code"]) == ("2", 413)
