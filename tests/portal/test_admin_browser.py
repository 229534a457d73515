"""Staff at work in a real browser, under the site's own content security policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from news.markup import clean_html
from news.models import Article
from tests.factories import make_category, make_image

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff_page(page: Any, admin_user: Any, sign_in: Callable[[Any], None]) -> Any:
    """A page of somebody who may do everything."""
    sign_in(admin_user)
    return page


def open_library(page: Any) -> Any:
    """The media library in its dialog, loaded: its script hands over what is chosen."""
    library = page.locator(".picture-dialog iframe").element_handle().content_frame()
    library.wait_for_url("**/pick/**")
    return library


def test_staff_sign_in_by_the_form(page: Any, admin_user: Any) -> None:
    page.goto("/admin/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", "password")
    page.press("#id_password", "Enter")
    page.locator("#user-tools").wait_for()
    assert page.url.endswith("/admin/")


def test_an_article_is_written_by_keyboard_and_published(staff_page: Any) -> None:
    page = staff_page
    make_category("Tin phường")
    image = make_image(alt="Cầu Yên Hà lúc bình minh", caption="Cầu mới bắc qua sông Lam Yên")

    page.goto("/admin/news/article/add/")
    page.fill("#id_title", "Khánh thành cầu Yên Hà")
    page.fill("#id_summary", "Sáng nay, cầu Yên Hà được đưa vào sử dụng.")
    page.select_option("#id_category", label="Tin phường")
    box = page.locator(".field-body .ProseMirror[contenteditable]")
    box.focus()
    keys = page.keyboard
    keys.type("Cầu dài ")
    keys.press("Control+b")
    keys.type("120 mét")
    keys.press("Control+b")
    keys.type(" và rộng 8 mét.")
    keys.press("Enter")
    keys.press("Control+Alt+2")
    keys.type("Ý nghĩa")
    keys.press("Enter")

    # The library opens from the tool bar; the second picture of two would be an arrow away.
    page.locator('.prose-menubar button[data-name="figure"]').focus()
    keys.press("Enter")
    library = open_library(page)
    library.locator("#q").press("Tab")
    library.locator("button.picture").first.focus()
    library.locator("button.picture").first.press("Enter")
    box.locator("figure img").wait_for()
    page.locator(".picture-dialog").wait_for(state="detached")

    # The editor takes the focus back once the browser has painted.
    expect(box).to_be_focused()
    keys.press("Control+End")
    page.locator('.prose-menubar button[data-name="table"]').focus()
    keys.press("Enter")
    expect(box).to_be_focused()
    keys.type("Hạng mục")
    keys.press("Tab")
    keys.type("Kinh phí")
    box.locator("th", has_text="Kinh phí").wait_for()

    page.click('input[name="_publish"]')
    page.wait_for_url("**/admin/news/article/")

    article = Article.objects.get()
    assert article.status == Article.Status.PUBLISHED
    assert clean_html(article.body) == article.body
    for part in ("<strong>120 mét</strong>", "<h2>Ý nghĩa</h2>", image.file.name, "Hạng mục"):
        assert part in article.body
    assert "&nbsp;" not in article.body
    assert "\xa0" not in article.body

    page.goto(article.get_absolute_url())
    page.get_by_text("120 mét").wait_for()
    page.get_by_role("heading", name="Ý nghĩa").wait_for()
    shown = page.get_by_role("img", name="Cầu Yên Hà lúc bình minh").first
    assert shown.evaluate("image => image.scrollIntoView() || image.decode().then(() => true)")
    page.get_by_text("Cầu mới bắc qua sông Lam Yên").first.wait_for()
    page.get_by_text("Kinh phí").wait_for()


def test_the_lead_picture_is_chosen_and_taken_out(staff_page: Any) -> None:
    page = staff_page
    image = make_image()
    page.goto("/admin/news/article/add/")
    page.locator(".picture-field__choose").first.focus()
    page.keyboard.press("Enter")
    open_library(page).locator("button.picture").first.click()
    page.locator(".picture-dialog").wait_for(state="detached")
    field = page.locator('input[name="lead_image"]')
    assert field.input_value() == str(image.pk)
    page.locator(".picture-field__clear").click()
    assert field.input_value() == ""


def test_escape_leaves_the_library_without_a_picture(staff_page: Any) -> None:
    page = staff_page
    make_image()
    page.goto("/admin/news/article/add/")
    page.locator(".picture-field__choose").first.click()
    open_library(page).locator("#q").press("Escape")
    page.locator(".picture-dialog").wait_for(state="detached")
    assert page.locator('input[name="lead_image"]').input_value() == ""


def test_the_editor_has_a_name_and_named_buttons(staff_page: Any) -> None:
    page = staff_page
    page.goto("/admin/news/article/add/")
    page.locator(".field-body .ProseMirror[contenteditable]").wait_for()
    box = page.locator(".field-body [role=textbox]")
    box.wait_for()
    assert box.get_attribute("aria-labelledby")
    for button in page.locator(".field-body .prose-menubar button").all():
        assert button.get_attribute("aria-label")


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/news/article/",
        "/admin/news/article/add/",
        "/admin/news/image/",
        "/admin/news/image/add/",
        "/admin/news/category/",
        "/admin/portal/menuitem/add/",
        "/admin/portal/page/add/",
        "/admin/portal/siteidentity/add/",
    ],
)
def test_a_page_of_the_admin_fits_a_phone_and_breaks_no_policy(
    staff_page: Any, address: str
) -> None:
    page = staff_page
    make_category("Tin phường")
    make_image()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
