"""The newsroom's figures in a real browser, under the site's own content security policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stats.models import ArticleViews, DailyArticleViews, DailyTotal
from tests.accessibility import wrong_with
from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(admin_user: Any, sign_in: Callable[[Any], None]) -> dict[str, str]:
    """The pages of figures, with something on each, and somebody signed in."""
    article = make_article("Khánh thành cầu Yên Hà và thông xe đường nối các tổ dân phố")
    ArticleViews.objects.create(article=article, opening_balance=3_750_188, views=12)
    for n in range(40):
        day = timezone.localdate() - timedelta(days=n)
        DailyTotal.objects.create(
            day=day, visits=1000 + n, page_views=4000 - n, bot_visits=50, bot_page_views=90
        )
        DailyArticleViews.objects.create(article=article, day=day, views=n + 1)
    sign_in(admin_user)
    return {
        "visits": "/admin/stats/dailytotal/",
        "wrong period": "/admin/stats/dailytotal/?first=31/02/2026&last=x",
        "most read": "/admin/stats/dailyarticleviews/",
        "article": f"/admin/stats/dailyarticleviews/article/{article.pk}/",
        "opening balance": "/admin/stats/openingbalance/1/change/",
        "opening balance of an article": f"/admin/stats/articleviews/{article.pk}/change/",
    }


def test_every_page_of_figures_is_accessible_on_phone_and_desktop_in_light_and_dark(
    page: Any, addresses: dict[str, str]
) -> None:
    found: dict[str, Any] = {}
    for name, address in addresses.items():
        page.goto(address)
        if wrong := wrong_with(page):
            found[name] = wrong
    assert found == {}


def test_no_page_of_figures_is_wider_than_the_phone(page: Any, addresses: dict[str, str]) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    wide = {}
    for name, address in addresses.items():
        page.goto(address)
        has = page.evaluate("document.documentElement.scrollWidth")
        if has > 320:
            wide[name] = has
    assert wide == {}


def test_a_period_is_chosen_by_keyboard_and_its_table_downloaded(
    page: Any, addresses: dict[str, str]
) -> None:
    page.goto(addresses["visits"])
    first = page.get_by_label("Từ ngày")
    first.fill(f"{timezone.localdate() - timedelta(days=1):%d/%m/%Y}")
    page.get_by_label("Theo", exact=True).focus()
    page.keyboard.press("ArrowDown")
    first.press("Enter")
    page.wait_for_url("**unit=week**")
    chart = page.get_by_role("img", name="Người truy cập")
    chart.wait_for()
    assert "Cao nhất" in chart.get_attribute("aria-label")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").press("Enter")
    assert download.value.suggested_filename.endswith(".xlsx")
