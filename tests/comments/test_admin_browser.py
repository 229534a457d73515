"""Moderators at work in a real browser: by keyboard, on a phone, in light and dark."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.utils import timezone

from comments import services
from comments.models import CannedReason, Comment, Decision
from portal.groups import MODERATORS
from tests.factories import make_article, make_comment
from tests.portal.test_browser import DESKTOP, PHONE, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Comment.Status
# A practice, not a rule: Django labels its search box by the picture of a lens.
LENS = "label-title-only"
QUEUE = "/admin/comments/comment/"


@pytest.fixture
def desk(page: Any, django_user_model: Any) -> Any:
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
    page.goto(f"/admin/login/?next={QUEUE}")
    page.fill("#id_username", "hoa")
    page.fill("#id_password", "password")
    page.press("#id_password", "Enter")
    page.wait_for_url(f"**{QUEUE}")
    return page


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_comments_are_decided_by_keyboard(desk: Any) -> None:
    first, _second, _third, fourth = Comment.objects.pending()
    # The second and third are picked; then the one that is stood on, where none is picked.
    press(desk, "j", "j", "x", "j", "x", "a")
    desk.get_by_text("Đã duyệt 2 bình luận.").wait_for()
    assert [*Comment.objects.pending()] == [first, fourth]
    press(desk, "j", "j", "k", "s")
    desk.get_by_text("Đã chuyển 1 bình luận vào thư rác.").wait_for()
    first.refresh_from_db()
    assert first.status == Status.SPAM

    press(desk, "j", "r")
    desk.get_by_role("radio", name="Không liên quan đến bài viết").focus()
    press(desk, " ")
    assert desk.locator("#id_message").input_value() == "Ý kiến chưa đúng chủ đề."
    assert desk.locator("#id_reason").input_value() == "off_topic"
    desk.locator("#id_message").press("Tab")
    desk.get_by_role("button", name="Từ chối bình luận").focus()
    press(desk, "Enter")
    desk.get_by_text("Đã từ chối 1 bình luận.").wait_for()
    decision = Decision.objects.get(action="reject")
    assert (decision.comment, decision.message) == (fourth, "Ý kiến chưa đúng chủ đề.")
    assert not Comment.objects.pending().exists()


def test_keys_rest_while_one_types_and_can_be_switched_off(desk: Any) -> None:
    desk.locator("#searchbar").focus()
    desk.keyboard.type("jjxasr")
    assert desk.locator("#searchbar").input_value() == "jjxasr"
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


def test_queue_works_without_javascript(desk: Any, browser: Any, site_url: str) -> None:
    context = browser.new_context(
        base_url=site_url, java_script_enabled=False, storage_state=desk.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(QUEUE)
    plain.locator("input.action-select").first.check()
    plain.get_by_role("button", name="Duyệt", exact=False).first.click()
    plain.get_by_text("Đã duyệt 1 bình luận.").wait_for()
    context.close()


def colour_violations(page: Any) -> list[str]:
    """What is wrong with the colours: nothing else changes with the scheme."""
    rules = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


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
        for size in (PHONE, DESKTOP):
            desk.set_viewport_size(size)
            desk.emulate_media(color_scheme="light", reduced_motion="reduce")
            if wrong := [v for v in violations(desk) if not v.startswith(LENS)]:
                found[f"{address}, light, {size['width']}"] = wrong
            desk.emulate_media(color_scheme="dark", reduced_motion="reduce")
            if wrong := colour_violations(desk):
                found[f"{address}, dark, {size['width']}"] = wrong
            wide = desk.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                found[f"{address}, {size['width']}"] = wide
    # The policy stops axe from styling what it measures.
    desk.problems[:] = [p for p in desk.problems if "Applying inline style" not in p]
    assert found == {}
