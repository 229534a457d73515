"""What is left of a sender after an erasure on request, and after the retention time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from comments import hashing, services
from comments.models import Block, Comment, Decision, Report
from comments.services.erasing import months_before
from portal.models import User
from tests.comments.database import columns_with
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db

EMAIL = "hong@example.vn"
NAME = "Đỗ Thị Hồng Nhung"
PHRASE = "nhà máy gạch Lò Chum"
MONTHS = 12


def past_retention() -> datetime:
    return months_before(timezone.now(), MONTHS) - timedelta(days=1)


def repeated_everywhere(by: User, **fields: Any) -> Comment:
    """A comment whose name and words decisions, corrections and complaints repeat."""
    words = f"{NAME} viết về {PHRASE} ở phường."
    comment = make_comment(
        make_article(), name=NAME, email=EMAIL, text=words, status="pending", **fields
    )
    comment.findings = [["phrase", 0, 5]]
    services.reject_comment(
        comment=comment, by=by, reason="insult", message=f"Bạn viết: {words}", note=words
    )
    services.restore_comment(comment=comment, by=by, note=words)
    services.approve_comment(comment=comment, by=by, note=words)
    services.correct_comment(
        comment=comment, by=by, text=words.replace("phường", "phường Yên Hà"), note=words
    )
    for outcome in ("dismissed", ""):
        report = services.report_comment(
            comment=comment, reason="insult", text=f"Người này viết: {words}"
        )
        if outcome:
            services.handle_report(report=report, by=by, outcome=outcome, note=f"Xem: {words}")
    services.remove_comment(
        comment=comment, by=by, reason="insult", message=f"Đã ẩn: {words}", note=words
    )
    return comment


def erase_one(comment: Comment, by: User) -> None:
    services.erase_comment(comment=comment, by=by)


def erase_of_sender(comment: Comment, by: User) -> None:
    services.erase_sender(email=EMAIL, by=by)


def erase_by_retention(comment: Comment, by: User) -> None:
    Comment.objects.update(submitted_at=past_retention())
    services.purge_personal_data()


def erase_in_the_admin(comment: Comment, by: User) -> None:
    client = Client()
    client.force_login(by)
    answer = client.post(
        "/admin/comments/comment/sender/erase/", {"who": EMAIL, "sure": "on"}, follow=True
    )
    assert answer.status_code == 200
    client.logout()  # the message of success stands in the session


@pytest.mark.parametrize(
    "erase", [erase_one, erase_of_sender, erase_by_retention, erase_in_the_admin]
)
def test_nothing_repeats_the_words_or_the_name_after_an_erasure(
    erase: Callable[[Comment, User], None], admin_user: User
) -> None:
    comment = repeated_everywhere(admin_user)
    assert {
        "comments_comment.text",
        "comments_comment.sent_text",
        "comments_decision.note",
        "comments_decision.message",
        "comments_report.text",
        "comments_report.note",
    } <= columns_with(PHRASE)
    erase(comment, admin_user)
    for trace in (PHRASE, NAME, EMAIL):
        assert columns_with(trace) == set()


def test_an_erasure_keeps_who_decided_what_and_why(admin_user: User) -> None:
    comment = repeated_everywhere(admin_user)
    before = list(comment.decisions.order_by("pk").values_list("by", "at", "action", "reason"))
    reports = list(Report.objects.order_by("pk").values_list("reason", "outcome", "handled_by"))
    services.erase_comment(comment=comment, by=admin_user)
    after = list(comment.decisions.order_by("pk").values_list("by", "at", "action", "reason"))
    assert after[:-1] == before
    assert after[-1][2] == "erase"
    assert reports == list(
        Report.objects.order_by("pk").values_list("reason", "outcome", "handled_by")
    )


def test_an_erasure_leaves_the_notes_about_others(admin_user: User) -> None:
    other = make_comment(make_article(), email="khac@example.vn")
    services.reject_comment(
        comment=other, by=admin_user, reason="insult", message="Xin viết lại.", note="Ghi chú."
    )
    published = make_comment(make_article(), status="approved")
    report = services.report_comment(comment=published, reason="insult", text="Lời lẽ.")
    services.erase_sender(email=EMAIL, by=admin_user)
    services.erase_comment(comment=repeated_everywhere(admin_user), by=admin_user)
    decision = other.decisions.get()
    report.refresh_from_db()
    assert (decision.message, decision.note) == ("Xin viết lại.", "Ghi chú.")
    assert report.text == "Lời lẽ."


def test_a_second_erasure_changes_and_records_nothing(admin_user: User) -> None:
    comment = make_comment(make_article())
    first = services.erase_comment(comment=comment, by=admin_user)
    assert services.erase_comment(comment=comment, by=admin_user).erased_at == first.erased_at
    assert comment.decisions.count() == 1


@pytest.mark.parametrize("status", ["pending", "approved", "rejected", "spam"])
def test_only_a_published_comment_leaves_its_place_when_it_is_erased(
    status: str, admin_user: User
) -> None:
    erased = services.erase_comment(
        comment=make_comment(make_article(), status=status), by=admin_user
    )
    assert (erased.withdrawn_at is not None) == (status == "approved")
    assert erased.decisions.get().from_status == status


# --- Retention ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", EMAIL),
        ("email_hash", "e" * 32),
        ("network_hash", "a" * 32),
        ("status_key_hash", "b" * 32),
        ("fingerprint", "f" * 32),
        ("sent_text", "Mong phường sớm xửa con đường này."),
    ],
)
def test_each_trace_of_a_published_comment_goes_by_itself(field: str, value: str) -> None:
    fields: dict[str, Any] = {"email_hash": None, field: value}
    if field == "sent_text":
        fields["corrected_at"] = timezone.now()
    comment = make_comment(
        make_article(), status="approved", submitted_at=past_retention(), **fields
    )
    assert services.purge_personal_data()["comments_kept_without_their_sender"] == 1
    comment.refresh_from_db()
    assert not getattr(comment, field)
    assert (comment.status, comment.text) == ("approved", "Mong phường sớm sửa con đường này.")
    assert comment.name
    assert columns_with(value) == set()


def test_retention_keeps_that_a_comment_was_corrected(admin_user: User) -> None:
    comment = make_comment(make_article(), status="approved", text="Mong xửa con đường này.")
    services.correct_comment(comment=comment, by=admin_user, text="Mong sửa con đường này.")
    Comment.objects.update(submitted_at=past_retention())
    services.purge_personal_data()
    assert columns_with("xửa") == set()
    comment.refresh_from_db()
    assert comment.corrected_at is not None


def test_retention_ends_to_the_second() -> None:
    now = timezone.now()
    limit = months_before(now, MONTHS)
    article = make_article()
    on_time = make_comment(article, submitted_at=limit)
    late = make_comment(article, submitted_at=limit - timedelta(seconds=1))
    assert services.purge_personal_data(now=now)["comments_erased"] == 1
    assert [*Comment.objects.exclude(erased_at=None)] == [late]
    assert Comment.objects.get(erased_at=None) == on_time


def test_complaint_loses_its_explanation_and_network_to_the_second() -> None:
    now = timezone.now()
    limit = months_before(now, MONTHS)
    comment = make_comment(make_article(), status="approved")
    for number, received in enumerate([limit, limit - timedelta(seconds=1)]):
        report = services.report_comment(
            comment=comment, reason="insult", text=f"Lời {number}", address=f"192.0.2.{number}"
        )
        Report.objects.filter(pk=report.pk).update(received_at=received)
    assert services.purge_personal_data(now=now)["complaints"] == 1
    on_time, late = Report.objects.order_by("pk")
    assert on_time.text
    assert on_time.network_hash
    assert (late.text, late.network_hash) == ("", None)


@pytest.mark.parametrize(
    "fields", [{"text": "Lời lẽ", "network_hash": None}, {"text": "", "network_hash": "a" * 32}]
)
def test_a_complaint_with_one_trace_only_loses_that_one(fields: dict[str, Any]) -> None:
    report = services.report_comment(
        comment=make_comment(make_article(), status="approved"), reason="insult"
    )
    Report.objects.update(received_at=past_retention(), **fields)
    assert services.purge_personal_data()["complaints"] == 1
    report.refresh_from_db()
    assert (report.text, report.network_hash) == ("", None)


def test_official_answers_are_kept_whether_they_are_shown_or_not(admin_user: User) -> None:
    thread = make_comment(make_article(), status="approved")
    answers = [
        services.reply_officially(comment=thread, by=admin_user, text=text)
        for text in ("Đã sửa.", "Cảm ơn bạn.")
    ]
    services.remove_comment(comment=answers[1], by=admin_user, reason="duplicate")
    Comment.objects.update(submitted_at=past_retention())
    services.purge_personal_data()
    assert set(Comment.objects.filter(is_official=True).values_list("text", "erased_at")) == {
        ("Đã sửa.", None),
        ("Cảm ơn bạn.", None),
    }


def test_a_block_ends_at_the_moment_it_was_set_to(admin_user: User) -> None:
    now = timezone.now()
    for number, until in enumerate([now, now + timedelta(seconds=1)]):
        Block.objects.create(
            kind="email", key=f"{number}" * 32, reason="Quảng cáo.", until=until,
            by=admin_user, created_at=now - timedelta(days=1),
        )  # fmt: skip
    assert services.purge_personal_data(now=now)["blocks"] == 1
    assert Block.objects.get().until > now


def test_the_retention_command_finds_nothing_the_second_time(admin_user: User) -> None:
    repeated_everywhere(admin_user)
    make_comment(make_article(), status="approved", email=EMAIL)
    Comment.objects.update(submitted_at=past_retention())
    Report.objects.update(received_at=past_retention())
    first = services.purge_personal_data()
    assert (first["comments_erased"], first["comments_kept_without_their_sender"]) == (1, 1)
    decisions = Decision.objects.count()
    assert set(services.purge_personal_data().values()) == {0}
    assert Decision.objects.count() == decisions


# --- The copy for the sender --------------------------------------------------------------------


def test_the_copy_holds_everything_that_is_kept_of_the_sender(admin_user: User) -> None:
    comment = make_comment(
        make_article("Sửa đường Trần Phú"), name=NAME, email=EMAIL,
        text="Mong phường xửa đường.", network_hash="a" * 32,
    )  # fmt: skip
    services.approve_comment(comment=comment, by=admin_user, note="Ghi chú của cơ quan")
    services.correct_comment(comment=comment, by=admin_user, text="Mong phường sửa đường.")
    services.remove_comment(
        comment=comment, by=admin_user, reason="off_topic", message="Xin gửi ở bài khác."
    )
    copy = services.export_sender(email=EMAIL)["comments"][0]
    assert {name: copy[name] for name in ("id", "article", "name", "email", "text", "status")} == {
        "id": comment.pk, "article": "Sửa đường Trần Phú", "name": NAME, "email": EMAIL,
        "text": "Mong phường sửa đường.", "status": "removed",
    }  # fmt: skip
    assert copy["text_as_sent"] == "Mong phường xửa đường."
    assert copy["consent"] == "Tôi đồng ý."
    assert copy["keyed_hashes"] == {"network": "a" * 32, "email": hashing.email_hash(EMAIL)}
    for moment in ("sent_at", "published_at", "corrected_at", "consented_at"):
        assert datetime.fromisoformat(copy[moment]).tzinfo
    assert copy["withdrawn_at"] is None
    decisions = [(d["action"], d["to"], d["message"]) for d in copy["decisions"]]
    assert decisions == [
        ("approve", "approved", ""),
        ("correct", "approved", ""),
        ("remove", "removed", "Xin gửi ở bài khác."),
    ]
    # What staff write for themselves is not the sender's.
    assert "Ghi chú của cơ quan" not in str(copy)


def test_the_history_of_the_admin_says_that_data_were_exported_and_erased_by_whom(
    admin_client: Client, admin_user: User
) -> None:
    make_comment(make_article(), name=NAME, email=EMAIL)
    address = "/admin/comments/comment/sender/"
    copy = admin_client.post(f"{address}export/", {"who": EMAIL})
    assert "no-store" in copy["Cache-Control"]
    assert EMAIL in copy.content.decode()
    admin_client.post(f"{address}erase/", {"who": EMAIL, "sure": "on"})
    entries = LogEntry.objects.order_by("pk")
    assert [(entry.user, entry.is_deletion()) for entry in entries] == [
        (admin_user, False),
        (admin_user, True),
    ]
    for entry in entries:
        for trace in (EMAIL, NAME, "hong"):
            assert trace not in f"{entry.object_repr} {entry.change_message}"
