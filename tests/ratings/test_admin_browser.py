"""The newsroom's pages of ratings in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.accessibility import PHONE, wrong_with
from tests.factories import make_article, make_rating

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/ratings/ratingsummary/"


@pytest.fixture
def addresses(admin_user: Any, sign_in: Callable[[Any], None]) -> dict[str, str]:
    """The pages of ratings, with something on each, and somebody signed in."""
    article = make_article("Khánh thành cầu Yên Hà và thông xe đường nối các tổ dân phố")
    for score in (1, 5, 5, 4, 5):
        make_rating(article, score, at=datetime(2026, 11, 20, 17, 30, tzinfo=UTC))
    sign_in(admin_user)
    return {
        "list": LIST,
        "days": f"{LIST}days/?period=365",
        "hours": f"{LIST}{article.pk}/hours/",
        "flood": f"{LIST}{article.pk}/hours/?hour=2026-11-21T00",
        "articles": "/admin/news/article/",
        "article": f"/admin/news/article/{article.pk}/change/",
        "category": f"/admin/news/category/{article.category_id}/change/",
    }


def test_pages_of_ratings_are_accessible_and_fit_phone_and_desktop(
    page: Any, addresses: dict[str, str]
) -> None:
    found: dict[str, Any] = {}
    for name in ("days", "hours", "flood"):
        page.goto(addresses[name])
        if wrong := wrong_with(page):
            found[name] = wrong
    assert found == {}


def test_every_column_of_the_list_is_seen_on_a_common_screen(
    page: Any, addresses: dict[str, str]
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(addresses["list"])
    room = "(() => { const t = document.querySelector('#changelist .results'); return "
    assert page.evaluate(room + "t.scrollWidth - t.clientWidth; })()") <= 0


def test_switches_have_names_of_their_own(page: Any, addresses: dict[str, str]) -> None:
    for name in ("article", "category"):
        page.goto(addresses[name])
        expect(page.get_by_role("combobox", name="cho phép đánh giá")).to_have_count(1)
        expect(page.get_by_role("combobox", name="bình luận", exact=True)).to_have_count(1)


def test_columns_of_an_article_name_themselves_on_a_phone(
    page: Any, addresses: dict[str, str]
) -> None:
    page.set_viewport_size(PHONE)
    page.goto(addresses["articles"])
    row = page.locator("#result_list tbody tr").first.inner_text()
    for words in ("Sao: 4,0 (5)", "Bình luận chờ duyệt: –", "7 ngày: 0"):
        assert words in row
    for link in page.locator("#result_list .card-label + a").all():
        assert "underline" in link.evaluate("a => getComputedStyle(a).textDecorationLine")
