"""A form larger than the server takes: the limit is told, and what was typed is not lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from news.models import Article
from tests.factories import make_category

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MEGABYTE = 1024 * 1024
TITLE = "Chợ Hạ họp phiên cuối năm"
# In lines, as a browser takes long to break one of a megabyte: 61 characters, 122 bytes, as sent.
LINE = 122
FILL = """([title, lines]) => {
    document.querySelector("#id_title").value = title
    document.querySelector("#id_summary").value = ("ă".repeat(60) + "\\n").repeat(lines)
    document.querySelector("#id_category").selectedIndex = 1
}"""


@pytest.fixture
def form(page: Any, admin_user: Any, sign_in: Callable[[Any], None], settings: Any) -> Any:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = MEGABYTE
    make_category()
    sign_in(admin_user)
    page.goto("/admin/news/article/add/")
    expect(page.locator(".ProseMirror")).to_be_visible()
    return page


def test_form_that_is_too_large_is_not_sent(form: Any) -> None:
    form.evaluate(FILL, [TITLE, MEGABYTE // LINE + 1])
    form.locator("[name=_continue]").click()
    error = form.locator("[data-too-large]")
    expect(error).to_be_focused()
    expect(error).to_contain_text("nội dung có 1,0 MB, tối đa 1 MB")
    assert form.input_value("#id_title") == TITLE
    assert not Article.objects.exists()


def test_form_below_the_limit_is_sent(form: Any) -> None:
    form.evaluate(FILL, [TITLE, 100])
    form.locator("[name=_continue]").click()
    form.wait_for_url("**/change/")
    assert Article.objects.get().title == TITLE


def test_page_of_the_server_names_the_limit_and_back_leads_to_what_was_typed(form: Any) -> None:
    form.forgiven += ["413", "404"]  # and /favicon.ico, of which a bare page says nothing
    form.locator(".ProseMirror").click()
    form.keyboard.type("Bà con về rất đông.")
    form.evaluate(FILL, [TITLE, MEGABYTE // LINE + 1])
    # As a browser without this script does.
    with form.expect_navigation():
        form.evaluate("document.querySelector('#article_form').submit()")
    expect(form.locator("body")).to_contain_text("tối đa 1 MB")
    expect(form.locator("body")).to_contain_text("Quay lại")
    form.go_back()
    assert form.input_value("#id_title") == TITLE
    expect(form.locator(".ProseMirror")).to_contain_text("Bà con về rất đông.")
    assert len(form.input_value("#id_summary")) == (MEGABYTE // LINE + 1) * 61
