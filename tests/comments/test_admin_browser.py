"""Moderators at work in a real browser: by keyboard, on a phone, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from comments import services
from comments.models import CannedReason, Comment, Decision
from portal.groups import MODERATORS
from tests.accessibility import wrong_with
from tests.factories import make_article, make_comment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Comment.Status
# A practice, not a rule: Django labels its search box by the picture of a lens.
LENS = "label-title-only"
QUEUE = "/admin/comments/comment/"


@pytest.fixture
def desk(page: Any, django_user_model: Any, sign_in: Callable[[Any], None]) -> Any:
    """The queue of a moderator, with something to decide in it."""
    user = django_user_model.objects.create_user("hoa", password="password", is_staff=True)
    user.groups.add(Group.objects.get(name=MODERATORS))
    article = make_article("Khánh thành cầu Yên Hà sau 18 tháng thi công")
    CannedReason.objects.create(
        title="Không liên quan đến bài viết", reason="off_topic", text="Ý kiến chưa đúng chủ đề."
    )
    now = timezone.now()
    for n in range(4):
        text = f"Ý kiến thứ {n}: mong phường sớm sửa con đường này.\nĐồ ngốc <b>ạ</b>!"
        start = text.index("Đồ ngốc")
        make_comment(
            article,
            name=f"Bà Trần Thị Mận {n}",
            text=text,
            hold_reason="phrase",
            findings=[["phrase", start, start + 7]],
            network_hash="n" * 32,
            submitted_at=now - timedelta(hours=5 - n),
        )
    make_comment(article, status=Status.APPROVED, network_hash="n" * 32)
    sign_in(user)
    page.goto(QUEUE)
    return page


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def told(page: Any, sentence: str) -> None:
    """Wait for a page that says this, and for the script that listens for its keys."""
    page.get_by_text(sentence).wait_for()
    page.wait_for_load_state()


def test_comments_are_decided_by_keyboard(desk: Any) -> None:
    first, _second, _third, fourth = Comment.objects.pending()
    # The second and third are picked; then the one that is stood on, where none is picked.
    press(desk, "j", "j", "x", "j", "x", "a")
    told(desk, "Đã duyệt 2 bình luận.")
    assert [*Comment.objects.pending()] == [first, fourth]
    press(desk, "j", "j", "k", "s")
    told(desk, "Đã chuyển 1 bình luận vào thư rác.")
    first.refresh_from_db()
    assert first.status == Status.SPAM

    press(desk, "j", "r")
    canned = desk.get_by_role("radio", name="Không liên quan đến bài viết")
    canned.wait_for()
    desk.wait_for_load_state()
    canned.press(" ")
    expect(desk.locator("#id_message")).to_have_value("Ý kiến chưa đúng chủ đề.")
    expect(desk.locator("#id_reason")).to_have_value("off_topic")
    desk.get_by_role("button", name="Từ chối bình luận").press("Enter")
    desk.get_by_text("Đã từ chối 1 bình luận.").wait_for()
    decision = Decision.objects.get(action="reject")
    assert (decision.comment, decision.message) == (fourth, "Ý kiến chưa đúng chủ đề.")
    assert not Comment.objects.pending().exists()


def test_keys_rest_while_one_types_and_can_be_switched_off(desk: Any) -> None:
    desk.locator("#searchbar").focus()
    desk.keyboard.type("jjxasr")
    expect(desk.locator("#searchbar")).to_have_value("jjxasr")
    assert Comment.objects.pending().count() == 4

    desk.locator("#searchbar").press("Tab")
    press(desk, "?")
    switch = desk.get_by_role("checkbox", name="Dùng các phím tắt này")
    switch.wait_for()
    switch.uncheck()
    press(desk, "j", "a")
    desk.reload()
    press(desk, "j", "a", "?")
    assert not switch.is_visible()
    assert Comment.objects.pending().count() == 4

    desk.locator("#moderation-keys summary").click()
    assert not switch.is_checked()
    switch.check()
    press(desk, "j", "a")
    desk.get_by_text("Đã duyệt 1 bình luận.").wait_for()


def test_key_without_a_comment_says_what_to_do(desk: Any) -> None:
    press(desk, "a")
    desk.get_by_role("status").get_by_text("Vui lòng chọn bình luận trước.").wait_for()


def test_queue_works_without_javascript(desk: Any, open_page: Callable[..., Any]) -> None:
    plain = open_page(java_script_enabled=False, storage_state=desk.context.storage_state())
    plain.goto(QUEUE)
    plain.locator("input.action-select").first.check()
    plain.get_by_role("button", name="Duyệt", exact=False).first.click()
    plain.get_by_text("Đã duyệt 1 bình luận.").wait_for()


def test_desk_is_accessible_and_fits_a_phone_in_light_and_dark(desk: Any) -> None:
    comment = Comment.objects.pending().first()
    shown = Comment.objects.get(status=Status.APPROVED)
    report = services.report_comment(comment=shown, reason="insult", text="Xúc phạm tôi.")
    assert comment is not None
    addresses = [
        QUEUE,
        f"{QUEUE}{comment.pk}/change/",
        "/admin/comments/report/",
        f"/admin/comments/report/{report.pk}/handle/",
        "/admin/comments/listedphrase/",
    ]
    found: dict[str, Any] = {}
    for address in addresses:
        desk.goto(address)
        wrong = {
            where: listed
            for where, all_found in wrong_with(desk).items()
            if (listed := [each for each in all_found if not each.startswith(LENS)])
        }
        if wrong:
            found[address] = wrong
    assert found == {}


def test_radio_buttons_stand_beside_their_labels_on_a_phone(desk: Any) -> None:
    desk.set_viewport_size({"width": 360, "height": 740})
    desk.goto(QUEUE)
    desk.locator("input.action-select").first.check()
    desk.get_by_role("button", name="Từ chối…", exact=False).first.click()
    radios = desk.locator(".desk-choices input[type=radio]")
    radios.first.wait_for()
    widths = radios.evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert widths
    assert max(widths) <= 24
