"""The captcha in a real browser: by keyboard, by ear, without pictures, without a script."""

from __future__ import annotations

from typing import Any

import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import expect

from comments.captcha.challenges import Verdict, check_answer
from tests.accessibility import wrong_with
from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME, TEXT = "Nguyễn Văn An", "Mong phường sớm sửa đoạn đường trước cổng trường."


def open_form(page: Any, prefix: str = "", has_scripts: bool = True) -> None:
    page.goto(f"{prefix}/binh-luan/{make_article().pk}/gui")
    if has_scripts:
        # The page fetches this one after all others; until then the buttons send the form.
        script = page.get_attribute("[data-captcha-script]", "data-captcha-script")
        page.evaluate("script => import(script).then(() => null)", script)
    page.fill("[name=name]", NAME)
    page.fill("[name=text]", TEXT)


def typed(page: Any) -> tuple[str, str]:
    return page.input_value("[name=name]"), page.input_value("[name=text]")


def key(page: Any) -> str:
    return str(page.input_value("[name=captcha_key]"))


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.innerText"))


# Not wait_for_function: it would evaluate text in the page, which our policy forbids.
def wait_for_another(page: Any, *keys: str) -> None:
    """Wait until the form holds a challenge with none of these keys."""
    others = "".join(f':not([value="{each}"])' for each in keys)
    page.locator(f"[name=captcha_key]{others}").wait_for(state="attached")


def wait_for_focus(page: Any) -> None:
    """Wait until the reader stands in the box for the answer, or at the player before it."""
    page.locator("[name=captcha]:focus, audio:focus").wait_for()


def solve_by_keyboard(page: Any) -> Verdict:
    """Type the answer where the reader is, and let it be checked."""
    page.keyboard.type(CaptchaStore.objects.get(hashkey=key(page)).response)
    return check_answer(key(page), page.input_value("[name=captcha]"))


@pytest.mark.parametrize(
    ("button", "shown"),
    [
        ("Đổi mã khác", ".captcha__picture"),
        ("Nghe mã", ".captcha__sound"),
        ("Trả lời câu hỏi thay thế", ".captcha__question"),
    ],
)
def test_each_way_is_reached_and_solved_by_keyboard_alone(
    page: Any, button: str, shown: str
) -> None:
    open_form(page)
    first = key(page)
    page.focus("[name=captcha]")
    for _press in range(5):
        page.keyboard.press("Tab")
        if focused(page) in {button, "captcha_other"} and (
            page.evaluate("document.activeElement.innerText") == button
        ):
            break
    page.keyboard.press("Enter")
    wait_for_another(page, first)
    if shown == ".captcha__sound":
        # The player has the focus and is silent until play is pressed; the box comes after it.
        page.locator("audio:focus").wait_for()
        assert page.evaluate("document.querySelector('audio').paused")
        for _press in range(8):
            page.keyboard.press("Tab")
            if focused(page) == "captcha":
                break
    wait_for_focus(page)
    assert page.is_visible(shown)
    said = {
        ".captcha__question": "Đã có câu hỏi mới. Vui lòng trả lời.",
    }.get(shown, "Đã có mã mới. Vui lòng nhập mã.")
    assert page.inner_text(".captcha__status") == said
    assert typed(page) == (NAME, TEXT)
    assert not CaptchaStore.objects.filter(hashkey=first).exists()
    assert solve_by_keyboard(page) is Verdict.RIGHT


def test_ways_may_be_changed_again_and_again(page: Any) -> None:
    open_form(page)
    keys = {key(page)}
    for button in ("Nghe mã", "Trả lời câu hỏi thay thế", "Xem mã trong hình", "Đổi mã khác"):
        page.get_by_role("button", name=button).click()
        wait_for_another(page, *keys)
        keys.add(key(page))
    page.wait_for_selector(".captcha__picture")
    assert CaptchaStore.objects.count() == 1
    assert typed(page) == (NAME, TEXT)


def test_sound_is_played_by_the_browser(page: Any) -> None:
    open_form(page)
    page.get_by_role("button", name="Nghe mã").click()
    page.wait_for_selector("audio")
    length = page.evaluate(
        """async () => {
            const audio = document.querySelector("audio");
            audio.preload = "auto";
            audio.load();
            await new Promise((done, failed) => {
                audio.oncanplaythrough = done;
                audio.onerror = () => failed(audio.error.message);
            });
            return audio.duration;
        }"""
    )
    assert 4 < length < 14
    assert page.get_attribute("audio", "aria-label") == "Mã xác thực dạng âm thanh"


