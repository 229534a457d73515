"""The site behind nginx: `manage.py serve` and deploy/nginx.conf together."""

from __future__ import annotations

import contextlib
import gzip
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.middleware import RequestLimits
from tests.deploy.nginx import Nginx, open_folder, running_nginx
from tests.portal.running import PATIENCE, SHARED, Site, lay_out_database, wait_for

pytestmark = [pytest.mark.deploy, pytest.mark.processes]

# An article, a category, a picture; the session of a clerk.
FILL = """
from django.test import Client
from portal.models import User
from tests.factories import make_article, make_category, make_image
from news.models import Category
for number in range(8):
    category = make_category(f"Tin tuc {number}")
    make_article(category=category, summary="noi dung " * 30)
article = make_article(category=category, body="<p>" + "noi dung " * 300 + "</p>")
clerk = User.objects.create_superuser("clerk", "clerk@example.gov.vn", "mat-khau-rat-dai")
client = Client()
client.force_login(clerk)
print(article.get_absolute_url(), category.get_absolute_url(), make_image().url)
print(client.cookies["sessionid"].value)
"""


@dataclass(frozen=True)
class Behind:
    """A site behind nginx, with addresses of its content and the session of a clerk."""

    nginx: Nginx
    site: Site
    article: str
    category: str
    picture: str
    session: str


@contextlib.contextmanager
def run_behind(folder: Path) -> Iterator[Behind]:
    data = folder / "data"
    lay_out_database(data)
    site = Site(data, "--no-demo", HTTPS="true", BEHIND_PROXY="true")
    try:
        site.wait_until_it_answers()
        words = site.shell(FILL).split()[-4:]
        with running_nginx(
            folder / "nginx", backend=site.port, data=data, static=SHARED / "static"
        ) as nginx:
            yield Behind(nginx, site, *words)
        site.process.send_signal(signal.SIGTERM)
        site.process.wait(PATIENCE)
    finally:
        site.end()


@pytest.fixture(scope="module")
def behind() -> Iterator[Behind]:
    with open_folder() as folder, run_behind(folder) as behind:
        yield behind


# --- Compressed and signed once -------------------------------------------------------------------

ONCE = (
    "Strict-Transport-Security", "X-Content-Type-Options", "Content-Type", "Cache-Control", "Vary",
)  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["/", "/en/", "{article}", "{category}", "/tim-kiem?q=noi", "/rss/tin-moi.xml", "/so-do-cong/",
     "/atom/tin-moi.xml", "/api/articles/", "/api/openapi.json", "/sitemap/trang.xml", "/khong-co",
     "/thong-ke/", "/static/portal/css/site.css", "/static/portal/js/menu.js"],
)  # fmt: skip
def test_every_kind_of_answer_is_compressed_once(behind: Behind, path: str) -> None:
    address = path.format(article=behind.article, category=behind.category)
    plain = behind.nginx.ask(address)
    assert plain.headers["Content-Encoding"] is None
    answer = behind.nginx.ask(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status == (404 if path == "/khong-co" else 200)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(answer.body)) > 0.9 * len(plain.body)
    for name in ONCE:
        assert len(answer.headers.get_all(name, [])) == 1, name


def test_a_picture_is_sent_as_it_is_under_the_rules_for_files(behind: Behind) -> None:
    answer = behind.nginx.ask(behind.picture, headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Content-Encoding"] is None
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] is None
    assert "immutable" in answer.headers["Cache-Control"]


def test_nginx_insists_on_https_as_the_site_does(behind: Behind) -> None:
    """The value stands in deploy/nginx.conf once more."""
    paths = ("/", behind.picture, "/static/portal/css/site.css", "/static/khong-co", "/admin/")
    values = {path: behind.nginx.ask(path).headers["Strict-Transport-Security"] for path in paths}
    assert set(values.values()) == {"max-age=31536000; includeSubDomains; preload"}


def test_pages_of_staff_are_in_no_cache(behind: Behind) -> None:
    clerk = {"Cookie": f"sessionid={behind.session}", "Accept-Encoding": "gzip"}
    answer = behind.nginx.ask("/admin/", headers=clerk)
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] is None
    assert "no-store" in answer.headers["Cache-Control"]
    assert behind.nginx.ask("/admin/").status == 302


# --- Too long, too large --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/tim-kiem", "/en/tin-tuc/", "/tin-tuc", "/admin/login/"])
def test_longest_query_is_answered(behind: Behind, path: str) -> None:
    query = "q=" + "%E1%BA%A1" * 454
    query += "a" * (RequestLimits.MAX_QUERY_BYTES - len(query))
    answer = behind.nginx.ask(f"{path}?{query}")
    assert answer.status == (301 if path == "/tin-tuc" else 200)
    answer = behind.nginx.ask(f"{path}?{query}a")
    assert answer.status == 414
    assert "<h1>" in answer.text


@pytest.mark.parametrize("megabytes", [6, 30, 58])
def test_large_form_of_staff_is_refused_by_a_page_never_by_a_failure(
    behind: Behind, megabytes: int
) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={behind.session}; csrftoken={'a' * 32}",
        "Referer": "https://localhost/admin/",
    }
    body = b"csrfmiddlewaretoken=" + b"a" * 32 + b"&body=" + b"b" * megabytes * 1_000_000
    for _ in range(3):
        answer = behind.nginx.ask("/admin/news/article/add/", "POST", headers=headers, body=body)
        assert answer.status in {400, 413}
        assert '<html lang="vi"' in answer.text


def test_form_of_a_reader_is_answered_by_the_site_up_to_the_limit(behind: Behind) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "https://localhost",
    }
    for size, status in ((200_000, 405), (1_000_000, 413), (30_000_000, 413)):
        answer = behind.nginx.ask(behind.category, "POST", headers=headers, body=b"a" * size)
        assert answer.status == status
        assert f"Lỗi {status}" in answer.text


# --- The site is away -----------------------------------------------------------------------------


def test_site_that_is_killed_leaves_its_pages_its_style_and_our_error_page() -> None:

    with open_folder() as folder, run_behind(folder) as behind:
        page = behind.nginx.ask(behind.article)
        assert page.status == 200
        behind.site.process.kill()
        behind.site.process.wait()
        wait_for(lambda: behind.site.get("/healthz")[0] == 0)
        assert behind.nginx.ask(behind.article).text == page.text
        answer = behind.nginx.ask("/luu-tru/")
        assert answer.status == 502
        assert "Cổng đang bảo trì" in answer.text
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', answer.text)
        assert len(sheets) == 2
        for sheet in sheets:
            assert re.search(r"\.[0-9a-f]{12}\.css$", sheet), "named by its content"
            styled = behind.nginx.ask(sheet)
            assert styled.status == 200
            assert styled.headers["Content-Type"].startswith("text/css")
