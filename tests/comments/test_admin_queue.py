"""The moderation queue: what it shows, and what is decided there."""

from __future__ import annotations

import html
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.admin.display import diff_html, mark_findings
from comments.deadlines import format_age, format_duration
from comments.models import Block, CannedReason, Comment, Decision, Report
from portal.groups import EDITORS, MODERATORS, WRITERS
from tests.contention import at_once
from tests.factories import make_article, make_category, make_comment

pytestmark = pytest.mark.django_db

Status = Comment.Status
QUEUE = "/admin/comments/comment/"
DECIDE = "/admin/comments/comment/decide/"


def staff(django_user_model: Any, group: str, name: str = "kiemduyet") -> Any:
    user = django_user_model.objects.create_user(name, password="password", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def moderator(django_user_model: Any) -> Any:
    return staff(django_user_model, MODERATORS)


@pytest.fixture
def desk(moderator: Any, client: Client) -> Client:
    client.force_login(moderator)
    return client


def page_of(comment: Comment) -> str:
    return reverse("admin:comments_comment_change", args=[comment.pk])


def decide(
    client: Client, decision: str, *comments: Comment, follow: bool = True, **fields: Any
) -> Any:
    data = {"decision": decision, "_selected_action": [c.pk for c in comments], **fields}
    return client.post(DECIDE, data, follow=follow)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def listed(answer: Any) -> list[Comment]:
    return list(answer.context["cl"].result_list)


# --- What is shown ------------------------------------------------------------------------------


def test_queue_opens_with_what_waits_longest_first(desk: Client) -> None:
    article = make_article()
    first, second = make_comment(article), make_comment(article)
    make_comment(article, status=Status.APPROVED)
    assert listed(desk.get(QUEUE)) == [first, second]
    assert len(listed(desk.get(f"{QUEUE}?status=all"))) == 3
    assert len(listed(desk.get(f"{QUEUE}?status=approved"))) == 1
    assert listed(desk.get(f"{QUEUE}?status=nonsense")) == [first, second]


def test_queue_shows_the_whole_text_why_it_waits_and_the_phrase_marked(desk: Client) -> None:
    text = "Mong phường sửa đường. " * 20 + "Đồ ngốc!"
    start = text.index("Đồ ngốc")
    make_comment(
        make_article("Khánh thành cầu"),
        text=text,
        hold_reason="phrase",
        findings=[["phrase", start, start + 7]],
    )
    page = desk.get(QUEUE).content.decode()
    assert ">Đồ ngốc</mark>!" in page
    assert page.count("Mong phường sửa đường.") >= 20
    assert "Khánh thành cầu" in page


@pytest.mark.parametrize(
    ("text", "findings", "shown"),
    [
        ("abc def", [], "abc def"),
        ("abc <b>", [["link", 4, 7]], 'abc <mark title="một liên kết">&lt;b&gt;</mark>'),
        ("abcdef", [["x", 1, 3], ["y", 2, 4]], 'a<mark title="x, y">bcd</mark>ef'),
        ("abc", [["capitals", 0, 3]], "abc"),
        ("abc", [["x", 2, 99], ["x", -5, 1], ["x", 3, 2]], 'a'),
    ],
)  # fmt: skip
def test_findings_are_marked_within_escaped_text(text: str, findings: Any, shown: str) -> None:
    out = mark_findings(text, findings)
    if shown == "a":
        assert html.unescape(out).replace('<mark title="x">', "").replace("</mark>", "") == text
    else:
        assert out.replace(str(Comment.HoldReason.LINK.label), "một liên kết") == shown


def test_hostile_text_is_shown_as_text(desk: Client) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7|add:7 }}'
    comment = make_comment(
        make_article(), name="<i>Tên</i>", text=evil, sent_text=evil + " <u>",
        corrected_at=timezone.now(), findings=[["phrase", 0, 8]],
    )  # fmt: skip
    reply = make_comment(comment.article, parent=comment, text=evil)
    Report.objects.create(
        comment=comment, reason="insult", text=evil,
        received_at=timezone.now(), due_at=timezone.now() + timedelta(hours=48),
    )  # fmt: skip
    pages = [QUEUE, page_of(comment), page_of(reply), "/admin/comments/report/"]
    for address in pages:
        page = desk.get(address).content.decode()
        assert "&lt;img src=x onerror=alert(2)&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<i>Tên" not in page


