"""The combobox of titles, in a real browser and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

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


def type_words(page: Any) -> None:
    page.goto("/tim-kiem")
    page.focus("#search-words")
    page.keyboard.insert_text("tiem")  # at once: no titles for fewer letters come in between
    page.wait_for_selector(".search-fields .titles [role=option]")


def test_title_is_chosen_and_opened_by_keyboard(page: Any) -> None:
    article = make_article("Lịch tiêm chủng")
    type_words(page)
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
    type_words(page)
    page.keyboard.press("Enter")
    page.wait_for_selector(".search-results mark")
    wait_for(lambda: SearchWords.objects.filter(words="tiem", count=1, results=1).exists())


def test_without_scripts_the_form_searches_with_its_filters(scriptless: Any) -> None:
    make_article("Lịch tiêm chủng")
    page = scriptless
    page.goto("/tim-kiem")
    page.fill("#search-words", "tiêm chủng")
    page.click(".search-fields summary")
    page.select_option("#search-order", "moi-nhat")
    page.click(".search-fields button")
    page.wait_for_url("**sap-xep=moi-nhat**")
    expect(page.locator(".hit mark")).to_have_text("tiêm chủng")
