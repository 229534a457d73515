"""The public pages in a real browser: accessible, calm, whole on a phone, and by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.accessibility import DESKTOP, PHONE, wrong_with
from tests.portal.running import PATIENCE, Site

pytestmark = pytest.mark.browser

# The one error a browser logs by itself for a page that is not there.
MISSING = "404 (Not Found)"

# One article of each kind that looks different; printed as JSON by the site's own shell.
FIND = """
import json
from news.models import Article
from news import services
article = Article.objects.exclude(lead_image=None).exclude(series=None).latest("published_at")
table = Article.objects.filter(body__contains="<table").latest("published_at")
files = Article.objects.exclude(attachments=None).latest("published_at")
old = Article.objects.earliest("published_at")
services.withdraw_article(article=old, reason="Số liệu chưa được kiểm chứng.")
month = article.published_at
print(json.dumps({
    "article": article.get_absolute_url(),
    "english article": "/en" + article.get_absolute_url(),
    "article with a table": table.get_absolute_url(),
    "article with files": files.get_absolute_url(),
    "withdrawn article": old.get_absolute_url(),
    "category": article.category.get_absolute_url(),
    "category of categories": article.category.parent.get_absolute_url(),
    "tag": article.tags.all()[0].get_absolute_url(),
    "series": article.series.get_absolute_url(),
    "author": article.author.get_absolute_url(),
    "year": f"/luu-tru/{month:%Y}/",
    "month": f"/luu-tru/{month:%Y}/{month:%m}/",
}))
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo ward as `make run` shows it: production server, its own database."""
    site = Site(tmp_path_factory.mktemp("demo") / "data")
    try:
        site.wait_until_it_answers()
        yield site
    finally:
        site.process.terminate()
        site.process.wait(timeout=PATIENCE)
        site.end()


@pytest.fixture
def site_url(demo: Site) -> str:
    return demo.url


@pytest.fixture(scope="session")
def addresses(demo: Site) -> dict[str, str]:
    """One address of each kind of page."""
    return json.loads(demo.shell(FIND)) | {
        "home": "/",
        "english home": "/en/",
        "newest": "/tin-tuc/",
        "newest page 2": "/tin-tuc/?page=2",
        "archive": "/luu-tru/",
        "site map": "/so-do-cong/",
        "page": "/trang/gioi-thieu/",
        "not found": "/khong-co",
        "search": "/tim-kiem?q=tiêm",
        "search without hits": "/tim-kiem?q=tiem+chug",
    }


def test_every_kind_of_page_is_accessible_on_phone_and_desktop_in_light_and_dark(
    page: Any, addresses: dict[str, str]
) -> None:
    page.forgiven.append(MISSING)
    found: dict[str, dict[str, list[str]]] = {}
    for name, address in addresses.items():
        page.goto(address)
        if wrong := wrong_with(page):
            found[name] = wrong
    assert found == {}


def test_no_page_is_wider_than_the_narrowest_phone(page: Any, addresses: dict[str, str]) -> None:
    """320 pixels are also what 400 % zoom leaves of a screen of 1280."""
    page.forgiven.append(MISSING)
    page.set_viewport_size({"width": 320, "height": 640})
    wide = {}
    for name, address in addresses.items():
        page.goto(address)
        has = page.evaluate("document.documentElement.scrollWidth")
        if has > 320:
            wide[name] = has
    assert wide == {}


def test_reading_leaves_no_cookie_and_asks_no_other_host(
    page: Any, addresses: dict[str, str]
) -> None:
    for name in ("home", "article", "category", "page"):
        page.goto(addresses[name])
        page.wait_for_load_state("networkidle")
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_first_tab_leads_past_the_frame_to_the_content(
    page: Any, addresses: dict[str, str]
) -> None:
    page.goto(addresses["article"])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Chuyển đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_every_stop_of_the_keyboard_can_be_seen(page: Any, addresses: dict[str, str]) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto(addresses["home"])
    hidden = []
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => { const e = document.activeElement, r = e.getBoundingClientRect();
            const ring = [e, e, e.closest('article')].some((part, n) => {
                const s = part && getComputedStyle(part, n === 1 ? '::after' : null);
                return s && (s.outlineStyle !== 'none' || s.boxShadow !== 'none') });
            return {text: e.textContent.trim().slice(0, 40), ring,
                    shown: r.width > 0 && r.height > 0} }"""
        )
        if not (place["shown"] and place["ring"]):
            hidden.append(place)
    assert hidden == []


def test_pages_work_without_javascript(scriptless: Any, addresses: dict[str, str]) -> None:
    page = scriptless
    page.set_viewport_size(PHONE)
    page.goto(addresses["home"])
    link = page.locator("main a").first
    leads_to = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{leads_to}")
    expect(page.locator("h1")).to_have_count(1)
    page.goto(addresses["newest"])
    page.get_by_role("link", name="Trang sau").first.click()
    page.wait_for_url("**?page=2")


def test_stacked_marks_are_not_clipped(page: Any, addresses: dict[str, str]) -> None:
    """Ộ Ặ Ễ need their room: no text of the page has lines closer than 1.25."""
    page.goto(addresses["home"])
    tight = page.evaluate(
        """() => [...document.querySelectorAll('h1,h2,h3,a,p,li,span')]
        .filter(e => e.textContent.trim() && e.getClientRects().length)
        .map(e => { const s = getComputedStyle(e);
            return [parseFloat(s.lineHeight) / parseFloat(s.fontSize), e.textContent.trim()] })
        .filter(([ratio]) => ratio < 1.25).map(found => found.join(' '))"""
    )
    assert tight == []