def test_queue_tells_what_was_decided_of_the_same_sender_before(desk: Client) -> None:
    article = make_article()
    for status in (Status.APPROVED, Status.APPROVED, Status.REJECTED, Status.PENDING):
        make_comment(article, email="a@example.org", network_hash="n1", status=status)
    make_comment(article, email="b@example.org", network_hash="n1", status=Status.SPAM)
    [comment] = listed(desk.get(QUEUE))
    told = dict(comment.decided_before)
    assert list(told.values()) == [
        "đã duyệt: 2, từ chối: 1",
        "đã duyệt: 2, từ chối: 1, thư rác: 1",
    ]


def test_a_decided_comment_does_not_count_itself_as_history(desk: Client) -> None:
    make_comment(make_article(), email="a@example.org", status=Status.APPROVED)
    [comment] = listed(desk.get(f"{QUEUE}?status=approved"))
    assert comment.decided_before == []


def test_queue_is_found_by_name_and_text_and_narrowed_by_filters(desk: Client) -> None:
    category = make_category("Đô thị")
    other = make_article(category=make_category("Y tế"))
    inside = make_comment(make_article(category=category), name="Bà Mận", hold_reason="link")
    outside = make_comment(other, text="Xin hỏi giờ làm việc của trạm y tế.")
    Report.objects.create(
        comment=inside, reason="insult",
        received_at=timezone.now(), due_at=timezone.now() + timedelta(hours=48),
    )  # fmt: skip
    cases = {
        "q=bà mận": [inside],
        "q=trạm y tế": [outside],
        f"category={category.pk}": [inside],
        "category=abc": [inside, outside],
        "hold_reason__exact=link": [inside],
        "reported=open": [inside],
        "reported=any": [inside],
        "is_official__exact=1": [],
        f"article__id__exact={other.pk}": [outside],
    }
    for query, expected in cases.items():
        assert listed(desk.get(f"{QUEUE}?{query}")) == expected, query


def test_queue_costs_the_same_statements_however_much_waits(desk: Client) -> None:
    article = make_article()

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as few:
            desk.get(QUEUE)
        return len(few)

    def fill(count: int) -> None:
        for n in range(count):
            comment = make_comment(article, email=f"a{n}@example.org", network_hash=f"n{n % 7}")
            if n % 3 == 0:
                Report.objects.create(
                    comment=comment, reason="insult",
                    received_at=timezone.now(), due_at=timezone.now() + timedelta(hours=48),
                )  # fmt: skip

    fill(5)
    desk.get(QUEUE)
    with_5 = cost()
    fill(195)
    assert cost() == with_5
    assert with_5 <= 14


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "0 phút"),
        (timedelta(minutes=59), "59 phút"),
        (timedelta(hours=5, minutes=20), "5 giờ 20 phút"),
        (timedelta(days=2, hours=3, minutes=9), "2 ngày 3 giờ"),
        (-timedelta(hours=1), "1 giờ"),
    ],
)
def test_span_is_spelled_in_its_two_largest_units(span: timedelta, words: str) -> None:
    assert format_duration(span) == words


def test_age_is_told_from_now() -> None:
    now = timezone.now()
    assert format_age(now - timedelta(minutes=5), now) == "5 phút trước"


def test_correction_is_shown_word_by_word() -> None:
    assert diff_html("con đuờng <nay>", "con đường <này>") == (
        "con <del>đuờng</del><ins>đường</ins> &lt;<del>nay</del><ins>này</ins>&gt;"
    )


def test_states_have_the_words_of_a_vietnamese_office() -> None:
    words = ["chờ duyệt", "đã duyệt", "từ chối", "thư rác", "đã ẩn"]
    assert [str(label) for label in Status.labels] == words


# --- Deciding -----------------------------------------------------------------------------------


