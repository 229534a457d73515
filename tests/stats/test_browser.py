"""The beacon in a real browser: when it is sent, and where the figures go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from stats.models import ArticleViews, DailyTotal
from stats.recorder import recorder
from tests.factories import make_article
from tests.portal.running import wait_for
from tests.stats.visitors import FIREFOX

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(browser: Any, site_url: str) -> Iterator[Any]:
    """Open pages of a person: a headless browser calls itself one, and would be a bot."""
    contexts = []

    def open_one(**options: Any) -> Any:
        options = {"user_agent": FIREFOX, "base_url": site_url, "locale": "vi-VN"} | options
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


def page_views() -> int:
    recorder.flush()
    return sum(DailyTotal.objects.values_list("page_views", flat=True))


def test_page_is_counted_and_shows_the_figures_that_come_back(open_page: Any) -> None:
    article = make_article()
    page = open_page()
    page.goto(article.get_absolute_url())
    wait_for(lambda: page_views() == 1)
    page.add_init_script(
        "document.addEventListener('portal:figures', (e) => { window.told = e.detail; });"
    )
    with page.expect_response("**/thong-ke/luot") as sent:
        page.reload()
    assert sent.value.headers["cache-control"] == "no-store"
    page.wait_for_function("window.told && window.told.total === 1")
    assert page.evaluate("window.told.rating") == {"count": 0, "average": None}
    # Printed and told alike: one visit, one view, however often the page is loaded.
    assert page.locator("[data-visits-total]").inner_text() == "1"
    assert page.locator("[data-online]").inner_text() == "1"
    assert page.locator("[data-views]").inner_text() == "1"
    wait_for(lambda: page_views() == 2)
    assert ArticleViews.objects.get().views == 1


def test_figures_are_written_as_the_language_of_the_page_does(open_page: Any) -> None:
    page = open_page()
    page.route("**/thong-ke/luot", lambda route: route.fulfill(json={"total": 3_750_188}))
    for address, shown in (("/", "3.750.188"), ("/en/", "3,750,188")):
        page.goto(address)
        page.wait_for_function(
            "shown => document.querySelector('[data-visits-total]').textContent === shown",
            arg=shown,
        )


def test_page_counts_once_more_when_the_reader_comes_back_to_it(open_page: Any) -> None:
    article = make_article()
    page = open_page()
    page.goto("/")
    wait_for(lambda: page_views() == 1)
    page.goto(article.get_absolute_url())
    wait_for(lambda: page_views() == 2)
    page.go_back()
    wait_for(lambda: page_views() == 3)


def test_tab_in_the_background_counts_when_it_is_looked_at(open_page: Any) -> None:
    page = open_page()
    hide = (
        "Object.defineProperty(document, 'visibilityState', {get: () => window.seen ?? 'hidden'})"
    )
    page.add_init_script(hide)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert page_views() == 0
    page.evaluate("window.seen = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(lambda: page_views() == 1)


def test_picture_counts_without_scripts(open_page: Any) -> None:
    article = make_article()
    open_page(java_script_enabled=False).goto(article.get_absolute_url())
    wait_for(lambda: page_views() == 1)
    assert ArticleViews.objects.get().views == 1


def test_headless_browser_is_a_bot(open_page: Any, browser: Any) -> None:
    context = browser.new_context()
    agent = context.new_page().evaluate("navigator.userAgent")
    context.close()
    open_page(user_agent=agent).goto("/")
    recorder.flush()
    wait_for(lambda: page_views() == 0 and DailyTotal.objects.filter(bot_page_views=1).exists())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("address", ["/thong-ke/", "/thong-ke/doc-nhieu/", "/en/thong-ke/"])
def test_pages_of_figures_are_accessible(
    open_page: Any, address: str, width: int, scheme: str
) -> None:
    from django.utils import timezone

    DailyTotal.objects.create(day=timezone.localdate(), visits=1_234, page_views=2_345)
    page = open_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
