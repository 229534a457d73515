"""Sitemaps: held against the rules of the protocol, over the whole archive, at a bounded cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from defusedxml import ElementTree
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from news import sitemaps
from news.models import Article
from portal.models import Page, SiteIdentity
from tests.factories import make_article, make_category, make_image

pytestmark = pytest.mark.django_db

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SITE = "http://testserver"
CORE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"

# What an element holds, in this order, from the published schemas of sitemaps.org (0.9) and of the
# two extensions; a question mark may be missing, a star may be repeated or missing.
RULES = {
    f"{CORE}sitemapindex": [f"{CORE}sitemap+"],
    f"{CORE}sitemap": [f"{CORE}loc", f"{CORE}lastmod?"],
    f"{CORE}urlset": [f"{CORE}url+"],
    f"{CORE}url": [f"{CORE}loc", f"{CORE}lastmod?", f"{IMAGE}image*", f"{NEWS}news?"],
    f"{IMAGE}image": [f"{IMAGE}loc"],
    f"{NEWS}news": [f"{NEWS}publication", f"{NEWS}publication_date", f"{NEWS}title"],
    f"{NEWS}publication": [f"{NEWS}name", f"{NEWS}language"],
}
MOST = {f"{CORE}sitemapindex": 50_000, f"{CORE}urlset": 50_000}


def check(element: Any) -> None:
    """Hold an element, and all below it, against the rules."""
    children = [child.tag for child in element]
    assert element.attrib == {}
    if element.tag not in RULES:
        assert children == []
        check_value(element.tag.partition("}")[2], (element.text or "").strip())
        return
    assert len(children) <= MOST.get(element.tag, 1000)
    left = list(children)
    for rule in RULES[element.tag]:
        name = rule.rstrip("+*?")
        count = 0
        while left and left[0] == name:
            left.pop(0)
            count += 1
        least = 0 if rule.endswith(("?", "*")) else 1
        assert least <= count <= (10**6 if rule.endswith(("+", "*")) else 1), (element.tag, rule)
    assert left == [], element.tag
    for child in element:
        check(child)


def check_value(name: str, text: str) -> None:
    if name == "loc":
        assert text.startswith(f"{SITE}/")
        assert 12 <= len(text) < 2048
        assert text.isascii()
        assert " " not in text
    elif name in {"lastmod", "publication_date"}:
        moment = parse_datetime(text)
        assert moment is not None
        assert moment.utcoffset() == timedelta(hours=7)
        assert moment <= timezone.now()
    elif name == "language":
        assert text == "vi"
    else:
        assert text


def read(client: Client, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"].startswith("application/xml")
    assert len(response.content) < 50 * 1024 * 1024
    root = ElementTree.fromstring(response.content)
    check(root)
    return root


def addresses(root: Any) -> dict[str, str]:
    """Path and last change of every entry of a sitemap."""
    return {
        entry.findtext(f"{CORE}loc").removeprefix(SITE): entry.findtext(f"{CORE}lastmod") or ""
        for entry in root
    }


def test_every_readable_listed_article_stands_in_exactly_one_sitemap(client: Client) -> None:
    now = timezone.now()
    shown = {
        make_article(published_at=now - timedelta(days=40 * n, hours=1)).get_absolute_url()
        for n in range(12)
    }
    make_article(published_at=now + timedelta(days=1))
    make_article(published_at=now - timedelta(days=9), expires_at=now - timedelta(days=1))
    for status in ("withdrawn", "unpublished", "draft"):
        make_article(status=status)
    parts = [path for path in addresses(read(client, "/sitemap.xml")) if path[9:10].isdigit()]
    found = [path for part in parts for path in addresses(read(client, part))]
    assert sorted(found) == sorted(shown)


def test_month_longer_than_a_sitemap_comes_in_parts(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "PART_SIZE", 2)
    start = datetime(2024, 5, 10, tzinfo=VIETNAM)
    wanted = [
        make_article(published_at=start + timedelta(hours=n)).get_absolute_url() for n in range(5)
    ]
    parts = [path for path in addresses(read(client, "/sitemap.xml")) if "2024" in path]
    assert parts == ["/sitemap/2024-05.xml", "/sitemap/2024-05-2.xml", "/sitemap/2024-05-3.xml"]
    found = [path for part in parts for path in addresses(read(client, part))]
    assert found == wanted[::-1]
    assert client.get("/sitemap/2024-05-4.xml").status_code == 404


def test_first_minutes_of_a_vietnamese_month_belong_to_it(client: Client) -> None:
    article = make_article(published_at=datetime(2024, 3, 1, 0, 30, tzinfo=VIETNAM))
    assert article.get_absolute_url() in addresses(read(client, "/sitemap/2024-03.xml"))
    assert client.get("/sitemap/2024-02.xml").status_code == 404
    assert addresses(read(client, "/sitemap.xml"))["/sitemap/2024-03.xml"] == (
        "2024-03-01T00:30:00+07:00"
    )


def test_last_change_is_the_publication_or_a_later_correction(client: Client) -> None:
    at = datetime(2024, 5, 10, 8, 0, tzinfo=VIETNAM)
    plain = make_article(published_at=at)
    corrected = make_article(published_at=at, updated_at=at + timedelta(days=60))
    found = addresses(read(client, "/sitemap/2024-05.xml"))
    assert found[plain.get_absolute_url()] == "2024-05-10T08:00:00+07:00"
    assert found[corrected.get_absolute_url()] == "2024-07-09T08:00:00+07:00"
    assert addresses(read(client, "/sitemap.xml"))["/sitemap/2024-05.xml"] == (
        "2024-07-09T08:00:00+07:00"
    )


def test_article_brings_its_picture(client: Client) -> None:
    image = make_image()
    at = datetime(2024, 5, 10, tzinfo=VIETNAM)
    make_article(lead_image=image, published_at=at)
    root = read(client, "/sitemap/2024-05.xml")
    assert root.findtext(f".//{IMAGE}loc") == SITE + image.url


@pytest.mark.parametrize("path", ["0000-01", "9999-12", "2024-05-9999", "2024-13", "2024-05-0"])
def test_month_without_articles_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/sitemap/{path}.xml").status_code == 404


def test_news_sitemap_holds_the_last_48_hours(client: Client) -> None:
    SiteIdentity.objects.create(valid_from=date(2020, 1, 1), name="PHƯỜNG YÊN HÀ")
    now = timezone.now()
    fresh = make_article("Tin <mới> & nóng", published_at=now - timedelta(hours=47, minutes=59))
    make_article("Tin cũ", published_at=now - timedelta(hours=48, minutes=1))
    root = read(client, "/sitemap/tin-moi.xml")
    assert list(addresses(root)) == [fresh.get_absolute_url()]
    assert root.findtext(f".//{NEWS}title") == "Tin <mới> & nóng"
    assert root.findtext(f".//{NEWS}name") == "PHƯỜNG YÊN HÀ"
    written = parse_datetime(root.findtext(f".//{NEWS}publication_date"))
    assert written == fresh.published_at.replace(microsecond=0)


def test_news_sitemap_holds_a_limited_number_of_the_newest_articles(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "MOST_FRESH", 2)
    now = timezone.now()
    newest = [make_article(published_at=now - timedelta(hours=n)) for n in (1, 2, 3)][:2]
    found = addresses(read(client, "/sitemap/tin-moi.xml"))
    assert list(found) == [article.get_absolute_url() for article in newest]


def test_news_sitemap_of_two_days_without_news_is_still_valid(client: Client) -> None:
    assert list(addresses(read(client, "/sitemap/tin-moi.xml"))) == ["/tin-tuc/"]


def test_pages_and_categories_stand_in_a_sitemap_of_their_own(client: Client) -> None:
    category = make_category()
    at = datetime(2024, 5, 10, 8, 0, tzinfo=VIETNAM)
    make_article(category=category, published_at=at)
    for title, english, public in (
        ("Giới thiệu", "<p>About</p>", True),
        ("Liên hệ", "", True),
        ("Nội bộ", "", False),
    ):
        page = Page(title=title, body="<p>a</p>", body_en=english, is_public=public)
        page.full_clean()
        page.save()
    found = addresses(read(client, "/sitemap/trang.xml"))
    assert found[category.get_absolute_url()] == "2024-05-10T08:00:00+07:00"
    assert found["/"] == "2024-05-10T08:00:00+07:00"
    assert found["/trang/gioi-thieu/"]
    assert found["/en/trang/gioi-thieu/"]
    assert "/en/trang/lien-he/" not in found
    assert "/trang/noi-bo/" not in found


def test_sitemap_of_an_empty_portal_is_valid(client: Client) -> None:
    assert list(addresses(read(client, "/sitemap.xml"))) == ["/sitemap/trang.xml"]


@pytest.mark.parametrize(
    ("path", "most"),
    [("/sitemap.xml", 4), ("/sitemap/2024-05.xml", 2), ("/sitemap/tin-moi.xml", 2),
     ("/sitemap/trang.xml", 2)],
)  # fmt: skip
def test_sitemap_costs_few_statements(
    client: Client, path: str, most: int, django_assert_max_num_queries: Callable
) -> None:
    at = datetime(2024, 5, 10, tzinfo=VIETNAM)
    for n in range(20):
        make_article(published_at=at - timedelta(days=20 * n), lead_image=make_image())
    with django_assert_max_num_queries(most):
        client.get(path)


def test_robots_are_led_to_the_sitemaps_and_away_from_admin_and_search(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    lines = text.splitlines()
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert "Sitemap: http://testserver/sitemap/tin-moi.xml" in lines
    for path in ("/admin/", "/tim-kiem", "/en/tim-kiem"):
        assert f"Disallow: {path}" in lines
    assert "Disallow: /" not in lines


def test_address_of_a_foreign_host_is_never_written(client: Client) -> None:
    for path in ("/robots.txt", "/sitemap.xml", "/rss/tin-moi.xml"):
        response = client.get(path, headers={"host": "la.example"})
        assert response.status_code == 400
        assert b"la.example" not in response.content


def test_latest_correction_dates_the_sitemap_of_its_month() -> None:
    published = datetime(2024, 5, 10, 8, tzinfo=VIETNAM)
    for days in (9, 30, 20):
        make_article(published_at=published, updated_at=published + timedelta(days=days))
    [part] = sitemaps.month_parts()
    assert part.changed == published + timedelta(days=30)


def test_corrections_beyond_the_bound_leave_the_date_of_publication(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "CORRECTIONS", 1)
    at = datetime(2024, 5, 10, 8, 0, tzinfo=VIETNAM)
    make_article(published_at=at, updated_at=at + timedelta(days=1))
    later = at + timedelta(days=40)
    make_article(published_at=later, updated_at=later + timedelta(days=1))
    assert Article.objects.count() == 2
    found = addresses(read(client, "/sitemap.xml"))
    assert found["/sitemap/2024-05.xml"] == "2024-05-10T08:00:00+07:00"
    assert found["/sitemap/2024-06.xml"] == "2024-06-20T08:00:00+07:00"


def test_article_older_than_whole_minutes_of_time_zones_is_dated_validly(client: Client) -> None:
    make_article(published_at=datetime(1901, 2, 3, 12, tzinfo=UTC))
    for path in ("/sitemap.xml", "/sitemap/1901-02.xml"):
        assert "<lastmod>1901-02-03T12:00:00+00:00</lastmod>" in client.get(path).content.decode()