def test_comments_are_approved_at_once_with_who_and_when(desk: Client, moderator: Any) -> None:
    comments = [make_comment(make_article()) for _n in range(3)]
    answer = decide(desk, "approve", *comments)
    assert Comment.objects.filter(status=Status.APPROVED).count() == 3
    decision = Decision.objects.first()
    assert decision is not None
    assert (decision.by, decision.action, decision.to_status) == (moderator, "approve", "approved")
    assert said(answer) == ["Đã duyệt 3 bình luận."]


def test_rejecting_asks_for_the_reason_first(desk: Client) -> None:
    comment = make_comment(make_article())
    answer = decide(desk, "reject", comment)
    assert answer.templates[0].name == "admin/comments/ask.html"
    comment.refresh_from_db()
    assert comment.status == Status.PENDING
    answer = decide(desk, "reject", comment, asked="1", reason="")
    assert "reason" in answer.context["form"].errors
    decide(desk, "reject", comment, asked="1", reason="insult", message="Xin giữ lời lẽ.", note="x")
    decision = comment.decisions.get()
    assert (decision.action, decision.reason) == ("reject", "insult")
    assert (decision.message, decision.note) == ("Xin giữ lời lẽ.", "x")


def test_canned_reason_fills_in_what_is_left_blank(desk: Client) -> None:
    canned = CannedReason.objects.create(title="Lạc đề", reason="off_topic", text="Bài nói khác.")
    first, second = make_comment(make_article()), make_comment(make_article())
    decide(desk, "reject", first, asked="1", canned=canned.pk)
    decide(
        desk, "reject", second, asked="1", canned=canned.pk, reason="insult", message="Lời khác."
    )
    told = [(d.reason, d.message) for d in Decision.objects.order_by("pk")]
    assert told == [("off_topic", "Bài nói khác."), ("insult", "Lời khác.")]


@pytest.mark.parametrize(
    ("before", "decision", "after"),
    [
        (Status.PENDING, "spam", Status.SPAM),
        (Status.APPROVED, "spam", Status.SPAM),
        (Status.APPROVED, "remove", Status.REMOVED),
        (Status.REJECTED, "restore", Status.PENDING),
        (Status.SPAM, "restore", Status.PENDING),
        (Status.REMOVED, "restore", Status.APPROVED),
    ],
)
def test_each_decision_leads_where_it_says(
    before: str, decision: str, after: str, desk: Client
) -> None:
    published = timezone.now() if before == Status.REMOVED else None
    comment = make_comment(make_article(), status=before, **(
        {"published_at": published} if published else {}
    ))  # fmt: skip
    decide(desk, decision, comment, asked="1", reason="advertising")
    comment.refresh_from_db()
    assert comment.status == after
    assert comment.decisions.count() == 1


def test_it_is_told_who_was_here_first_and_what_they_decided(
    desk: Client, django_user_model: Any
) -> None:
    from comments import services

    other = staff(django_user_model, MODERATORS, "lan")
    first, second = make_comment(make_article(), name="Ông Tư"), make_comment(make_article())
    seen = f"{first.pk}-pending,{second.pk}-pending"
    services.reject_comment(comment=first, by=other, reason="insult")
    answer = decide(desk, "approve", first, second, seen=seen)
    done, left = said(answer)
    assert done == "Đã duyệt 1 bình luận."
    assert "Ông Tư" in left
    assert "lan" in left
    first.refresh_from_db()
    assert first.status == Status.REJECTED


def test_spam_is_not_put_over_an_approval_that_the_moderator_did_not_see(
    desk: Client, admin_user: Any
) -> None:
    from comments import services

    comment = make_comment(make_article())
    services.approve_comment(comment=comment, by=admin_user)
    decide(desk, "spam", comment, seen=f"{comment.pk}-pending")
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


@pytest.mark.parametrize("decision", ["approve", "reject", "spam"])
def test_words_that_were_changed_after_the_look_are_not_decided_on(
    desk: Client, decision: str
) -> None:
    """A sender may amend for a quarter of an hour: what is published was read by somebody."""
    comment = make_comment(make_article(), text="Đường mới rất đẹp, cảm ơn phường.")
    seen = desk.get(QUEUE).context["seen"]
    Comment.objects.update(text="Lời lẽ mà chưa ai đọc bao giờ.")
    answer = decide(desk, decision, comment, seen=seen, asked="1", reason="insult")
    assert "Nội dung đã thay đổi sau khi bạn xem" in said(answer)[0]
    assert Comment.objects.get().status == Status.PENDING
    fresh = desk.get(page_of(comment)).context["seen"]
    decide(desk, decision, comment, seen=fresh, asked="1", reason="insult")
    assert Comment.objects.get().status != Status.PENDING


