"""Complaints at the desk: their clocks, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments import services
from comments.deadlines import deadline_level, deadline_text
from comments.models import Comment, Report
from portal.groups import MODERATORS
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db

Status = Comment.Status
REPORTS = "/admin/comments/report/"


@pytest.fixture
def moderator(django_user_model: Any) -> Any:
    user = django_user_model.objects.create_user("hoa", password="password", is_staff=True)
    user.groups.add(Group.objects.get(name=MODERATORS))
    return user


@pytest.fixture
def desk(moderator: Any, client: Client) -> Client:
    client.force_login(moderator)
    return client


@pytest.fixture
def published() -> Comment:
    return make_comment(make_article(), status=Status.APPROVED)


def complain(comment: Comment, **fields: Any) -> Report:
    values = {"reason": "insult", "text": "Xúc phạm tôi.", "address": "203.0.113.7"} | fields
    return services.report_comment(comment=comment, **values)


def handle(client: Client, report: Report, **fields: Any) -> Any:
    return client.post(reverse("admin:comments_report_handle", args=[report.pk]), fields)


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("left", "handled", "words", "look"),
    [
        (47 * HOURS, None, "còn 1 ngày 23 giờ", "calm"),
        (12 * HOURS, None, "còn 12 giờ", "soon"),
        (timedelta(0), None, "QUÁ HẠN 0 phút", "overdue"),
        (-26 * HOURS, None, "QUÁ HẠN 1 ngày 2 giờ", "overdue"),
        (2 * HOURS, 0 * HOURS, "đã xử lý đúng hạn, hạn", "done"),
        (-2 * HOURS, 0 * HOURS, "đã xử lý quá hạn, hạn", "done"),
    ],
)
def test_clock_says_in_words_how_much_time_is_left(
    left: timedelta, handled: timedelta | None, words: str, look: str
) -> None:
    now = timezone.now()
    report = Report(received_at=now + left - 48 * HOURS, due_at=now + left)
    if handled is not None:
        report.handled_at = now + handled
    assert deadline_text(report, now).startswith(words)
    assert deadline_level(report, now) == look


def test_open_complaints_come_in_the_order_of_their_deadlines(desk: Client) -> None:
    article = make_article()
    of_reader = complain(make_comment(article, status=Status.APPROVED))
    of_authority = complain(
        make_comment(article, status=Status.APPROVED), kind="authority", address=""
    )
    done = complain(make_comment(article, status=Status.APPROVED), address="203.0.113.8")
    user = desk.get("/admin/").wsgi_request.user
    services.handle_report(report=done, by=user, outcome="dismissed", note="Không vi phạm.")
    shown = desk.get(REPORTS)
    assert list(shown.context["cl"].result_list) == [of_authority, of_reader]
    page = shown.content.decode()
    assert "còn 23 giờ" in page
    assert "còn 1 ngày 23 giờ" in page
    assert list(desk.get(f"{REPORTS}?handled=yes").context["cl"].result_list) == [done]
    assert len(desk.get(f"{REPORTS}?handled=all").context["cl"].result_list) == 3


def test_upheld_complaint_takes_the_comment_off_the_page(
    desk: Client, published: Comment, moderator: Any
) -> None:
    report = complain(published)
    assert handle(desk, report, outcome="upheld", note="").context["form"].errors
    answer = handle(desk, report, outcome="upheld", note="Có xúc phạm.", message="Đã ẩn.")
    assert answer.status_code == 302
    report.refresh_from_db()
    published.refresh_from_db()
    assert (report.outcome, report.handled_by, report.note) == ("upheld", moderator, "Có xúc phạm.")
    assert published.status == Status.REMOVED
    assert published.decisions.get().message == "Đã ẩn."


def test_comment_that_was_hidden_at_once_is_shown_again_when_the_complaint_fails(
    desk: Client, published: Comment
) -> None:
    report = complain(published)
    hide = reverse("admin:comments_report_hide", args=[report.pk])
    desk.get(hide)
    published.refresh_from_db()
    assert published.status == Status.APPROVED
    desk.post(hide)
    published.refresh_from_db()
    report.refresh_from_db()
    assert (published.status, report.handled_at) == (Status.REMOVED, None)
    handle(desk, report, outcome="dismissed", note="Không có căn cứ.")
    published.refresh_from_db()
    assert published.status == Status.APPROVED
    assert [d.action for d in published.decisions.order_by("pk")] == ["remove", "restore"]


def test_words_for_the_sender_of_a_comment_that_is_hidden_already_are_kept(
    desk: Client, published: Comment
) -> None:
    report = complain(published)
    desk.post(reverse("admin:comments_report_hide", args=[report.pk]))
    handle(desk, report, outcome="upheld", note="Có xúc phạm.", message="Xin giữ lời lẽ.")
    published.refresh_from_db()
    assert published.status == Status.REMOVED
    last = published.decisions.first()
    assert last
    assert (last.message, last.note) == ("Xin giữ lời lẽ.", "Có xúc phạm.")


@pytest.mark.parametrize("other", ["upheld", ""])
def test_unfounded_complaint_does_not_show_what_another_one_hides(
    desk: Client, published: Comment, moderator: Any, other: str
) -> None:
    """Another was upheld, or is still open: this one alone cannot bring the comment back."""
    first = complain(published)
    second = complain(published, address="203.0.113.8")
    services.remove_comment(comment=published, by=moderator, reason="insult")
    if other:
        services.handle_report(report=first, by=moderator, outcome=other, note="x")
    handle(desk, second, outcome="dismissed", note="Lý do này thì không.")
    second.refresh_from_db()
    published.refresh_from_db()
    assert second.outcome == "dismissed"
    assert published.status == Status.REMOVED


def test_unfounded_complaint_shows_nothing_that_its_sender_took_back(
    desk: Client, published: Comment
) -> None:
    report = complain(published)
    services.withdraw_comment(comment=published)
    handle(desk, report, outcome="dismissed", note="Không có căn cứ.")
    published.refresh_from_db()
    assert published.status == Status.REMOVED
    assert published.withdrawn_at


def test_request_that_could_not_be_carried_out_is_not_half_entered(
    desk: Client, published: Comment, moderator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first(**_words: Any) -> None:
        raise ValidationError("Đồng nghiệp đã xử lý trước.")

    monkeypatch.setattr(services, "remove_comment", first)
    address = reverse("admin:comments_comment_authority", args=[published.pk])
    answer = desk.post(address, {"reason": "unlawful", "text": "Công văn số 12", "hide": "on"})
    assert "Đồng nghiệp đã xử lý trước." in answer.content.decode()
    assert not Report.objects.exists()


def test_page_of_a_comment_lists_a_bounded_number_of_complaints(
    desk: Client, published: Comment
) -> None:
    now = timezone.now()
    Report.objects.bulk_create(
        Report(comment=published, reason="insult", received_at=now, due_at=now + 48 * HOURS)
        for _n in range(300)
    )
    page = desk.get(reverse("admin:comments_comment_change", args=[published.pk])).content.decode()
    assert page.count("/admin/comments/report/") < 60
    assert "Và 250 phản ánh trước đó." in page


def test_second_decision_about_a_complaint_is_refused_with_who_was_first(
    desk: Client, published: Comment, admin_user: Any
) -> None:
    report = complain(published)
    services.handle_report(report=report, by=admin_user, outcome="dismissed", note="x")
    answer = handle(desk, report, outcome="upheld", note="Có căn cứ.")
    assert "admin" in str(answer.context["form"].non_field_errors())
    published.refresh_from_db()
    assert published.status == Status.APPROVED


@pytest.mark.parametrize(("hide", "status"), [("on", Status.REMOVED), ("", Status.APPROVED)])
def test_request_of_an_authority_is_entered_with_24_hours(
    hide: str, status: str, desk: Client, published: Comment
) -> None:
    address = reverse("admin:comments_comment_authority", args=[published.pk])
    desk.post(address, {"reason": "unlawful", "text": "Công an tỉnh, số 12/CV", "hide": hide})
    report = Report.objects.get()
    assert report.kind == "authority"
    assert report.due_at - report.received_at == timedelta(hours=24)
    published.refresh_from_db()
    assert published.status == status


def test_page_of_a_complaint_is_read_and_not_typed_over(desk: Client, published: Comment) -> None:
    report = complain(published)
    address = reverse("admin:comments_report_change", args=[report.pk])
    page = desk.get(address).content.decode()
    for words in ("Xúc phạm tôi.", published.text, "còn 1 ngày 23 giờ"):
        assert words in page
    assert desk.post(address, {"outcome": "upheld"}).status_code == 403


def test_complaints_cost_the_same_statements_however_many(desk: Client) -> None:
    article = make_article()

    def fill(count: int) -> None:
        for _n in range(count):
            comment = make_comment(article, status=Status.APPROVED)
            complain(comment, kind="authority", address="")

    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            desk.get(REPORTS)
        return len(statements)

    fill(5)
    desk.get(REPORTS)
    with_5 = cost()
    fill(195)
    assert cost() == with_5
