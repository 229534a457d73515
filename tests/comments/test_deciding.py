"""What moderators, senders and the retention command may do, and what is written down of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from comments import services
from comments.models import (
    Block,
    Comment,
    CommentSettings,
    CommentTally,
    Decision,
    Report,
    SendLimit,
)
from comments.services.erasing import months_before
from news.models import Article
from portal.models import User
from tests.comments.database import values_by_column
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def article() -> Article:
    return make_article()


@pytest.fixture
def staff(admin_user: User) -> User:
    return admin_user


def decide(verb: str, comment: Comment, by: User) -> Any:
    words = {
        "reject_comment": {"reason": "insult"},
        "remove_comment": {"reason": "insult"},
        "correct_comment": {"text": "Một nội dung khác hẳn."},
    }.get(verb, {})
    return getattr(services, verb)(comment=comment, by=by, **words)


@pytest.mark.parametrize(
    ("verb", "before", "after", "action"),
    [
        ("approve_comment", "pending", "approved", "approve"),
        ("reject_comment", "pending", "rejected", "reject"),
        ("mark_spam", "pending", "spam", "spam"),
        ("mark_spam", "approved", "spam", "spam"),
        ("remove_comment", "approved", "removed", "remove"),
        ("restore_comment", "rejected", "pending", "restore"),
        ("restore_comment", "spam", "pending", "restore"),
    ],
)
def test_decision_changes_the_state_and_is_written_down(
    article: Article, staff: User, verb: str, before: str, after: str, action: str
) -> None:
    comment = make_comment(article, status=before)
    decide(verb, comment, staff)
    assert comment.status == Comment.objects.get().status == after
    decision = comment.decisions.get()
    assert (decision.action, decision.by) == (action, staff)
    assert (decision.from_status, decision.to_status) == (before, after)
    assert decision.at <= timezone.now()


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("approve_comment", "approved"),
        ("approve_comment", "rejected"),
        ("reject_comment", "approved"),
        ("mark_spam", "rejected"),
        ("remove_comment", "pending"),
        ("restore_comment", "pending"),
        ("correct_comment", "spam"),
    ],
)
def test_decision_that_does_not_fit_the_state_is_refused(
    article: Article, staff: User, verb: str, state: str
) -> None:
    comment = make_comment(article, status=state)
    with pytest.raises(ValidationError):
        decide(verb, comment, staff)
    assert not Decision.objects.exists()


def test_second_moderator_is_told_who_decided_what(article: Article, staff: User) -> None:
    mine, theirs = (Comment.objects.get(pk=make_comment(article).pk) for _ in range(2))
    theirs = Comment.objects.get(pk=mine.pk)
    colleague = User.objects.create(username="mai", last_name="Lê Thị", first_name="Mai")
    services.approve_comment(comment=mine, by=colleague)
    with pytest.raises(ValidationError) as refusal:
        services.mark_spam(comment=theirs, by=staff)
    assert "đã xử lý trước: duyệt" in refusal.value.messages[0]
    assert refusal.value.code == "decided"
    assert Decision.objects.count() == 1


def test_refusal_needs_a_reason_of_the_list(article: Article, staff: User) -> None:
    comment = make_comment(article)
    with pytest.raises(ValidationError):
        services.reject_comment(comment=comment, by=staff, reason="")
    assert comment.status == Comment.objects.get().status == "pending"


def test_removed_comment_returns_to_the_page_when_restored(article: Article, staff: User) -> None:
    comment = make_comment(article, status="approved")
    first = comment.published_at
    services.remove_comment(comment=comment, by=staff, reason="insult")
    services.restore_comment(comment=comment, by=staff)
    assert (comment.status, comment.published_at) == ("approved", first)


def test_correction_keeps_what_was_sent(article: Article, staff: User) -> None:
    comment = make_comment(article, text="Mong phường xửa đường này.")
    services.correct_comment(comment=comment, by=staff, text="Mong phường sửa đường này.")
    services.correct_comment(comment=comment, by=staff, text="Mong phường sửa con đường này.")
    assert comment.sent_text == "Mong phường xửa đường này."
    assert comment.corrected_at
    with pytest.raises(ValidationError):
        services.correct_comment(comment=comment, by=staff, text=comment.text)


def test_official_answer_stands_in_the_thread_under_the_agency(
    article: Article, staff: User
) -> None:
    CommentSettings.objects.create(controller="Ủy ban nhân dân phường Yên Hà")
    root = make_comment(article, status="approved")
    reply = make_comment(article, parent=root, status="approved")
    answer = services.reply_officially(comment=reply, by=staff, text="Đã sửa xong.")
    assert (answer.parent, answer.is_official, answer.staff) == (root, True, staff)
    assert answer.name == "Ủy ban nhân dân phường Yên Hà"
    with pytest.raises(ValidationError):
        services.reply_officially(comment=make_comment(article), by=staff, text="Cảm ơn.")


def test_official_answer_is_removed_and_never_spam(article: Article, staff: User) -> None:
    thread = make_comment(article, status="approved")
    answer = services.reply_officially(comment=thread, by=staff, text="Đã sửa xong.")
    with pytest.raises(ValidationError) as refusal:
        services.mark_spam(comment=answer, by=staff)
    assert refusal.value.code == "refused"
    services.remove_comment(comment=answer, by=staff, reason="duplicate")
    assert answer.status == "removed"


@pytest.mark.parametrize("verb", ["approve_comment", "reject_comment", "mark_spam"])
def test_text_that_was_amended_after_it_was_read_is_not_decided_on(
    article: Article, staff: User, verb: str
) -> None:
    comment = make_comment(article)
    services.amend_comment(comment=Comment.objects.get(), text="Xin phường sửa cả vỉa hè.")
    with pytest.raises(ValidationError) as refusal:
        decide(verb, comment, staff)
    assert refusal.value.code == "changed"
    assert Comment.objects.get().status == "pending"


def test_sender_takes_a_comment_back_and_staff_cannot_restore_it(
    article: Article, staff: User
) -> None:
    comment = make_comment(article, status="approved", fingerprint="f" * 32)
    services.withdraw_comment(comment=comment)
    row = Comment.objects.get()
    assert (row.status, row.fingerprint) == ("removed", None)
    assert row.decisions.get().by is None
    with pytest.raises(ValidationError):
        services.restore_comment(comment=row, by=staff)


# --- Complaints ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "hours"), [("reader", 48), ("authority", 24)])
def test_complaint_has_the_time_of_the_law(article: Article, kind: str, hours: int) -> None:
    report = services.report_comment(
        comment=make_comment(article, status="approved"), reason="insult", kind=kind
    )
    assert report.due_at - report.received_at == timedelta(hours=hours)


def test_same_network_complains_once_while_the_first_is_open(article: Article, staff: User) -> None:
    comment = make_comment(article, status="approved")
    words = {"comment": comment, "reason": "insult", "address": "192.0.2.7"}
    first = services.report_comment(**words)
    assert services.report_comment(**words) == first
    services.handle_report(report=first, by=staff, outcome="dismissed")
    assert services.report_comment(**words) != first


def test_complaint_that_is_upheld_takes_the_comment_off_at_once(
    article: Article, staff: User
) -> None:
    comment = make_comment(article, status="approved")
    report = services.report_comment(comment=comment, reason="false", address="192.0.2.7")
    services.handle_report(report=report, by=staff, outcome="upheld")
    comment.refresh_from_db()
    assert (comment.status, comment.decisions.get().reason) == ("removed", "false")
    with pytest.raises(ValidationError):
        services.handle_report(report=report, by=staff, outcome="dismissed")


# --- Counts and places, held by the database ----------------------------------------------------


def shown(article: Article) -> tuple[int, int]:
    """What readers can see, counted row by row."""
    roots = Comment.objects.approved().filter(article=article, parent=None)
    replies = Comment.objects.approved().filter(parent__in=roots)
    return roots.count() + replies.count(), roots.count()


def tally(article: Article) -> tuple[int, int]:
    row = CommentTally.objects.filter(article=article).first()
    return (row.approved, row.threads) if row else (0, 0)


def test_tally_equals_the_rows_however_they_change(article: Article) -> None:
    root, other = (make_comment(article, status="approved") for _ in range(2))
    replies = [make_comment(article, parent=root, status="approved") for _ in range(3)]
    make_comment(article)
    assert tally(article) == shown(article) == (5, 2)
    rows = Comment.objects.filter(article=article)
    for change in (
        lambda: rows.filter(pk=replies[0].pk).update(status="removed"),
        lambda: rows.filter(pk=root.pk).update(status="removed"),
        lambda: rows.filter(pk=replies[1].pk).update(status="spam"),
        lambda: rows.filter(pk=root.pk).update(status="approved"),
        lambda: rows.update(status="approved", published_at=timezone.now()),
        lambda: Comment.objects.bulk_create(
            [copy_of(other, status="approved"), copy_of(other, status="pending", published_at=None)]
        ),
        lambda: rows.filter(pk=replies[2].pk).delete(),
        lambda: rows.filter(pk=root.pk).delete(),
        lambda: rows.all().delete(),
    ):
        change()
        assert tally(article) == shown(article)
    assert tally(article) == (0, 0)


def copy_of(comment: Comment, **fields: Any) -> Comment:
    names = ("article", "name", "text", "submitted_at", "published_at", "consent", "consented_at")
    return Comment(**{name: getattr(comment, name) for name in names} | fields)


def test_article_is_deleted_with_its_comments(article: Article) -> None:
    root = make_comment(article, status="approved")
    make_comment(article, parent=root, status="approved")
    article.delete()
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"status": "shown"}, "comments_comment_status_is_known"),
        ({"status": "approved", "published_at": None}, "comments_comment_approved_has_publish"),
        (
            {"published_at": datetime(2026, 1, 1, tzinfo=UTC)},
            "comments_comment_waiting_or_rejected",
        ),
        (
            {"is_official": True, "status": "approved"},
            "comments_comment_official_answer_names_its_staff",
        ),
        ({"consent": None}, "comments_comment_reader_gave_consent"),
        ({"sent_text": "Mong phường xửa đường."}, "comments_comment_only_corrected_keeps"),
        ({"withdrawn_at": timezone.now()}, "comments_comment_withdrawn_is_removed"),
        ({"erased_at": timezone.now()}, "comments_comment_erased_keeps_nothing"),
        ({"name": ""}, "comments_comment_name_1_to_60"),
        ({"text": "Ngắn quá"}, "comments_comment_text_10_to_2000"),
        ({"text": "ă" * 2001}, "comments_comment_text_10_to_2000"),
    ],
)
def test_database_refuses_a_comment_that_contradicts_itself(
    article: Article, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_comment(article, **fields)


def test_reply_stays_below_a_comment_of_its_article(article: Article) -> None:
    root = make_comment(article)
    reply = make_comment(article, parent=root)
    for fields in (
        {"article": make_article(), "parent": root},
        {"article": article, "parent": reply},
    ):
        with pytest.raises(IntegrityError, match="answers_a_comment_of_its_article"):
            make_at_once(**fields)
    with pytest.raises(IntegrityError, match="a comment stays where it was sent"):
        Comment.objects.filter(pk=root.pk).update(article=make_article())


@transaction.atomic
def make_at_once(**fields: Any) -> None:
    """Make a comment and have its foreign keys checked now, not at the end of the test."""
    make_comment(**fields)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- Erasing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        (datetime(2026, 3, 31), 1, datetime(2026, 2, 28)),
        (datetime(2026, 3, 31), 12, datetime(2025, 3, 31)),
        (datetime(2024, 2, 29), 12, datetime(2023, 2, 28)),
        (datetime(2026, 1, 15), 2, datetime(2025, 11, 15)),
    ],
)
def test_months_are_counted_back_by_the_calendar(
    moment: datetime, months: int, expected: datetime
) -> None:
    assert months_before(moment, months) == expected


SECRET = "bi-mat"
ADDRESS = "an.nguyen@example.vn"


def test_nothing_of_a_reader_is_left_after_the_retention_command(
    article: Article, staff: User, client: Any
) -> None:
    from tests.comments.sending import send

    CommentSettings.objects.create(seconds_to_fill_in=0, seconds_between=0)
    browser = {"user-agent": "Lynx/2.8 (bí mật)"}
    client.defaults |= {"REMOTE_ADDR": "198.51.100.77", "HTTP_USER_AGENT": browser["user-agent"]}
    for number in range(5):
        text = f"Ý kiến số {number} của tôi về con đường."
        assert send(client, article, email=ADDRESS, text=text).status_code == 303
    waiting, shown_one, rejected, corrected, withdrawn = Comment.objects.order_by("pk")
    services.approve_comment(comment=shown_one, by=staff)
    services.reject_comment(comment=rejected, by=staff, reason="insult")
    services.approve_comment(comment=corrected, by=staff)
    services.correct_comment(comment=corrected, by=staff, text="Ý kiến đã sửa lỗi chính tả.")
    services.withdraw_comment(comment=withdrawn)
    services.report_comment(
        comment=shown_one, reason="insult", text="Lời lẽ", address="198.51.100.77"
    )
    services.block_sender(
        comment=waiting,
        kind="network",
        until=timezone.now() + timedelta(days=1),
        reason="Gửi nhiều lần.",
        by=staff,
    )
    hashes = {
        value
        for row in Comment.objects.values_list(
            "network_hash", "email_hash", "status_key_hash", "fingerprint"
        )
        for value in row
        if value
    } | set(SendLimit.objects.values_list("key", flat=True))
    assert len(hashes) > 10
    later = timezone.now() - timedelta(days=400)
    Comment.objects.update(submitted_at=later)
    Report.objects.update(received_at=later)
    SendLimit.objects.update(since=later)
    Block.objects.update(created_at=later, until=later + timedelta(days=1))
    call_command("purge_personal_data", verbosity=0)
    left = values_by_column()
    for column, values in left.items():
        for value in values:
            for trace in ("198.51.100.77", "Lynx", ADDRESS, *hashes):
                assert trace not in value, column
    # What readers see stays.
    assert set(Comment.objects.approved().values_list("text", flat=True)) == {
        "Ý kiến số 1 của tôi về con đường.",
        "Ý kiến đã sửa lỗi chính tả.",
    }
    assert Comment.objects.filter(text="", name="", erased_at__isnull=False).count() == 3
    assert not SendLimit.objects.exists()
    assert not Block.objects.exists()


def test_history_of_the_admin_names_no_keyed_hash_after_the_retention_command(
    article: Article, admin_client: Any, admin_user: User
) -> None:
    comment = make_comment(article, email=ADDRESS, network_hash="0123456789abcdef" * 2)
    until = timezone.now() + timedelta(days=1)
    block = services.block_sender(
        comment=comment, kind="network", until=until, reason="Quảng cáo.", by=admin_user
    )
    lift = {"action": "lift", "_selected_action": [block.pk]}
    admin_client.post("/admin/comments/block/", lift)
    erase = {"who": ADDRESS, "sure": "on"}
    admin_client.post("/admin/comments/comment/sender/erase/", erase)
    by_link = ContentType.objects.get_for_model(Comment)
    LogEntry.objects.create(
        user=admin_user, content_type=by_link, object_repr="comment 12345678", action_flag=DELETION
    )
    key = str(comment.email_hash)
    names = LogEntry.objects.order_by("pk").values_list("object_repr", flat=True)
    assert list(names) == ["mạng 01234567", f"e-mail {key[:8]}", "comment 12345678"]
    call_command("purge_personal_data", verbosity=0)
    assert list(names.all()) == ["mạng", "e-mail", "comment 12345678"]
    # Who did what stays.
    assert LogEntry.objects.filter(user=admin_user).count() == 3


def test_retention_command_leaves_what_is_young(article: Article) -> None:
    make_comment(article, email=ADDRESS)
    old = timezone.now() - timedelta(days=340)
    make_comment(article, email=ADDRESS, submitted_at=old)
    call_command("purge_personal_data", verbosity=0)
    assert Comment.objects.filter(email=ADDRESS).count() == 2


def test_sender_is_exported_and_erased_by_e_mail(article: Article, staff: User) -> None:
    for status in ("approved", "pending", "rejected"):
        make_comment(article, email=ADDRESS, status=status)
    make_comment(article, email="khac@example.vn", status="approved")
    copy = services.export_sender(email=f" {ADDRESS.upper()}")
    assert [entry["status"] for entry in copy["comments"]] == ["approved", "pending", "rejected"]
    assert services.erase_sender(email=ADDRESS, by=staff) == 3
    assert services.export_sender(email=ADDRESS) == {"comments": []}
    assert ADDRESS not in str(values_by_column())
    assert shown(article) == tally(article) == (1, 1)
    assert Decision.objects.filter(action="erase", by=staff).count() == 3