def test_correction_of_words_that_were_changed_after_the_look_is_refused(desk: Client) -> None:
    comment = make_comment(make_article(), text="Con đuờng này hỏng rồi.")
    address = reverse("admin:comments_comment_correct", args=[comment.pk])
    page = desk.get(address).content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert seen
    Comment.objects.update(text="Người gửi đã viết lại khác hẳn.")
    answer = desk.post(address, {"text": "Con đường này hỏng rồi.", "seen": seen})
    assert "Nội dung đã thay đổi" in str(answer.context["form"].non_field_errors())
    assert Comment.objects.get().text == "Người gửi đã viết lại khác hẳn."


def test_the_list_comes_back_as_it_was_filtered(desk: Client) -> None:
    comment = make_comment(make_article())
    answer = decide(desk, "approve", comment, back="status=all&q=x")
    assert answer.redirect_chain == [(f"{QUEUE}?status=all&q=x", 302)]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"decision": "explode", "_selected_action": "1"},
        {"decision": "approve", "_selected_action": ["1", "abc"]},
        {"decision": "approve", "_selected_action": ["1"] * 300},
        {"decision": "approve", "_selected_action": ["9" * 30]},
    ],
)
def test_a_form_that_nobody_was_shown_is_a_bad_request(data: Any, desk: Client) -> None:
    assert desk.post(DECIDE, data).status_code == 400


@pytest.mark.parametrize(
    "seen", ["", "x", "1-", "1-nonsense", "-,-,-", "99999999999999999999-pending"]
)
def test_odd_memory_of_what_was_seen_does_no_harm(seen: str, desk: Client) -> None:
    comment = make_comment(make_article())
    assert decide(desk, "approve", comment, seen=seen).status_code == 200
    assert Comment.objects.get().status == Status.APPROVED


def test_nothing_picked_is_said_in_words(desk: Client) -> None:
    assert said(decide(desk, "approve")) == ["Vui lòng chọn bình luận trước."]
    assert desk.get(DECIDE).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_have_one_outcome_each(django_user_model: Any) -> None:
    comments = [make_comment(make_article()) for _n in range(6)]
    words = {
        "seen": ",".join(f"{c.pk}-pending" for c in comments),
        "asked": "1",
        "reason": "insult",
    }
    clients = {"an": Client(), "binh": Client()}
    for name, client in clients.items():
        client.force_login(staff(django_user_model, EDITORS, name))

    def work(name: str, decision: str) -> None:
        decide(clients[name], decision, *comments, follow=False, **words)

    at_once([partial(work, "an", "approve"), partial(work, "binh", "reject")])
    # One after the other: a test client takes the pages of all threads for those of its own.
    answers = {name: said(client.get(QUEUE)) for name, client in clients.items()}

    assert Decision.objects.count() == 6
    by = {name: Decision.objects.filter(by__username=name).count() for name in ("an", "binh")}
    for comment in Comment.objects.all():
        [decision] = comment.decisions.all()
        assert decision.to_status == comment.status
    for name, count in by.items():
        if count < 6:
            assert answers[name][-1].startswith(f"Giữ nguyên: {6 - count}.")


# --- The page of one comment --------------------------------------------------------------------


def test_page_of_a_comment_shows_the_course_of_things(desk: Client, moderator: Any) -> None:
    comment = make_comment(make_article(), email="man@example.org")
    decide(desk, "approve", comment)
    decide(desk, "remove", comment, asked="1", reason="insult", note="Theo đơn số 5")
    page = desk.get(page_of(comment)).content.decode()
    assert "man@example.org" in page
    for words in ("kiemduyet", "Theo đơn số 5", "đã duyệt", "xúc phạm"):
        assert words in page
    assert 'name="status"' not in page
    assert 'name="text"' not in page


