"""The beacon in a real browser: when it is sent, and where the figures go."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stats.models import ArticleViews, DailyTotal
from stats.recorder import recorder
from tests.accessibility import wrong_with
from tests.factories import make_article, make_rating
from tests.portal.running import wait_for
from tests.stats.visitors import FIREFOX, see

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("middle_of_an_hour"),
]


# Tells what the page makes of the figures that come back.
LISTEN = "document.addEventListener('portal:figures', (e) => { window.told = e.detail; });"


@pytest.fixture
def open_page(open_page: Callable[..., Any]) -> Callable[..., Any]:
    """Open pages of a person: a headless browser calls itself one, and would be a bot."""
    return lambda **options: open_page(**{"user_agent": FIREFOX} | options)


def page_views() -> int:
    recorder.flush()
    return sum(DailyTotal.objects.values_list("page_views", flat=True))


def test_page_is_counted_and_shows_the_figures_that_come_back(open_page: Any) -> None:
    article = make_article()
    page = open_page()
    page.goto(article.get_absolute_url())
    wait_for(lambda: page_views() == 1)
    page.add_init_script(LISTEN)
    with page.expect_response("**/thong-ke/luot") as sent:
        page.reload()
    assert sent.value.headers["cache-control"] == "no-store"
    # Not wait_for_function: it would evaluate text in the page, which our policy forbids.
    wait_for(lambda: page.evaluate("window.told?.total") == 1)
    # Printed and told alike: one visit, one view, however often the page is loaded.
    expect(page.locator("[data-visits-total]")).to_have_text("1")
    expect(page.locator("[data-online]")).to_have_text("1")
    expect(page.locator("[data-views]")).to_have_text("1")
    wait_for(lambda: page_views() == 2)
    assert ArticleViews.objects.get().views == 1


def shows_rating(page: Any, words: str) -> None:
    expect(page.locator("[data-rating-summary]")).to_have_text(words, use_inner_text=True)


def test_page_out_of_a_cache_shows_the_views_and_ratings_that_came_since(open_page: Any) -> None:
    article = make_article()
    page = open_page()
    kept: list[str] = []
    page.goto(article.get_absolute_url())
    wait_for(lambda: page_views() == 1)
    kept.append(page.request.get(article.get_absolute_url()).text())
    for score in (5, 4, 4, 4):
        make_rating(article, score)
    see(2, time.time(), article.pk)
    recorder.flush()
    page.route(f"**{article.get_absolute_url()}", lambda route: route.fulfill(
        body=kept[0], content_type="text/html; charset=utf-8"))  # fmt: skip
    page.reload()
    shows_rating(page, "lượt đánh giá: 4, trung bình: 4,3")
    expect(page.locator("[data-views]")).to_have_text("2")
    numbers = page.locator("[data-rating-bars] .rating__number")
    expect(numbers).to_have_text(["1", "3", "0", "0", "0"])


def test_answer_older_than_the_page_takes_no_rating_away(open_page: Any) -> None:
    article = make_article()
    page = open_page()
    with page.expect_response("**/thong-ke/luot"):
        page.goto(article.get_absolute_url())
    wait_for(lambda: page_views() == 1)
    make_rating(article, 5)  # known to the page that is made now, and not to the last batch
    page.add_init_script(LISTEN)
    with page.expect_response("**/thong-ke/luot") as sent:
        page.reload()
    assert sent.value.json()["rating"]["count"] == 0
    wait_for(lambda: page.evaluate("window.told?.total") == 1)
    shows_rating(page, "lượt đánh giá: 1, trung bình: 5,0")


def test_answer_older_than_the_page_takes_no_visit_away(open_page: Any) -> None:
    DailyTotal.objects.create(day=timezone.localdate(), visits=5)
    page = open_page()
    old = {"total": 4, "online": 9}
    page.route("**/thong-ke/luot", lambda route: route.fulfill(json=old))
    page.add_init_script(LISTEN)
    page.goto("/")
    wait_for(lambda: page.evaluate("window.told") == {})
    assert page.locator("[data-visits-total]").inner_text() == "5"
    assert page.locator("[data-online]").inner_text() == "0"


def test_figures_are_written_as_the_language_of_the_page_does(open_page: Any) -> None:
    page = open_page()
    page.route("**/thong-ke/luot", lambda route: route.fulfill(json={"total": 3_750_188}))
    for address, shown in (("/", "3.750.188"), ("/en/", "3,750,188")):
        page.goto(address)
        page.locator("[data-visits-total]", has_text=shown).wait_for()


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


def test_headless_browser_is_a_bot(open_page: Any) -> None:
    page = open_page(user_agent=None)
    page.goto("/")
    assert "Headless" in page.evaluate("navigator.userAgent")
    wait_for(lambda: page_views() == 0 and DailyTotal.objects.filter(bot_page_views=1).exists())


@pytest.mark.parametrize("address", ["/thong-ke/", "/thong-ke/doc-nhieu/", "/en/thong-ke/"])
def test_pages_of_figures_are_accessible(open_page: Any, address: str) -> None:
    DailyTotal.objects.create(day=timezone.localdate(), visits=1_234, page_views=2_345)
    page = open_page()
    page.goto(address)
    assert wrong_with(page, {"width": 320, "height": 800}, {"width": 1280, "height": 800}) == {}
