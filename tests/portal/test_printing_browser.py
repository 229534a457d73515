"""What paper tells of the page it was printed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths() -> dict[str, str]:
    """A page of each kind that somebody may put into a file."""
    article = make_article("Lịch tiêm chủng")
    return {
        "article": article.get_absolute_url(),
        "list": "/tin-tuc/",
        "results": "/tim-kiem?q=tiem",
        "comments": f"/binh-luan/{article.pk}/",
        "statistics": "/thong-ke/",
    }


@pytest.mark.parametrize("kind", ["article", "list", "results", "comments", "statistics"])
def test_paper_tells_the_time_of_viet_nam_wherever_it_is_printed(
    open_page: Callable[..., Any], paths: dict[str, str], kind: str
) -> None:
    page = open_page(timezone_id="America/New_York")
    page.clock.set_fixed_time("2026-11-22T17:05:00Z")
    page.goto(paths[kind])
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    told = page.locator("[data-printed-at]")
    expect(told).to_be_visible()
    expect(told).to_contain_text("00:05")
    expect(told).to_contain_text("23/11/2026")


def test_paper_shows_what_was_found_and_no_form(page: Any, paths: dict[str, str]) -> None:
    page.goto(paths["results"])
    page.emulate_media(media="print")
    expect(page.locator("#results")).to_contain_text("tiem")
    expect(page.locator(".search-fields")).to_be_hidden()