def test_what_is_typed_over_a_comment_is_not_saved(admin_client: Client) -> None:
    comment = make_comment(make_article())
    answer = admin_client.post(page_of(comment), {"text": "Khác hẳn đi", "status": "approved"})
    assert answer.status_code == 403
    assert Comment.objects.get().text == comment.text


def test_spelling_is_corrected_and_what_was_sent_is_kept(desk: Client) -> None:
    comment = make_comment(make_article(), text="Con đuờng này hỏng rồi.", status=Status.APPROVED)
    address = reverse("admin:comments_comment_correct", args=[comment.pk])
    assert "Con đuờng này hỏng rồi.</textarea>" in desk.get(address).content.decode()
    desk.post(address, {"text": "Con đường này hỏng rồi.", "note": ""})
    comment.refresh_from_db()
    assert (comment.text, comment.sent_text) == (
        "Con đường này hỏng rồi.",
        "Con đuờng này hỏng rồi.",
    )
    assert "<del>đuờng</del><ins>đường</ins>" in desk.get(page_of(comment)).content.decode()
    again = desk.post(address, {"text": "Con đường này hỏng rồi."})
    assert again.context["form"].non_field_errors()


def test_agency_answers_officially(desk: Client, moderator: Any) -> None:
    comment = make_comment(make_article(), status=Status.APPROVED)
    address = reverse("admin:comments_comment_answer", args=[comment.pk])
    desk.post(address, {"text": "Phường đã ghi nhận."})
    answer = Comment.objects.get(is_official=True)
    assert (answer.parent, answer.staff, answer.status) == (comment, moderator, Status.APPROVED)


def test_sender_is_blocked_by_what_is_known_and_the_block_is_lifted(desk: Client) -> None:
    comment = make_comment(make_article(), email="a@example.org", network_hash="n" * 32)
    address = reverse("admin:comments_comment_block", args=[comment.pk])
    form = {"kinds": ["email", "network"], "days": "7", "reason": "Quảng cáo nhiều lần"}
    desk.post(address, form)
    assert sorted(Block.objects.values_list("kind", flat=True)) == ["email", "network"]
    page = desk.get(page_of(comment)).content.decode()
    assert "Quảng cáo nhiều lần" in page
    blocks = "/admin/comments/block/"
    assert "Quảng cáo nhiều lần" in desk.get(blocks).content.decode()
    chosen = list(Block.objects.values_list("pk", flat=True))
    data = {"action": "lift", "_selected_action": chosen, "index": "0"}
    assert said(desk.post(blocks, data, follow=True)) == ["Đã gỡ 2 lệnh chặn."]
    assert not Block.objects.exists()


def test_a_block_needs_a_kind_a_time_and_a_reason(desk: Client) -> None:
    comment = make_comment(make_article(), network_hash="n" * 32)
    address = reverse("admin:comments_comment_block", args=[comment.pk])
    answer = desk.post(address, {"kinds": ["email"], "days": "0", "reason": " "})
    assert set(answer.context["form"].errors) == {"kinds", "days", "reason"}
    assert not Block.objects.exists()


@pytest.mark.parametrize("page", ["correct", "answer", "block", "authority"])
def test_steps_of_a_comment_that_is_not_there_are_not_found(page: str, desk: Client) -> None:
    assert desk.get(f"/admin/comments/comment/999/{page}/").status_code == 404


# --- Who may do what ----------------------------------------------------------------------------


def test_a_writer_sees_nothing_of_it(django_user_model: Any, client: Client) -> None:
    comment = make_comment(make_article())
    client.force_login(staff(django_user_model, WRITERS))
    pages = [QUEUE, page_of(comment), "/admin/comments/report/", "/admin/comments/listedphrase/"]
    steps = [f"{QUEUE}{comment.pk}/{name}/" for name in ("correct", "answer", "block", "authority")]
    for address in [*pages, *steps, f"{QUEUE}sender/"]:
        assert client.get(address).status_code == 403, address
    assert decide(client, "approve", comment).status_code == 403
    page = client.get("/admin/").content.decode()
    assert "desk-bell" not in page
    assert "/admin/comments/" not in page
    assert Comment.objects.get().status == Status.PENDING


