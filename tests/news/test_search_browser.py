"""The combobox of titles, in a real browser and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from news.models import SearchWords
from tests.factories import make_article
from tests.portal.running import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATE = """() => {
  const field = document.querySelector("#search-words");
  const chosen = document.getElementById(field.getAttribute("aria-activedescendant"));
  return {
    role: field.getAttribute("role"),
    expanded: field.getAttribute("aria-expanded"),
    chosen: chosen && chosen.getAttribute("aria-selected") === "true" ? chosen.textContent : null,
    said: field.closest(".search").querySelector("[role=status]").textContent,
    focus: document.activeElement === field,
  };
}"""


def test_title_is_chosen_and_opened_by_keyboard(page: Any) -> None:
    article = make_article("Lịch tiêm chủng")
    page.goto("/tim-kiem")
    page.locator("#search-words").press_sequentially("tiem")
    page.wait_for_selector(".search-fields .titles [role=option]")
    state = page.evaluate(STATE)
    assert (state["role"], state["expanded"], state["chosen"]) == ("combobox", "true", None)
    assert state["said"] == "Có 1 bài viết gợi ý. Dùng phím mũi tên để chọn."
    page.keyboard.press("ArrowDown")
    state = page.evaluate(STATE)
    assert (state["chosen"], state["focus"]) == ("Lịch tiêm chủng", True)
    page.keyboard.press("Escape")
    assert page.evaluate(STATE)["expanded"] == "false"
    assert page.input_value("#search-words") == "tiem"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{article.get_absolute_url()}")


def test_enter_without_a_choice_searches_and_the_search_is_counted(page: Any) -> None:
    make_article("Lịch tiêm chủng")
    page.goto("/tim-kiem")
    page.locator("#search-words").press_sequentially("tiem")
    page.wait_for_selector(".search-fields .titles [role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".search-results mark")
    wait_for(lambda: SearchWords.objects.filter(words="tiem", count=1, results=1).exists(), 10)


def test_without_scripts_the_form_searches_with_its_filters(browser: Any, site_url: str) -> None:
    make_article("Lịch tiêm chủng")
    assert Client().get("/tim-kiem").status_code == 200
    context = browser.new_context(java_script_enabled=False, base_url=site_url)
    page = context.new_page()
    page.goto("/tim-kiem")
    page.fill("#search-words", "tiêm chủng")
    page.click(".search-fields summary")
    page.select_option("#search-order", "moi-nhat")
    page.click(".search-fields button")
    assert page.inner_text(".hit mark") == "tiêm chủng"
    assert "sap-xep=moi-nhat" in page.url
    context.close()
