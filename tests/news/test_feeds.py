"""RSS and Atom: what a reader program gets, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
import time_machine
from defusedxml import ElementTree
from django.db import connection
from django.test import Client
from django.utils import timezone

from news.models import Article, Listing
from portal.models import SiteIdentity
from tests.factories import make_article, make_author, make_category, make_image, make_tag

pytestmark = pytest.mark.django_db

KINDS = ["rss", "atom"]
AT = datetime(2023, 3, 14, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def read(client: Client, address: str) -> Any:
    """The feed as an independent reader understands it; not well-formed is a failure."""
    response = client.get(address)
    assert response.status_code == 200
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    return feed


def full_article(**fields: Any) -> Article:
    return make_article(
        "Chợ Hạ & bến mới: “5 < 6”",
        summary="Đoạn mở đầu đầy đủ. " * 12,
        author=make_author("Nguyễn An"),
        tags=[make_tag("chợ"), make_tag("bến đò")],
        lead_image=make_image("Chợ Hạ buổi sớm", credit="Ảnh: Ban Biên tập"),
        **({"published_at": AT} | fields),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_feed_tells_all_that_a_reader_shows(client: Client, kind: str) -> None:
    article = full_article(category=make_category("Kinh tế"))
    entry = read(client, f"/{kind}/tin-moi.xml").entries[0]
    assert entry.title == "Chợ Hạ & bến mới: “5 < 6”"
    assert entry.link == f"http://testserver{article.get_absolute_url()}"
    assert entry.summary == article.summary.strip()
    assert entry.author == "Nguyễn An"
    assert [tag.term for tag in entry.tags] == ["Kinh tế", "bến đò", "chợ"]


@pytest.mark.parametrize("kind", KINDS)
def test_picture_of_an_article_has_its_address_type_and_size(client: Client, kind: str) -> None:
    image = full_article().lead_image
    assert image is not None
    picture = read(client, f"/{kind}/tin-moi.xml").entries[0].enclosures[0]
    assert picture.href == f"http://testserver{image.url}"
    assert (picture.type, int(picture.length)) == ("image/webp", image.size)
    assert image.size == image.file.size


def test_atom_tells_the_description_of_the_picture_if_it_has_one(client: Client) -> None:
    full_article()
    decorative = make_image("", is_decorative=True)
    make_article("Bài có ảnh trang trí", published_at=AT - timedelta(days=1), lead_image=decorative)
    described, bare = read(client, "/atom/tin-moi.xml").entries
    assert described.enclosures[0].title == "Chợ Hạ buổi sớm"
    assert bare.enclosures[0].href == f"http://testserver{decorative.url}"
    assert "title" not in bare.enclosures[0]


def test_rss_tells_the_measures_and_the_description_of_the_picture(client: Client) -> None:
    full_article()
    media = read(client, "/rss/tin-moi.xml").entries[0].media_content[0]
    assert (media["width"], media["height"], media["medium"]) == ("800", "500", "image")
    assert (
        b"Ch\xe1\xbb\xa3 H\xe1\xba\xa1 bu\xe1\xbb\x95i s" in client.get("/rss/tin-moi.xml").content
    )


@pytest.mark.parametrize(
    ("kind", "written"),
    [("rss", "Tue, 14 Mar 2023 08:30:00 +0700"), ("atom", "2023-03-14T08:30:00+07:00")],
)
def test_publication_time_is_the_vietnamese_one(client: Client, kind: str, written: str) -> None:
    full_article()
    entry = read(client, f"/{kind}/tin-moi.xml").entries[0]
    assert entry.published == written
    assert datetime(*entry.published_parsed[:6], tzinfo=ZoneInfo("UTC")) == AT


def test_correction_is_the_time_of_the_change_in_atom(client: Client) -> None:
    full_article(updated_at=AT + timedelta(days=2))
    feed = read(client, "/atom/tin-moi.xml")
    assert feed.entries[0].updated == "2023-03-16T08:30:00+07:00"
    assert feed.feed.updated == "2023-03-16T08:30:00+07:00"


@pytest.mark.parametrize("kind", KINDS)
def test_feed_names_itself_its_page_its_language_and_the_agency(client: Client, kind: str) -> None:
    SiteIdentity.objects.create(valid_from=date(2020, 1, 1), name="ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ")
    category = make_category("Kinh tế", description="Chợ, mùa vụ, việc làm.")
    feed = read(client, f"/{kind}/{category.slug}.xml").feed
    assert feed.title == "Kinh tế – Cổng thông tin điện tử ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ"
    assert feed.subtitle == "Chợ, mùa vụ, việc làm."
    assert feed.language == "vi"
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == f"http://testserver/{kind}/{category.slug}.xml"
    assert links["alternate"] == f"http://testserver{category.get_absolute_url()}"


@pytest.mark.parametrize("kind", KINDS)
def test_name_of_an_article_stays_when_its_title_and_time_change(client: Client, kind: str) -> None:
    article = full_article()
    before = read(client, f"/{kind}/tin-moi.xml").entries[0].id
    article.title, article.slug = "Tên khác", "ten-khac"
    article.published_at = AT + timedelta(days=3)
    article.save()
    assert read(client, f"/{kind}/tin-moi.xml").entries[0].id == before
    assert before == f"tag:testserver,2023-03-14:tin-tuc/{article.pk}"


@pytest.mark.parametrize("kind", KINDS)
def test_category_feed_holds_what_stands_below_it_and_nothing_else(
    client: Client, kind: str
) -> None:
    root = make_category()
    child, other = make_category(parent=root), make_category()
    make_article("Trong", category=child)
    make_article("Thêm", category=other, more=[root])
    make_article("Ngoài", category=other)
    feed = read(client, f"/{kind}/{root.slug}.xml")
    assert {entry.title for entry in feed.entries} == {"Trong", "Thêm"}


@pytest.mark.parametrize("kind", KINDS)
def test_tag_has_a_feed(client: Client, kind: str) -> None:
    tag = make_tag("lũ lụt")
    make_article("Có", tags=[tag])
    make_article("Không")
    assert [e.title for e in read(client, f"/{kind}/the/{tag.slug}.xml").entries] == ["Có"]


@pytest.mark.parametrize("kind", KINDS)
def test_feed_shows_only_what_lists_show_newest_first(client: Client, kind: str) -> None:
    now = timezone.now()
    make_article("Cũ", published_at=now - timedelta(days=3))
    make_article("Mới", published_at=now - timedelta(days=1))
    make_article("Hẹn giờ", published_at=now + timedelta(days=1))
    make_article("Hết hạn", published_at=now - timedelta(days=2), expires_at=now)
    make_article("Gỡ", status="withdrawn")
    make_article("Nháp", status="draft")
    assert [e.title for e in read(client, f"/{kind}/tin-moi.xml").entries] == ["Mới", "Cũ"]


@pytest.mark.parametrize("address", ["/rss/khong-co.xml", "/atom/the/khong-co.xml"])
def test_feed_of_nothing_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_feed_of_an_empty_category_is_valid_and_does_not_change(client: Client, kind: str) -> None:
    address = f"/{kind}/{make_category().slug}.xml"
    with time_machine.travel(AT, tick=False):
        assert read(client, address).entries == []
        first = client.get(address)
    assert client.get(address).content == first.content
    assert "Last-Modified" not in first
    by_etag = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (by_etag.status_code, by_etag.content) == (304, b"")
    by_date = client.get(address, headers={"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"})
    assert (by_date.status_code, by_date.content) == (200, first.content)


def test_feed_can_only_be_read() -> None:
    response = Client(enforce_csrf_checks=True).post("/rss/tin-moi.xml")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_atom_has_the_elements_that_the_standard_requires(client: Client) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    full_article()
    root = ElementTree.fromstring(client.get("/atom/tin-moi.xml").content)
    atom = "{http://www.w3.org/2005/Atom}"
    for name in ("id", "title", "updated", "author"):
        assert len(root.findall(atom + name)) == 1, name
    for name in ("id", "title", "updated", "summary"):
        assert len(root.findall(f"{atom}entry/{atom}{name}")) == 1, name


@pytest.mark.parametrize("kind", KINDS)
def test_feed_that_has_not_changed_is_not_sent_again(client: Client, kind: str) -> None:
    full_article()
    first = client.get(f"/{kind}/tin-moi.xml")
    assert first["Last-Modified"] == "Tue, 14 Mar 2023 01:30:00 GMT"
    assert first["Cache-Control"].startswith("public")
    for header, value in (
        ("if-none-match", first["ETag"]),
        ("if-modified-since", first["Last-Modified"]),
    ):
        again = client.get(f"/{kind}/tin-moi.xml", headers={header: value})
        assert (again.status_code, again.content) == (304, b"")


def test_withdrawn_article_renews_the_feed_for_readers_that_ask_by_date(client: Client) -> None:
    full_article(published_at=AT - timedelta(days=1))
    newest = full_article_again(AT)
    seen = client.get("/rss/tin-moi.xml")["Last-Modified"]
    Article.objects.filter(pk=newest.pk).update(status="withdrawn", status_reason="Nhầm số liệu.")
    again = client.get("/rss/tin-moi.xml", headers={"if-modified-since": seen})
    assert again.status_code == 200
    assert newest.title.encode() not in again.content


def full_article_again(at: datetime) -> Article:
    return make_article("Bài vừa đăng", published_at=at)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("address", ["tin-moi", "{category}", "the/{tag}"])
def test_feed_costs_at_most_four_statements(
    client: Client, kind: str, address: str, django_assert_max_num_queries: Callable
) -> None:
    tag = make_tag()
    for _ in range(5):
        article = make_article(
            tags=[tag, make_tag()], author=make_author(), lead_image=make_image()
        )
    place = address.format(category=article.category.slug, tag=tag.slug)
    with django_assert_max_num_queries(4):
        assert client.get(f"/{kind}/{place}.xml").status_code == 200


def test_newest_of_the_whole_site_are_read_in_the_order_of_an_index() -> None:
    """Else the whole archive would be sorted for its newest articles."""
    newest = Listing.objects.shown_in(None).newest_first()[:30]
    with connection.cursor() as cursor:
        # A table of a test is so small that reading all of it, or sorting it, is the cheaper plan.
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        plan = newest.values("article").explain()
    assert "news_listing_newest" in plan
    assert "Sort" not in plan


def test_feed_has_one_address_and_no_english_twin(client: Client) -> None:
    assert client.get("/en/rss/tin-moi.xml").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_page_of_feeds_lists_every_category(client: Client, prefix: str) -> None:
    root = make_category("Tin tức", name_en="News")
    child = make_category("Kinh tế", parent=root)
    html = client.get(f"{prefix}/rss/").content.decode()
    for slug in ("tin-moi", root.slug, child.slug):
        assert f"http://testserver/rss/{slug}.xml" in html
        assert f"http://testserver/atom/{slug}.xml" in html
    assert ("Kênh RSS" if not prefix else "RSS feeds") in html


def test_pages_name_their_feed_to_the_browser(client: Client) -> None:
    category, tag = make_category(), make_tag()
    for page, feed in (
        ("/", "/rss/tin-moi.xml"),
        (category.get_absolute_url(), f"/rss/{category.slug}.xml"),
        (tag.get_absolute_url(), f"/rss/the/{tag.slug}.xml"),
    ):
        html = client.get(page).content.decode()
        assert 'rel="alternate" type="application/rss+xml"' in html
        assert f'href="{feed}"' in html


@pytest.mark.parametrize("kind", KINDS)
def test_article_older_than_whole_minutes_of_time_zones_is_dated_validly(
    client: Client, kind: str
) -> None:
    make_article(published_at=datetime(1901, 2, 3, 12, tzinfo=UTC))
    [entry] = read(client, f"/{kind}/tin-moi.xml").entries
    written = "1901-02-03T12:00:00+00:00" if kind == "atom" else "Sun, 03 Feb 1901 12:00:00 +0000"
    assert entry.published == written


def test_etag_counts_more_than_the_date(client: Client) -> None:
    full_article()
    date = client.get("/rss/tin-moi.xml")["Last-Modified"]
    headers = {"if-none-match": '"other"', "if-modified-since": date}
    assert client.get("/rss/tin-moi.xml", headers=headers).status_code == 200


@pytest.mark.parametrize("place", ["tin-moi", "{category}", "the/{tag}"])
def test_feed_holds_a_limited_number_of_articles(
    client: Client, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr("news.feeds.ITEMS", 2)
    category, tag = make_category(), make_tag()
    for _ in range(3):
        make_article(category=category, tags=[tag])
    place = place.format(category=category.slug, tag=tag.slug)
    assert len(read(client, f"/rss/{place}.xml").entries) == 2


def test_times_are_written_in_whole_seconds(client: Client) -> None:
    full_article(published_at=AT.replace(microsecond=123456))
    [entry] = read(client, "/atom/tin-moi.xml").entries
    assert (entry.published, entry.updated) == ("2023-03-14T08:30:00+07:00",) * 2


@pytest.mark.parametrize("kind", KINDS)
def test_article_without_an_author_names_none(client: Client, kind: str) -> None:
    make_article(author=None)
    content = client.get(f"/{kind}/tin-moi.xml").content
    assert b"<name/>" not in content
    assert b"creator" not in content
    assert "author" not in read(client, "/rss/tin-moi.xml").entries[0]