def test_who_may_only_view_decides_nothing(django_user_model: Any, client: Client) -> None:
    user = django_user_model.objects.create_user("xem", password="password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_comment"))
    client.force_login(user)
    comment = make_comment(make_article())
    page = client.get(QUEUE).content.decode()
    assert comment.text in page
    assert 'name="decision"' not in page
    assert 'name="decision"' not in client.get(page_of(comment)).content.decode()
    assert decide(client, "approve", comment).status_code == 403


def test_a_moderator_has_the_desk_and_no_more(desk: Client) -> None:
    for model in ("comment", "report", "listedphrase", "cannedreason", "block", "consenttext"):
        assert desk.get(f"/admin/comments/{model}/").status_code == 200, model
    for address in ("/admin/news/article/", "/admin/portal/user/", f"{QUEUE}sender/"):
        assert desk.get(address).status_code == 403, address


# --- The bell and the newsroom ------------------------------------------------------------------


def test_the_bell_of_every_page_counts_what_waits(desk: Client) -> None:
    make_comment(make_article())
    reported = make_comment(make_article(), status=Status.APPROVED)
    now = timezone.now()
    Report.objects.create(
        comment=reported, reason="insult",
        received_at=now - timedelta(hours=50), due_at=now - timedelta(hours=2),
    )  # fmt: skip
    for address in ("/admin/", QUEUE, "/admin/comments/listedphrase/"):
        page = desk.get(address).content.decode()
        assert "Bình luận chờ duyệt: <strong>1</strong>" in page
        assert "quá hạn: 1" in page


def test_the_bell_is_one_statement(desk: Client) -> None:
    desk.get("/admin/")
    with CaptureQueriesContext(connection) as statements:
        desk.get("/admin/")
    assert len([s for s in statements if "comments_comment" in s["sql"]]) == 1


def test_list_of_articles_shows_what_waits_in_one_statement(admin_client: Client) -> None:
    article = make_article("Có bình luận")
    make_article("Không có")
    for _n in range(3):
        make_comment(article)
    address = "/admin/news/article/"
    with CaptureQueriesContext(connection) as statements:
        page = admin_client.get(address).content.decode()
    assert f'{QUEUE}?article__id__exact={article.pk}">3</a>' in page
    assert len([s for s in statements if '"comments_comment"' in s["sql"]]) == 1


def test_comments_are_opened_and_closed_where_the_category_is(admin_client: Client) -> None:
    from comments.models import CommentSwitch

    category = make_category("Tin phường")
    address = reverse("admin:news_category_change", args=[category.pk])
    form = {"name": "Tin phường", "slug": "tin-phuong", "position": "0"}
    count = {"comment_switch-TOTAL_FORMS": "1", "comment_switch-MAX_NUM_FORMS": "1"}
    new = {**form, **count, "comment_switch-INITIAL_FORMS": "0"}
    admin_client.post(address, {**new, "comment_switch-0-is_open": ""})
    assert not CommentSwitch.objects.exists()
    admin_client.post(address, {**new, "comment_switch-0-is_open": "False"})
    switch = CommentSwitch.objects.get()
    assert (switch.category, switch.is_open) == (category, False)
    old = {
        **form, **count,
        "comment_switch-INITIAL_FORMS": "1",
        "comment_switch-0-id": switch.pk,
        "comment_switch-0-category": category.pk,
    }  # fmt: skip
    admin_client.post(address, {**old, "comment_switch-0-is_open": "True"})
    assert CommentSwitch.objects.get().is_open
    admin_client.post(address, {**old, "comment_switch-0-is_open": ""})
    assert not CommentSwitch.objects.exists()


def test_article_without_the_switch_in_its_form_keeps_it(admin_client: Client) -> None:
    from comments.models import CommentSwitch

    article = make_article()
    CommentSwitch.objects.create(article=article, is_open=False)
    page = admin_client.get(reverse("admin:news_article_change", args=[article.pk]))
    assert "comment_switch-0-is_open" in page.content.decode()
    admin_client.post(reverse("admin:news_article_change", args=[article.pk]), {"title": "x"})
    assert CommentSwitch.objects.exists()
