"""Rating in a real browser: with one click, by keyboard, without a script, and read aloud."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from news.models import Article
from ratings.models import Rating, RatingSummary
from tests.accessibility import violations, wrong_with
from tests.factories import make_article, make_rating

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

THANKS = "Cảm ơn bạn đã đánh giá bài viết."


@pytest.fixture
def article() -> Article:
    return make_article("Lịch tiêm chủng")


def star(page: Any, name: str) -> Any:
    return page.locator("#danh-gia .star", has_text=name)


def said(page: Any, sentence: str) -> None:
    page.locator("[data-rating-status]", has_text=sentence).wait_for()


def shows(page: Any, words: str) -> None:
    expect(page.locator("[data-rating-summary]")).to_have_text(words, use_inner_text=True)


def chosen(page: Any) -> Any:
    return page.locator("#danh-gia input:checked")


def test_one_click_on_a_star_is_the_whole_rating(page: Any, article: Article) -> None:
    page.goto(article.get_absolute_url())
    shows(page, "Chưa có lượt đánh giá")
    assert page.context.cookies() == []
    star(page, "Tốt").first.click()
    said(page, THANKS)
    shows(page, "lượt đánh giá: 1, trung bình: 4,0")
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("rater", True, "Lax")
    star(page, "Rất kém").click()
    shows(page, "lượt đánh giá: 1, trung bình: 1,0")
    page.get_by_role("button", name="Rút đánh giá").click()
    said(page, "Đã rút đánh giá của bạn.")
    shows(page, "Chưa có lượt đánh giá")
    expect(chosen(page)).to_have_count(0)


def test_forty_quick_clicks_in_two_tabs_without_a_cookie_are_one_rating(
    page: Any, article: Article
) -> None:
    tabs = [page, page.context.new_page()]
    for tab in tabs:
        tab.goto(article.get_absolute_url())
    for tab in tabs:
        # All within one task of the page: nothing is answered in between.
        tab.evaluate(
            """() => {
              const stars = [...document.querySelectorAll('#danh-gia .star__input')];
              const form = stars[0].form;
              form.dispatchEvent(new PointerEvent('pointerdown'));
              for (let n = 0; n < 20; n += 1) stars[n % 5].click();
            }"""
        )
    for tab in tabs:
        said(tab, THANKS)
    for tab in tabs:
        # Of quick clicks the last one counts, and is sent when the first is answered.
        shows(tab, "lượt đánh giá: 1, trung bình: 5,0")
    assert Rating.objects.get().score == 5
    assert RatingSummary.objects.get().count == 1


def test_stars_are_chosen_and_sent_by_keyboard(page: Any, article: Article) -> None:
    sent: list[str] = []
    page.on(
        "request",
        lambda r: sent.append(r.url) if r.method == "POST" and "danh-gia" in r.url else None,
    )
    page.goto(article.get_absolute_url())
    page.locator("#danh-gia input").first.focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    focus = "getComputedStyle(document.activeElement.closest('.star')).outlineStyle"
    assert page.evaluate(focus) == "solid"
    assert sent == []  # the arrow keys pass over stars that are not meant
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Gửi đánh giá")).to_be_focused()
    page.keyboard.press("Enter")
    said(page, THANKS)
    assert Rating.objects.get().score == 4


def test_screen_reader_finds_a_named_group_of_five_named_stars(page: Any, article: Article) -> None:
    for score in (5, 5, 4):
        make_rating(article, score)
    page.goto(article.get_absolute_url())
    tree = page.locator("#danh-gia").aria_snapshot()
    assert 'heading "Đánh giá:" [level=2]' in tree
    assert 'group "Nhấn vào sao để đánh giá bài viết"' in tree
    for name in ("Rất kém", "Kém", "Đạt", "Tốt", "Rất tốt"):
        assert f'radio "{name}"' in tree
    assert 'button "Gửi đánh giá"' in tree
    assert 'table "Phân bố các lượt đánh giá"' in tree
    assert 'row "Rất tốt 2"' in tree
    assert "img" not in tree
    # The place of what will be said is there before it is said.
    assert "- status" in tree


def test_rating_without_a_script(scriptless: Any, article: Article) -> None:
    page = scriptless
    page.goto(article.get_absolute_url())
    page.get_by_role("radio", name="Đạt").check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    page.get_by_role("button", name="Xác nhận").wait_for()
    expect(page.get_by_role("radio", name="Đạt")).to_be_checked()
    assert not Rating.objects.exists()
    page.get_by_role("button", name="Xác nhận").click()
    page.get_by_text(THANKS).wait_for()
    expect(page.locator("main")).to_contain_text("lượt đánh giá: 1, trung bình: 3,0")
    page.get_by_role("radio", name="Rất tốt").check()
    page.get_by_role("button", name="Sửa đánh giá").click()
    page.get_by_text("trung bình: 5,0").first.wait_for()
    assert Rating.objects.get().score == 5
    page.get_by_role("button", name="Rút đánh giá").click()
    page.get_by_text("Đã rút đánh giá của bạn.").wait_for()
    assert not Rating.objects.exists()


def test_browser_that_refuses_cookies_is_told_so(page: Any, article: Article) -> None:
    page.route("**/danh-gia/**", drop_cookies)
    page.goto(article.get_absolute_url())
    star(page, "Rất tốt").click()
    said(page, "Trình duyệt của bạn từ chối cookie")
    expect(chosen(page)).to_have_value("5")
    assert not Rating.objects.exists()


def drop_cookies(route: Any) -> None:
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
    route.request.frame.page.context.clear_cookies()
    route.fulfill(response=answer, headers=headers)


def test_star_is_kept_when_the_site_cannot_be_reached(page: Any, article: Article) -> None:
    page.forgiven.append("net::ERR_FAILED")
    page.goto(article.get_absolute_url())
    page.route("**/danh-gia/**", lambda route: route.abort())
    star(page, "Rất tốt").click()
    said(page, "Chưa gửi được đánh giá. Vui lòng thử lại.")
    page.unroute("**/danh-gia/**")
    page.get_by_role("button", name="Gửi đánh giá").click()
    said(page, THANKS)
    assert Rating.objects.get().score == 5


def test_own_rating_is_asked_for_near_the_stars_alone(page: Any, article: Article) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "cua-toi" in r.url else None)
    page.goto(article.get_absolute_url())
    page.locator("#danh-gia input").first.focus()
    star(page, "Đạt").click()
    said(page, THANKS)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert asked == []  # never on opening, and never of a browser that has not rated
    Rating.objects.update(score=5)  # as from the page of the rating
    page.locator("#danh-gia input").first.focus()
    expect(chosen(page)).to_have_value("5")
    expect(page.get_by_role("button", name="Rút đánh giá")).to_be_visible()
    assert len(asked) == 1


def test_own_rating_is_seen_after_a_reload_until_it_is_withdrawn(
    page: Any, article: Article
) -> None:
    other = make_article("Họp tổ dân phố")
    page.goto(article.get_absolute_url())
    star(page, "Đạt").click()
    said(page, THANKS)
    page.reload()
    expect(chosen(page)).to_have_value("3")
    page.goto(other.get_absolute_url())
    expect(chosen(page)).to_have_count(0)
    page.goto(article.get_absolute_url())
    page.get_by_role("button", name="Rút đánh giá").click()
    said(page, "Đã rút đánh giá của bạn.")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(chosen(page)).to_have_count(0)
    assert not page.get_by_role("button", name="Rút đánh giá").is_visible()


def test_rating_withdrawn_on_its_own_page_is_not_shown_any_more(
    page: Any, article: Article
) -> None:
    page.goto(article.get_absolute_url())
    star(page, "Đạt").click()
    said(page, THANKS)
    page.locator("[data-rating-page]").click()
    page.wait_for_url(f"**/danh-gia/{article.pk}/")
    page.get_by_role("button", name="Rút đánh giá").click()
    page.get_by_text("Đã rút đánh giá của bạn.").wait_for()
    page.goto(article.get_absolute_url())
    page.wait_for_load_state("networkidle")
    expect(chosen(page)).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 640, 320])
def test_pointer_or_focus_that_comes_to_the_link_finds_the_link(
    page: Any, article: Article, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(reduced_motion="reduce")  # else the page still glides when the mouse aims
    page.goto(article.get_absolute_url())
    star(page, "Đạt").click()
    said(page, THANKS)
    # As after a rating on its own page: this one knows nothing of it yet.
    page.evaluate(
        "Object.keys(localStorage).filter(k => k !== 'has-rated')"
        ".forEach(k => localStorage.removeItem(k))"
    )
    page.reload()
    page.wait_for_load_state("networkidle")
    link = page.locator("[data-rating-page]")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(at[0], at[1] - 100)
    page.mouse.move(*at, steps=20)
    page.wait_for_load_state("networkidle")
    assert not page.get_by_role("button", name="Rút đánh giá").is_visible()
    # Even when the button comes meanwhile, the link is still where the pointer aims.
    page.locator("#danh-gia input").first.focus()
    page.get_by_role("button", name="Rút đánh giá").wait_for()
    link.focus()
    expect(link).to_be_focused()
    page.mouse.click(*at)
    page.wait_for_url(f"**/danh-gia/{article.pk}/")
    assert Rating.objects.get().score == 3


def test_own_rating_comes_with_figures_that_a_cached_page_has_not(
    page: Any, article: Article
) -> None:
    page.goto(article.get_absolute_url())
    old = page.request.get(article.get_absolute_url()).text()
    star(page, "Đạt").click()
    said(page, THANKS)
    page.route(
        f"**{article.get_absolute_url()}",
        lambda route: route.fulfill(body=old, content_type="text/html; charset=utf-8"),
    )
    page.reload()
    shows(page, "Chưa có lượt đánh giá")
    page.locator("#danh-gia input").first.focus()
    shows(page, "lượt đánh giá: 1, trung bình: 3,0")


def test_fresh_figures_of_the_page_are_shown(page: Any, article: Article) -> None:
    page.goto(article.get_absolute_url())
    page.evaluate(
        """() => document.dispatchEvent(new CustomEvent('portal:figures',
        { detail: { rating: { count: 1234, average: 4.5 } } }))"""
    )
    shows(page, "lượt đánh giá: 1.234, trung bình: 4,5")
    page.evaluate(
        """() => document.dispatchEvent(new CustomEvent('portal:figures',
        { detail: { rating: { count: 0, average: null } } }))"""
    )
    shows(page, "Chưa có lượt đánh giá")


def test_rating_and_its_page_are_accessible_and_fit_a_phone(page: Any, article: Article) -> None:
    make_rating(article, 5)
    for address in (article.get_absolute_url(), f"/danh-gia/{article.pk}/"):
        page.goto(address)
        assert wrong_with(page, {"width": 320, "height": 640}) == {}
        for box in page.locator(".star").all():
            size = box.bounding_box()
            assert size["width"] >= 44
            assert size["height"] >= 44
    page.locator(".star").nth(3).click()
    assert violations(page) == []
    page.goto(article.get_absolute_url())
    page.locator(".star").nth(3).click()
    said(page, THANKS)
    assert wrong_with(page, {"width": 320, "height": 640}) == {}


def test_paper_shows_the_figures_and_no_form(page: Any, article: Article) -> None:
    make_rating(article, 5)
    page.goto(article.get_absolute_url())
    page.emulate_media(media="print")
    expect(page.locator("[data-rating-summary]")).to_be_visible()
    expect(page.locator("[data-rating-form]")).to_be_hidden()
