"""Commenting in a real browser: without JavaScript, by keyboard, with a screen reader, by phone."""

from __future__ import annotations

from typing import Any

import pytest
from captcha.models import CaptchaStore
from django.utils import timezone
from playwright.sync_api import expect

from comments.models import Comment, CommentSettings, ConsentText
from news.models import Article
from tests.accessibility import violations, wrong_with
from tests.comments.sending import TEXT
from tests.factories import make_article, make_comment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 640}
# The browser notes a refusal in its console, as of any address.
REFUSED = "the server responded with a status of 400 (Bad Request)"
DONE = "Gửi thành công. Bình luận của bạn sẽ hiển thị sau khi được kiểm duyệt."


@pytest.fixture
def article() -> Article:
    CommentSettings.objects.create(
        seconds_to_fill_in=0, seconds_between=0, controller="Ủy ban nhân dân phường Yên Hà"
    )
    ConsentText.objects.create(
        version=1,
        text="Tôi đồng ý để Ủy ban nhân dân phường Yên Hà xử lý họ tên, thư điện tử của tôi.",
        valid_from=timezone.now(),
    )
    article = make_article("Đường mới trước cổng trường")
    root = make_comment(article, name="Trần Thị Mận", status="approved")
    make_comment(article, parent=root, name="Lê Văn Quýt", status="approved")
    return article


def answer(page: Any) -> str:
    """The right answer to the captcha on the page, as its picture shows it."""
    key = page.locator('[name="captcha_key"]').input_value()
    return CaptchaStore.objects.get(hashkey=key).response


def test_reader_comments_without_javascript(scriptless: Any, article: Article) -> None:
    page = scriptless
    page.forgiven.append(REFUSED)
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Gửi bình luận của bạn").click()
    page.get_by_label("Nội dung").fill(TEXT)
    page.get_by_label("Mã xác thực (*)").fill("sai")
    page.get_by_role("button", name="Gửi bình luận").click()
    for sentence in (
        "Bạn chưa nhập họ và tên.",
        "Bạn cần đồng ý trước khi gửi.",
        "Mã xác thực không đúng.",
    ):
        page.get_by_role("alert").first.get_by_text(sentence).wait_for()
    assert page.get_by_label("Nội dung").input_value() == TEXT
    page.get_by_label("Họ và tên").fill("Nguyễn Văn An")
    page.get_by_label("Tôi đồng ý để Ủy ban nhân dân phường Yên Hà").check()
    page.get_by_label("Mã xác thực (*)").fill(answer(page))
    page.get_by_role("button", name="Gửi bình luận").click()
    page.get_by_text(DONE).wait_for()
    page.wait_for_url("**/binh-luan/trang-thai/**")
    assert Comment.objects.latest("pk").name == "Nguyễn Văn An"


def test_reader_replies_by_keyboard_alone(page: Any, article: Article) -> None:
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Trả lời – Trần Thị Mận").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Trả lời Trần Thị Mận").wait_for()
    assert "Trả lời Trần Thị Mận" in page.evaluate("document.activeElement.textContent")

    def type_into(label: str, words: str) -> None:
        for _step in range(20):
            page.keyboard.press("Tab")
            if label in page.evaluate(
                "[...(document.activeElement.labels ?? [])].map(l => l.textContent).join()"
            ):
                page.keyboard.type(words)
                return
        raise AssertionError(f"no way to {label}")

    type_into("Họ và tên", "Nguyễn Văn An")
    type_into("Thư điện tử", "an@example.vn")
    type_into("Nội dung", TEXT)
    type_into("Mã xác thực", answer(page))
    type_into("Tôi đồng ý", " ")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.textContent").strip() != "Gửi bình luận":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text(DONE).wait_for()
    assert DONE in page.evaluate("document.activeElement.textContent")
    # In its place: the reader is still at the article.
    assert page.url.endswith(article.get_absolute_url())
    reply = Comment.objects.latest("pk")
    assert reply.parent
    assert reply.parent.name == "Trần Thị Mận"


def test_refusal_in_place_keeps_the_words_and_takes_the_focus(page: Any, article: Article) -> None:
    page.forgiven.append(REFUSED)
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Gửi bình luận của bạn").click()
    page.get_by_label("Nội dung").fill(TEXT)
    first = page.locator('[name="captcha_key"]').input_value()
    page.get_by_label("Mã xác thực (*)").fill("sai")
    page.get_by_role("button", name="Gửi bình luận").click()
    page.get_by_text("Chưa gửi được:").wait_for()
    assert "Mã xác thực không đúng." in page.evaluate("document.activeElement.textContent")
    assert page.get_by_label("Nội dung").input_value() == TEXT
    assert page.locator('[name="captcha_key"]').input_value() != first
    assert not Comment.objects.filter(text=TEXT).exists()
    page.emulate_media(reduced_motion="reduce")
    assert violations(page) == []
    page.get_by_label("Họ và tên").fill("Nguyễn Văn An")
    page.get_by_label("Tôi đồng ý").check()
    page.get_by_label("Mã xác thực (*)").fill(answer(page))
    page.get_by_role("button", name="Gửi bình luận").click()
    page.get_by_text(DONE).wait_for()
    assert Comment.objects.filter(text=TEXT).count() == 1


