"""What a page says of itself to search engines and to whoever shares it."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from news.models import Article
from news.templatetags.news_tags import json_ld
from portal.models import Page, SiteIdentity
from tests.factories import make_article, make_author, make_category, make_image, make_tag

pytestmark = pytest.mark.django_db

AT = datetime(2023, 3, 14, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SITE = "http://testserver"


def described(html: str) -> dict[str, dict[str, Any]]:
    """The things of the page's JSON-LD by their type."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert len(blocks) == 1
    data = json.loads(blocks[0])
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def properties(html: str) -> dict[str, list[str]]:
    """The Open Graph and Twitter properties of a page."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', html):
        found.setdefault(name, []).append(unescape(value))
    return found


def links(html: str, rel: str) -> dict[str, str]:
    """Addresses of the `<link>` elements of a kind, by their language ("" without one)."""
    tags = re.findall(rf'<link rel="{rel}"[^>]*>', html)
    found = {}
    for tag in tags:
        language = re.search(r'hreflang="([^"]*)"', tag)
        address = re.search(r'href="([^"]*)"', tag)
        if address and (language or rel != "alternate"):
            found[language[1] if language else ""] = address[1]
    return found


@pytest.fixture
def agency() -> SiteIdentity:
    return SiteIdentity.objects.create(
        valid_from=date(2020, 1, 1),
        name="ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ",
        name_en="People's Committee of Yên Hà Ward",
        parent_name="TỈNH LAM GIANG",
        emblem=make_image("Quốc huy"),
        address="Số 1, đường Bờ Sông",
        phone="0239 000 000",
        email="ubnd@example.vn",
    )


def full_article(**fields: Any) -> Article:
    category = make_category("Kinh tế", parent=make_category("Tin tức"))
    values = {
        "published_at": AT,
        "category": category,
        "tags": [make_tag("chợ"), make_tag("bến đò")],
        "author": make_author("Nguyễn An"),
        "lead_image": make_image("Chợ Hạ buổi sớm"),
    }
    return make_article("Chợ Hạ họp phiên đầu năm", **(values | fields))


def page_of(client: Client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


# --- Articles ------------------------------------------------------------------------------------


def test_article_is_described_as_news(client: Client, agency: SiteIdentity) -> None:
    article = full_article()
    image = article.lead_image
    assert image is not None
    thing = described(page_of(client, article))["NewsArticle"]
    assert thing["headline"] == "Chợ Hạ họp phiên đầu năm"
    assert thing["mainEntityOfPage"] == SITE + article.get_absolute_url()
    assert thing["datePublished"] == thing["dateModified"] == "2023-03-14T08:30:00+07:00"
    assert thing["inLanguage"] == "vi"
    assert thing["articleSection"] == "Kinh tế"
    assert sorted(thing["keywords"]) == ["bến đò", "chợ"]
    assert thing["image"] == [
        {"@type": "ImageObject", "url": SITE + image.url, "width": 800, "height": 500}
    ]
    assert thing["author"]["name"] == "Nguyễn An"
    publisher = thing["publisher"]
    assert publisher["name"] == "ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ"
    assert publisher["logo"]["url"].startswith(f"{SITE}/media/")


def test_date_of_change_is_the_last_announced_correction(client: Client) -> None:
    article = full_article(updated_at=AT + timedelta(days=2))
    html = page_of(client, article)
    assert described(html)["NewsArticle"]["dateModified"] == "2023-03-16T08:30:00+07:00"
    assert properties(html)["article:modified_time"] == ["2023-03-16T08:30:00+07:00"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"byline": "Bài, ảnh: A – B"}, ("Person", "Bài, ảnh: A – B")),
        ({"author": None, "source_author": "Lê Bình", "source_name": "Báo Lam Giang"},
         ("Person", "Lê Bình")),
        ({"author": None, "source_name": "Báo Lam Giang"}, ("Organization", "Báo Lam Giang")),
        ({"author": None}, ("Organization", "ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ")),
    ],
)  # fmt: skip
def test_author_is_whoever_signs_the_article(
    client: Client, agency: SiteIdentity, fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    author = described(page_of(client, full_article(**fields)))["NewsArticle"]["author"]
    assert (author["@type"], author["name"]) == expected


@pytest.mark.parametrize(("is_office", "kind"), [(True, "Organization"), (False, "Person")])
def test_author_in_the_list_of_authors_is_a_person_or_an_office(
    client: Client, agency: SiteIdentity, is_office: bool, kind: str
) -> None:
    article = full_article(author=make_author("Phòng Kinh tế", is_office=is_office))
    author = described(page_of(client, article))["NewsArticle"]["author"]
    assert author == {
        "@type": kind,
        "name": "Phòng Kinh tế",
        "url": SITE + article.author.get_absolute_url(),
    }


def test_article_tells_the_way_from_the_home_page(client: Client) -> None:
    article = full_article()
    steps = described(page_of(client, article))["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3, 4]
    assert [step["name"] for step in steps] == [
        "Trang chủ", "Tin tức", "Kinh tế", "Chợ Hạ họp phiên đầu năm"
    ]  # fmt: skip
    assert steps[-1]["item"] == SITE + article.get_absolute_url()


def test_unknown_properties_are_left_out(client: Client) -> None:
    article = make_article(summary="", body="<p>a</p>")
    thing = described(page_of(client, article))["NewsArticle"]
    assert {"image", "description", "expires", "keywords", "isBasedOn"} & thing.keys() == set()
    assert "og:image" not in properties(page_of(client, article))


NASTY = "</script><script>alert(1)</script><!-- & \u2028 ]]> \" ' \\ "


def test_no_text_can_leave_the_block_of_data() -> None:
    block = json_ld({"@type": "Thing", "name": NASTY})
    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set("<>&\u2028\u2029") & set(inside)
    assert json.loads(inside)["@graph"][0]["name"] == NASTY


def test_article_named_like_markup_describes_itself_all_the_same(client: Client) -> None:
    article = make_article("a </script><script>alert(1)</script> & b")
    html = page_of(client, article)
    assert described(html)["NewsArticle"]["headline"] == article.title
    assert "<script>alert" not in html


def test_article_is_shared_with_its_picture_and_times(client: Client) -> None:
    article = full_article()
    image = article.lead_image
    assert image is not None
    found = properties(page_of(client, article))
    assert found["og:type"] == ["article"]
    assert found["og:url"] == [SITE + article.get_absolute_url()]
    assert found["og:image"] == [SITE + image.url]
    assert found["og:image:width"] == ["800"]
    assert found["og:image:height"] == ["500"]
    assert found["og:image:alt"] == ["Chợ Hạ buổi sớm"]
    assert found["article:published_time"] == ["2023-03-14T08:30:00+07:00"]
    assert found["article:section"] == ["Kinh tế"]
    assert sorted(found["article:tag"]) == ["bến đò", "chợ"]
    assert found["twitter:card"] == ["summary_large_image"]


# --- Which address counts ------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_article_is_known_by_its_vietnamese_address_alone(client: Client, prefix: str) -> None:
    article = full_article()
    html = client.get(prefix + article.get_absolute_url()).content.decode()
    assert links(html, "canonical") == {"": SITE + article.get_absolute_url()}
    assert links(html, "alternate") == {}
    assert properties(html)["og:url"] == [SITE + article.get_absolute_url()]
    thing = described(html)["NewsArticle"]
    assert thing["mainEntityOfPage"] == SITE + article.get_absolute_url()
    assert thing["@id"] == f"{SITE}{article.get_absolute_url()}#article"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_translated_page_is_known_by_an_address_in_each_language(
    client: Client, prefix: str
) -> None:
    page = Page(title="Giới thiệu", body="<p>a</p>", body_en="<p>b</p>")
    page.full_clean()
    page.save()
    html = client.get(f"{prefix}/trang/gioi-thieu/").content.decode()
    assert links(html, "canonical") == {"": f"{SITE}{prefix}/trang/gioi-thieu/"}
    assert links(html, "alternate") == {
        "vi": f"{SITE}/trang/gioi-thieu/",
        "en": f"{SITE}/en/trang/gioi-thieu/",
        "x-default": f"{SITE}/trang/gioi-thieu/",
    }


def test_page_without_translation_names_no_english_twin(client: Client) -> None:
    page = Page(title="Giới thiệu", body="<p>a</p>")
    page.full_clean()
    page.save()
    html = client.get("/en/trang/gioi-thieu/").content.decode()
    assert links(html, "canonical") == {"": f"{SITE}/trang/gioi-thieu/"}
    assert links(html, "alternate") == {}


def test_home_page_has_an_english_twin_once_the_agency_has_an_english_name(
    client: Client, agency: SiteIdentity
) -> None:
    assert links(client.get("/en/").content.decode(), "alternate")["en"] == f"{SITE}/en/"
    SiteIdentity.objects.update(name_en="")
    html = client.get("/en/").content.decode()
    assert links(html, "alternate") == {}
    assert links(html, "canonical") == {"": f"{SITE}/"}


def test_numbered_pages_name_their_neighbours(client: Client) -> None:
    category = make_category()
    for n in range(45):
        make_article(category=category, published_at=AT + timedelta(hours=n))
    path = category.get_absolute_url()
    html = client.get(f"{path}?page=2").content.decode()
    assert links(html, "prev") == {"": path}
    assert links(html, "next") == {"": f"{path}?page=3"}
    assert links(html, "canonical") == {"": f"{SITE}{path}?page=2"}
    first, last = (client.get(f"{path}?page={n}").content.decode() for n in (1, 3))
    assert links(first, "prev") == {}
    assert links(last, "next") == {}


# --- The site ------------------------------------------------------------------------------------


def test_home_page_describes_the_agency(client: Client, agency: SiteIdentity) -> None:
    found = described(client.get("/").content.decode())
    thing = found["GovernmentOrganization"]
    assert thing["name"] == "ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ"
    assert thing["url"] == f"{SITE}/"
    assert thing["address"] == "Số 1, đường Bờ Sông"
    assert thing["telephone"] == "0239 000 000"
    assert thing["email"] == "ubnd@example.vn"
    assert thing["parentOrganization"]["name"] == "TỈNH LAM GIANG"
    assert found["WebSite"]["publisher"] == {"@id": thing["@id"]}


def test_home_page_of_a_portal_without_identity_is_described(client: Client) -> None:
    assert described(client.get("/").content.decode())["GovernmentOrganization"]["name"]


def test_category_tells_the_way_to_it(client: Client) -> None:
    category = make_category("Kinh tế", parent=make_category("Tin tức"))
    html = client.get(category.get_absolute_url()).content.decode()
    steps = described(html)["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in steps] == ["Trang chủ", "Tin tức", "Kinh tế"]


def test_policy_of_the_page_needs_no_exception_for_the_data(client: Client) -> None:
    policy = client.get(full_article().get_absolute_url())["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy


@pytest.mark.parametrize(("length", "is_cut"), [(110, False), (111, True)])
def test_headline_is_cut_at_a_word_beyond_the_limit(
    client: Client, length: int, is_cut: bool
) -> None:
    title = ("chợ " * 30)[: length - 1] + "x"
    headline = described(page_of(client, make_article(title)))["NewsArticle"]["headline"]
    assert len(headline) <= 110
    assert headline == (f"{'chợ ' * 26}chợ…" if is_cut else title)


def test_republished_article_names_the_original(client: Client) -> None:
    article = make_article(
        origin="republished", source_name="Báo Lam Giang", source_url="https://bao.example/1"
    )
    thing = described(page_of(client, article))["NewsArticle"]
    assert thing["isBasedOn"] == "https://bao.example/1"
