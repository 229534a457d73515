"""Components and tags of the public pages: what they render, and what must never be in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import paginator
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from news.templatetags.news_tags import at_word, rich_text
from portal import error_pages
from portal.frame import MenuEntry, Picture
from portal.models import HomeBlock, MenuItem, Page
from portal.templatetags.frame_tags import canonical_address, leads_to, page_address
from tests.factories import make_article, make_author, make_category, make_series, make_tag

TEMPLATES = settings.BASE_DIR / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
PUBLIC = sorted(path for path in TEMPLATES.rglob("*.html") if "admin" not in path.parts)
STYLES = sorted((settings.BASE_DIR / "portal/static/portal/css").glob("*.css"))


def render(component: str, **context: Any) -> str:
    return render_to_string(f"components/{component}.html", context)


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


# --- What must never be --------------------------------------------------------------------------


@pytest.mark.parametrize("path", COMPONENTS, ids=names(COMPONENTS))
def test_component_begins_with_its_parameters_and_what_makes_it_accessible(path: Path) -> None:
    head = path.read_text(encoding="utf-8")
    assert head.startswith("{% comment %}")
    assert "Accessible:" in head.partition("{% endcomment %}")[0]


@pytest.mark.parametrize("path", COMPONENTS, ids=names(COMPONENTS))
def test_component_knows_no_app(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    loaded = {name for tags in re.findall(r"{% load (.*?) %}", text) for name in tags.split()}
    # How sizes and dates are written is a matter of the language, like Django's own three.
    assert loaded <= {"i18n", "l10n", "tz", "vietnamese_tags"}
    included = re.findall(r'{% include "(.*?)"', text)
    assert all(name.startswith("components/") for name in included)


@pytest.mark.parametrize("path", PUBLIC, ids=names(PUBLIC))
def test_public_template_has_no_inline_script_style_or_unsafe_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for never in (r"\bstyle=", r"<style", r"\son\w+=", r"<script(?![^>]*\ssrc=)", r"javascript:"):
        assert not re.search(never, text), never
    assert not re.search(r"\|\s*safe\b|autoescape off", text)


@pytest.mark.parametrize("path", STYLES, ids=names(STYLES))
def test_style_sheet_asks_no_other_host(path: Path) -> None:
    addresses = re.findall(r"url\(([^)]*)\)", path.read_text(encoding="utf-8"))
    assert all(address.startswith('"../fonts/') for address in addresses)


def test_the_two_fonts_cover_every_vietnamese_letter() -> None:
    sheet = (settings.BASE_DIR / "portal/static/portal/css/site.css").read_text(encoding="utf-8")
    covered: set[int] = set()
    for ranges in re.findall(r"unicode-range:([^;]*);", sheet):
        for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges):
            covered |= set(range(int(first, 16), int(last or first, 16) + 1))
    letters = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ₫–—“”‘’…"
    assert {letter for letter in letters + letters.upper() if ord(letter) not in covered} == set()


# --- Components ----------------------------------------------------------------------------------

PICTURE = Picture("/media/a-1920x1080.webp", "/media/a.w640.webp 640w", "Chợ Hạ", 1920, 1080)


def test_picture_keeps_its_place_with_plain_numbers() -> None:
    html = render("picture", picture=PICTURE, sizes="50vw")
    assert 'width="1920" height="1080"' in html
    assert 'alt="Chợ Hạ"' in html
    assert 'loading="lazy"' in html


def test_picture_beside_its_title_says_nothing_twice() -> None:
    assert 'alt=""' in render("picture", picture=PICTURE, silent=True)


def test_picture_seen_first_is_not_lazy() -> None:
    assert "lazy" not in render("picture", picture=PICTURE, eager=True)


def test_card_without_picture_stands_on_its_words() -> None:
    html = render("card", size="normal", level="h3", url="/a", title="Tin", summary="Tóm tắt")
    assert "<img" not in html
    assert "card--pictured" not in html
    assert '<a href="/a">Tin</a></h3>' in html


def page_of(number: int, pages: int) -> paginator.Page[int]:
    return paginator.Paginator(range(pages * 20), 20).page(number)


def test_pagination_says_where_the_reader_is_and_links_both_ways() -> None:
    html = render("pagination", page=page_of(3, 15), address="/tin-tuc/")
    assert "3/15" in html
    assert 'rel="prev" href="/tin-tuc/?page=2"' in html
    assert 'rel="next" href="/tin-tuc/?page=4"' in html


def test_pagination_leads_back_to_the_first_page_by_its_plain_address() -> None:
    assert 'rel="prev" href="/tin-tuc/"' in render(
        "pagination", page=page_of(2, 2), address="/tin-tuc/"
    )


def test_pagination_writes_large_numbers_into_addresses_without_dots() -> None:
    html = render("pagination", page=page_of(1234, 5678), address="/tin-tuc/")
    assert "?page=1235" in html
    assert "?page=5678" in html


def test_list_of_one_page_shows_no_pagination() -> None:
    assert "<nav" not in render("pagination", page=page_of(1, 1), address="/tin-tuc/")


def test_share_links_are_plain_and_carry_the_whole_address() -> None:
    html = render("share_list", title="Một & hai?", address="https://a.example/tin?x=1&y=2")
    assert "u=https%3A%2F%2Fa.example%2Ftin%3Fx%3D1%26y%3D2" in html
    assert "subject=M%E1%BB%99t%20%26%20hai%3F&amp;body=" in html
    assert "<script" not in html


def test_button_that_needs_a_script_is_hidden_until_it_runs() -> None:
    html = render("share_list", title="Tin", address="https://a.example/")
    assert "data-copy-link hidden" in html


def test_song_is_not_loaded_before_somebody_plays_it() -> None:
    html = render("audio_player", songs=[{"title": "Bến Hạ", "url": "/media/a.mp3"}])
    assert 'preload="none"' in html
    assert 'aria-label="Bến Hạ"' in html
    assert "autoplay" not in html


def test_map_can_be_read_and_its_service_is_only_a_link() -> None:
    html = render(
        "map_figure", picture=PICTURE, description="Phía bắc là núi.", service_link="https://m.vn/"
    )
    assert "<details>" in html
    assert "Phía bắc là núi." in html
    assert '<a href="https://m.vn/"' in html
    assert "<iframe" not in html


def test_text_of_staff_is_escaped() -> None:
    html = render("alert", level="danger", word="Khẩn", text="<b>lũ</b>", url="")
    assert "&lt;b&gt;lũ&lt;/b&gt;" in html


def test_file_tells_its_kind_and_size_inside_its_link() -> None:
    file = {"title": "Kế hoạch", "file": {"url": "/media/tep/a.docx"}, "extension": "docx"}
    html = render("attachment_list", files=[file | {"size": 1_258_291}, file | {"size": 358_400}])
    assert re.findall(r"<a [^>]*>.*?\((DOCX, .*?)\)</span></a>", html) == [
        "DOCX, 1,2 MB",
        "DOCX, 350 KB",
    ]


# --- Tags and filters ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Chợ Hạ họp phiên", 50, "Chợ Hạ họp phiên"),
        ("Chợ Hạ họp phiên sớm", 12, "Chợ Hạ họp…"),
        ("", 10, ""),
    ],
)
def test_text_is_shortened_between_words(text: str, limit: int, expected: str) -> None:
    assert at_word(text, limit) == expected


def test_table_of_an_article_scrolls_in_a_region_that_takes_the_focus() -> None:
    html = rich_text("<p>a</p><table><tbody><tr><td>1</td></tr></tbody></table>")
    assert html.count('tabindex="0"') == 1
    assert "<table><tbody>" in html
    assert html.endswith("</table></div>")


@pytest.mark.parametrize(
    "html",
    [
        '<img alt="<table onmouseover=x>" src="/a.webp">',
        '<p title="<img src=x>">a &lt;table&gt; b</p>',
        '<a href="/x?a=<table>">x</a>',
    ],
)
def test_tags_named_inside_a_value_or_a_text_stay_words(html: str) -> None:
    assert rich_text(html) == html


def context(path: str, language: str) -> dict[str, Any]:
    translation.activate(language)
    return {"request": RequestFactory().get(path)}


def test_canonical_address_is_the_vietnamese_one_without_strange_words() -> None:
    second = context("/en/tin-tuc/?page=2&utm_source=zalo", "en") | {"page_obj": page_of(2, 3)}
    found = canonical_address(second)
    assert found == "http://testserver/tin-tuc/?page=2"


@pytest.mark.parametrize(
    ("path", "language", "wanted", "expected"),
    [
        ("/so-do-cong/", "vi", "en", "/en/so-do-cong/"),
        ("/en/so-do-cong/", "en", "vi", "/so-do-cong/"),
        ("/en/so-do-cong/", "en", "en", "/en/so-do-cong/"),
        ("/khong-co", "vi", "en", "/en/"),
        ("/en/nothing", "en", "vi", "/"),
        ("/tin-tuc/?page=<b>", "vi", "en", "/en/tin-tuc/"),
    ],
)
def test_language_switch_leads_to_the_same_page(
    path: str, language: str, wanted: str, expected: str
) -> None:
    assert page_address(context(path, language), wanted) == expected


def test_menu_entry_knows_the_pages_below_it() -> None:
    entry = MenuEntry("Tin tức", "/a/", [MenuEntry("Kinh tế", "/b/")])
    assert leads_to(entry, "/a/")
    assert leads_to(entry, "/b/")
    assert not leads_to(entry, "/c/")


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_of_a_broken_site_needs_no_database(language: str) -> None:
    with translation.override(language):
        response = error_pages.error_page(RequestFactory().get("/"), 503)
    html = response.content.decode()
    assert f'<html lang="{language}">' in html
    assert 'href="/en/"' in html if language == "en" else 'href="/"' in html


@pytest.mark.django_db
def test_article_stands_in_the_order_that_readers_know(client: Client) -> None:
    category = make_category("Kinh tế")
    series = make_series("Mùa mưa")
    make_article("Bài cùng dòng sự kiện", category=category, series=series)
    article = make_article(
        "Chợ Hạ họp phiên đầu năm",
        category=category,
        series=series,
        author=make_author("Ban Biên tập"),
        summary="Đoạn mở đầu.",
        body="<p>Thân bài.</p>",
        source_name="Báo Lam Giang",
        change_note="Sửa một con số.",
    )
    page = client.get(article.get_absolute_url()).content.decode()
    html = page.partition("<body>")[2]
    order = [
        'class="breadcrumb"', "<h1", "article__date", 'class="tools"', "Đoạn mở đầu.", "Thân bài.",
        "article__author", "Báo Lam Giang", "Sửa một con số.", 'id="series"', "to-top",
    ]  # fmt: skip
    places = [html.index(mark) for mark in order]
    assert places == sorted(places)


@pytest.mark.django_db
def test_vietnamese_words_are_marked_on_an_english_page(client: Client) -> None:
    article = make_article("Chợ Hạ họp phiên đầu năm")
    html = client.get(f"/en{article.get_absolute_url()}").content.decode()
    assert '<html lang="en">' in html
    assert '<h1 lang="vi">Chợ Hạ họp phiên đầu năm</h1>' in html


@pytest.mark.django_db
def test_names_without_an_english_form_are_marked_on_an_english_page(client: Client) -> None:
    plain = make_category("Kinh tế")
    translated = make_category("Lễ hội", name_en="Festivals")
    for category in (plain, translated):
        MenuItem.objects.create(category=category)
    html = client.get(f"/en{plain.get_absolute_url()}").content.decode()
    assert '<h1 lang="vi">Kinh tế</h1>' in html
    assert '<li aria-current="page" lang="vi">Kinh tế</li>' in html
    menu = html.partition('class="menu"')[2].partition("</nav>")[0]
    assert ' lang="vi">Kinh tế</a>' in menu
    assert ">Festivals</a>" in menu
    assert ' lang="vi">Festivals' not in menu


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_tag, make_series, make_author])
def test_heading_of_a_vietnamese_list_is_marked_on_an_english_page(
    client: Client, make: Callable[[str], Any]
) -> None:
    address = make("Mùa mưa").get_absolute_url()
    assert '<h1 lang="vi">Mùa mưa</h1>' in client.get(f"/en{address}").content.decode()
    assert "<h1>Mùa mưa</h1>" in client.get(address).content.decode()


@pytest.mark.django_db
def test_menu_does_not_lead_to_one_place_twice(client: Client) -> None:
    page, category = Page(title="Giới thiệu"), make_category("Tin tức")
    page.full_clean()
    page.save()
    about, news = MenuItem.objects.create(page=page), MenuItem.objects.create(category=category)
    MenuItem.objects.create(parent=about, page=page)
    MenuItem.objects.create(parent=news, category=make_category("Kinh tế", parent=category))
    menu = client.get("/").content.decode().partition('class="menu"')[2].partition("</nav>")[0]
    assert menu.count(f'href="{page.get_absolute_url()}"') == 1
    assert "Tất cả Tin tức" in menu


@pytest.mark.django_db
def test_home_page_pictures_no_article_twice(client: Client) -> None:
    category = make_category(is_on_home=True)
    for position, kind in enumerate(["newest", "categories"]):
        HomeBlock.objects.create(kind=kind, position=position)
    for number in range(9):
        at = timezone.now() - timedelta(days=number + 1)
        make_article(f"Tin {number}", category=category, summary=f"Ý {number}.", published_at=at)
    boxes = client.get("/").content.decode().partition("home__boxes")[2].partition("</main>")[0]
    assert "Tin 0</a>" in boxes
    assert "card__summary" not in boxes


@pytest.mark.django_db
def test_corrected_article_says_so_under_its_date(client: Client) -> None:
    article = make_article(change_note="Sửa một con số.", updated_at=timezone.now())
    html = client.get(article.get_absolute_url()).content.decode()
    assert html.index('href="#correction"') < html.index('class="tools"')
    assert 'id="correction"' in html
    assert "#correction" not in client.get(make_article().get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_withdrawn_article_is_neither_passed_on_nor_found(client: Client) -> None:
    article = make_article("Số liệu sai", status="withdrawn", status_reason="Chưa kiểm chứng.")
    html = client.get(article.get_absolute_url()).content.decode()
    assert "<title>[Đã thu hồi] Số liệu sai" in html
    assert '<meta name="robots" content="noindex">' in html
    assert 'class="share"' not in html


@pytest.mark.django_db
def test_withdrawn_article_is_read_under_a_notice(client: Client) -> None:
    article = make_article(status="withdrawn", status_reason="Số liệu chưa được kiểm chứng.")
    html = client.get(article.get_absolute_url()).content.decode()
    assert html.index("notice--withdrawn") < html.index("article__content")
    assert "Số liệu chưa được kiểm chứng." in html


@pytest.mark.django_db
def test_search_form_stands_only_where_there_is_a_search_page(client: Client) -> None:
    try:
        reverse("news:search")
    except NoReverseMatch:
        is_there = False
    else:
        is_there = True
    assert ('role="search"' in client.get("/").content.decode()) is is_there