def test_answer_that_is_no_form_leaves_what_was_typed(page: Any, article: Article) -> None:
    """An error page of the site, or of a proxy before it, is not put in the form's place."""
    page.forgiven.append("status of 502")
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Gửi bình luận của bạn").click()
    page.get_by_label("Nội dung").fill(TEXT)
    page.route(
        "**/gui",
        lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway"),
    )
    page.get_by_role("button", name="Gửi bình luận").click()
    page.get_by_text("Chưa gửi được. Nội dung bạn viết vẫn còn đây: vui lòng thử lại.").wait_for()
    assert page.get_by_label("Nội dung").input_value() == TEXT
    assert page.get_by_text("Bad gateway").count() == 0


def test_refusal_on_the_page_of_the_form_offers_no_way_to_lose_it(
    page: Any, article: Article
) -> None:
    page.forgiven.append(REFUSED)
    page.goto(f"/binh-luan/{article.pk}/gui")
    page.get_by_label("Nội dung").fill(TEXT)
    page.get_by_role("button", name="Gửi bình luận").click()
    page.get_by_text("Chưa gửi được:").wait_for()
    expect(page.get_by_label("Nội dung")).to_have_value(TEXT)
    expect(page.get_by_role("button", name="Đóng", exact=True)).to_have_count(0)


def test_counter_counts_composed_letters_and_speaks_politely(page: Any, article: Article) -> None:
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Gửi bình luận của bạn").click()
    page.get_by_text("Còn 2.000 ký tự").first.wait_for()
    page.get_by_label("Nội dung").fill("e\u0302\u0301" * 1000)
    page.get_by_text("Còn 1.000 ký tự").first.wait_for()
    page.locator('[role="status"]', has_text="Còn 1.000 ký tự").wait_for(state="attached")
    page.get_by_label("Nội dung").fill("😀" * 2001)
    page.get_by_text("Thừa 1 ký tự").first.wait_for()


def test_screen_reader_finds_names_descriptions_and_the_list(page: Any, article: Article) -> None:
    page.goto(f"/binh-luan/{article.pk}/gui")
    tree = page.locator("form.comment-form").aria_snapshot()
    for line in (
        'textbox "Họ và tên (*)"',
        'textbox "Thư điện tử (không hiển thị công khai)"',
        'textbox "Nội dung (*)"',
        'textbox "Mã xác thực (*)"',
        'checkbox "Tôi đồng ý để Ủy ban nhân dân phường Yên Hà xử lý họ tên, thư điện tử của tôi',
        'button "Gửi bình luận"',
    ):
        assert line in tree
    assert "Để trống ô này" not in tree
    page.goto(article.get_absolute_url())
    section = page.get_by_role("region", name="Bình luận (2)")
    assert section.get_by_role("list").count() == 2
    assert section.get_by_role("link", name="Báo vi phạm – Lê Văn Quýt").count() == 1


def test_form_list_and_status_page_are_accessible_and_fit_a_phone(
    page: Any, article: Article
) -> None:
    root = Comment.objects.earliest("pk")
    wrong: dict[str, Any] = {}
    for address in (
        article.get_absolute_url(),
        f"/binh-luan/{article.pk}/",
        f"/binh-luan/{article.pk}/gui?tra-loi={root.pk}",
        f"/binh-luan/{article.pk}/{root.pk}/",
        f"/binh-luan/{article.pk}/{root.pk}/bao-vi-pham",
    ):
        page.goto(address)
        if found := wrong_with(page, NARROW):
            wrong[address] = found
    assert wrong == {}
    page.goto(f"/binh-luan/{article.pk}/gui")
    page.get_by_label("Họ và tên").fill("Nguyễn Văn An")
    page.get_by_label("Nội dung").fill(TEXT)
    page.get_by_label("Tôi đồng ý").check()
    page.get_by_label("Mã xác thực (*)").fill(answer(page))
    page.get_by_role("button", name="Gửi bình luận").click()
    page.get_by_role("link", name="Theo dõi, sửa hoặc rút lại bình luận của bạn").click()
    page.get_by_role("button", name="Lưu nội dung").wait_for()
    page.wait_for_load_state()
    assert wrong_with(page, NARROW) == {}
    page.locator("summary", has_text="Rút lại bình luận").click()
    page.get_by_role("button", name="Rút lại bình luận").click()
    page.get_by_text("Bạn đã rút lại bình luận này.").wait_for()