def test_captcha_is_solved_with_pictures_off(page: Any) -> None:
    page.route("**/*.png", lambda route: route.fulfill(status=200, content_type="image/png"))
    open_form(page)
    alt = page.get_attribute(".captcha__picture", "alt")
    assert "Trả lời câu hỏi thay thế" in alt
    page.get_by_role("button", name="Trả lời câu hỏi thay thế").click()
    page.wait_for_selector(".captcha__question")
    wait_for_focus(page)
    assert solve_by_keyboard(page) is Verdict.RIGHT


def test_refusal_to_renew_is_said_and_the_code_in_hand_stays(page: Any) -> None:
    page.forgiven.append("net::ERR_FAILED")  # the browser tells of the request that failed
    open_form(page)
    first = key(page)
    page.route("**/ma/moi", lambda route: route.abort())
    page.get_by_role("button", name="Đổi mã khác").click()
    page.locator(".captcha__status", has_text="Không lấy được mã mới. Vui lòng thử lại.").wait_for()
    assert key(page) == first


def test_screen_reader_finds_names_and_descriptions(page: Any) -> None:
    open_form(page)
    page.get_by_role("button", name="Trả lời câu hỏi thay thế").click()
    page.wait_for_selector(".captcha__question")
    tree = page.locator(".captcha-field").aria_snapshot()
    for line in (
        '- textbox "Mã xác thực (*)"',
        '- button "Đổi mã khác"',
        '- button "Nghe mã"',
        '- button "Xem mã trong hình"',
        "- status",
    ):
        assert line in tree, tree
    assert "question" not in tree
    described = page.evaluate(
        """document.querySelector("[name=captcha]").getAttribute("aria-describedby").split(" ")
            .map(id => document.getElementById(id).innerText.trim()).join(" | ")"""
    )
    question = page.inner_text(".captcha__question")
    assert described == f"{question} | Trả lời câu hỏi ở trên bằng chữ số hoặc bằng chữ."


@pytest.mark.parametrize("button", ["", "Nghe mã", "Trả lời câu hỏi thay thế"])
def test_axe_finds_nothing_to_say_in_light_and_dark(page: Any, button: str) -> None:
    open_form(page)
    if button:
        page.get_by_role("button", name=button).click()
        wait_for_focus(page)
    assert wrong_with(page, {"width": 320, "height": 700}, within=".captcha-field") == {}


def test_without_a_script_the_buttons_keep_what_was_typed(scriptless: Any) -> None:
    open_form(scriptless, has_scripts=False)
    for button, shown in (
        ("Nghe mã", ".captcha__sound"),
        ("Trả lời câu hỏi thay thế", ".captcha__question"),
        ("Xem mã trong hình", ".captcha__picture"),
        ("Đổi mã khác", ".captcha__picture"),
    ):
        old = key(scriptless)
        scriptless.get_by_role("button", name=button).click()
        wait_for_another(scriptless, old)
        scriptless.wait_for_selector(shown)
        scriptless.locator("[name=captcha]:focus").wait_for()  # autofocus follows the painting
        assert typed(scriptless) == (NAME, TEXT)
        assert not scriptless.locator(".field-error").count()
        assert not CaptchaStore.objects.filter(hashkey=old).exists()
    assert solve_by_keyboard(scriptless) is Verdict.RIGHT


def test_return_in_a_box_sends_the_form_and_changes_no_code(scriptless: Any) -> None:
    open_form(scriptless, has_scripts=False)
    old = key(scriptless)
    scriptless.forgiven.append("status of 400")
    scriptless.press("[name=name]", "Enter")
    expect(scriptless.locator(".captcha-field .field-error")).to_have_text(
        "Vui lòng nhập mã xác thực."
    )
    wait_for_another(scriptless, old)
    assert typed(scriptless) == (NAME, TEXT)


def test_captcha_speaks_english_below_en(page: Any) -> None:
    open_form(page, "/en")
    page.get_by_role("button", name="Answer a question instead").click()
    page.wait_for_selector(".captcha__question")
    assert page.inner_text(".captcha__question").isascii()
