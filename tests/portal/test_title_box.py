"""The titles offered while somebody types: what goes wrong between two letters, in a browser.

The pattern, an editable combobox with a list: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIELD, OPTION = "#search-words", ".search-fields [role=option]"


@pytest.fixture
def typing(page: Any) -> Any:
    """The search page with titles for “tiem”, the first of them chosen."""
    make_article("Lịch tiêm chủng")
    make_article("Tiêm vắc-xin cho trẻ em")
    page.goto("/tim-kiem")
    page.focus(FIELD)
    page.keyboard.insert_text("tiem")  # at once: no titles for fewer letters come in between
    page.wait_for_selector(OPTION)
    page.keyboard.press("ArrowDown")
    assert chosen(page) == 1
    return page


def chosen(page: Any) -> int:
    """How many titles are chosen, for the eye and for a screen reader alike."""
    named = page.get_attribute(FIELD, "aria-activedescendant")
    marked = page.locator(f"{OPTION}[aria-selected=true]").count()
    assert bool(named) == bool(marked)
    return int(marked)


def test_further_letter_gives_the_choice_up_at_once(typing: Any) -> None:
    typing.route("**/tim-kiem/goi-y*", lambda route: None)  # the answer never comes
    typing.keyboard.press("c")
    assert chosen(typing) == 0
    typing.keyboard.press("Enter")
    typing.wait_for_url("**/tim-kiem?q=tiemc*")


@pytest.mark.parametrize("key", ["ArrowLeft", "ArrowRight", "Home", "End"])
def test_moving_in_the_field_gives_the_choice_up_and_keeps_the_titles(
    typing: Any, key: str
) -> None:
    typing.keyboard.press(key)
    assert chosen(typing) == 0
    assert typing.get_attribute(FIELD, "aria-expanded") == "true"


def test_titles_on_their_way_do_not_open_a_list_that_was_closed(typing: Any) -> None:
    held: list[Any] = []
    typing.route("**/tim-kiem/goi-y*", lambda route: held.append(route))
    with typing.expect_request("**/tim-kiem/goi-y?q=tiemc"):
        typing.keyboard.press("c")
    typing.keyboard.press("Escape")
    # Settled by the page itself, one way or the other, before anything is looked at.
    typing.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    for route in held:
        route.fulfill(json={"titles": [{"title": "Tiêm chủng", "url": "/"}]})
    typing.unroute("**/tim-kiem/goi-y*")
    typing.evaluate("() => fetch('/tim-kiem/goi-y?q=xx').then((answer) => answer.text())")
    assert typing.get_attribute(FIELD, "aria-expanded") == "false"
    assert typing.input_value(FIELD) == "tiemc"


def test_arrows_go_round_by_way_of_the_field(typing: Any) -> None:
    names = []
    for _ in range(3):
        option = typing.get_attribute(FIELD, "aria-activedescendant")
        names.append(typing.inner_text(f"#{option}") if option else None)
        typing.keyboard.press("ArrowUp")
    assert names[1] is None
    assert {names[0], names[2]} == {"Lịch tiêm chủng", "Tiêm vắc-xin cho trẻ em"}
