"""The pages on which staff spend their day, in a real browser on a common screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from comments.services import report_comment
from news.services import add_attachment
from portal.models import Song
from tests.accessibility import violations
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_series,
    make_tag,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Django leaves the columns of its own marks without a name; axe calls it minor.
EMPTY_COLUMN = "empty-table-header"
SCREENS = [{"width": 1280, "height": 900}, {"width": 1440, "height": 900}]
WIDER_THAN_ITS_PLACE = """() => [...document.querySelectorAll("html, #changelist .results")]
    .filter(part => part.scrollWidth > part.clientWidth)
    .map(part => `${part.className || part.tagName}: ${part.scrollWidth} > ${part.clientWidth}`)"""


@pytest.fixture
def addresses(admin_user: Any, sign_in: Callable[[Any], None]) -> dict[str, str]:
    """What staff look at most, with long words wherever there are words."""
    article = make_article(
        "Khánh thành cầu Yên Hà và thông xe đường nối các tổ dân phố số 3, số 4 và số 5",
        category=make_category("Phòng chống thiên tai và tìm kiếm cứu nạn"),
        author=make_author("Trung tâm Phục vụ hành chính công"),
        lead_image=make_image(),
        series=make_series("Chào mừng một năm thành lập phường"),
        tags=[make_tag("chuyển đổi số")],
    )
    upload = ContentFile(b"Ngay 05/11/2026\n", "bieu-mau.txt")
    add_attachment(article=article, upload=upload, title="Biểu mẫu đăng ký")
    for score in (1, 5, 5, 4, 5, 5):
        make_rating(article, score)
    comment = make_comment(article, status="approved")
    report = report_comment(comment=comment, reason="insult", text="Lời lẽ xúc phạm.")
    make_comment(article)
    sign_in(admin_user)
    return {
        "first page": "/admin/",
        "articles": "/admin/news/article/",
        "new article": "/admin/news/article/add/",
        "article": f"/admin/news/article/{article.pk}/change/",
        "queue": "/admin/comments/comment/",
        "comment": f"/admin/comments/comment/{comment.pk}/change/",
        "complaints": "/admin/comments/report/",
        "complaint": f"/admin/comments/report/{report.pk}/change/",
        "rated articles": "/admin/ratings/ratingsummary/",
        "visits": "/admin/stats/dailytotal/",
        "most read": "/admin/stats/dailyarticleviews/",
        "identity": "/admin/portal/siteidentity/add/",
        "menu": "/admin/portal/menuitem/add/",
        "all of the staff": "/admin/portal/user/",
        "one of the staff": f"/admin/portal/user/{admin_user.pk}/change/",
    }


def test_nothing_of_the_newsroom_is_out_of_sight_on_a_common_screen(
    page: Any, addresses: dict[str, str]
) -> None:
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        for size in SCREENS:
            page.set_viewport_size(size)
            if wide := page.evaluate(WIDER_THAN_ITS_PLACE):
                found[f"{name}, {size['width']}"] = wide
    assert found == {}


def test_the_newsroom_is_accessible(page: Any, addresses: dict[str, str]) -> None:
    page.set_viewport_size(SCREENS[0])
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if wrong := [w for w in violations(page) if not w.startswith(EMPTY_COLUMN)]:
            found[name] = wrong
    assert found == {}


def test_a_box_that_is_searched_says_its_name_and_what_is_chosen(
    page: Any, addresses: dict[str, str]
) -> None:
    page.goto(addresses["article"])
    box = page.get_by_role("combobox", name="Dòng sự kiện: Chào mừng một năm thành lập phường")
    box.click()
    search = page.locator(".select2-dropdown input")
    search.wait_for()
    assert search.get_attribute("aria-label") == "Dòng sự kiện"
    assert violations(page, ".select2-dropdown") == []
    page.keyboard.press("Escape")
    page.locator(".field-series .select2-selection__clear").click()
    page.get_by_role("combobox", name="Dòng sự kiện", exact=True).wait_for()


def test_a_second_click_sends_no_form_again(page: Any, addresses: dict[str, str]) -> None:
    page.goto("/admin/portal/song/add/")
    page.fill("#id_title", "Về Yên Hà")
    page.fill("#id_link", "https://example.org/bai-hat")
    page.locator("input[name=_save]").dblclick()
    page.wait_for_url("**/admin/portal/song/")
    assert Song.objects.count() == 1
    # Whoever comes back by the button of the browser may send the form again.
    page.go_back()
    page.fill("#id_title", "Về Yên Hà, lời 2")
    page.locator("input[name=_save]").click()
    page.wait_for_url("**/admin/portal/song/")
    assert Song.objects.count() == 2
