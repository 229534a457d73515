"""What a decision about a complaint does to the comment, and what it must leave alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from comments import services
from comments.models import Comment, Report
from comments.services import reporting
from portal.models import User
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> Comment:
    return make_comment(make_article(), status="approved")


def hide(comment: Comment, by: User, reason: str = "insult") -> None:
    services.remove_comment(comment=comment, by=by, reason=reason)


def dismiss(report: Report, by: User) -> None:
    services.handle_report(report=report, by=by, outcome="dismissed", note="Không vi phạm.")


def status_of(comment: Comment) -> str:
    return Comment.objects.values_list("status", flat=True).get(pk=comment.pk)


def test_dismissed_complaint_does_not_restore_an_earlier_removal(
    published: Comment, admin_user: User
) -> None:
    with time_machine.travel(timezone.now() - timedelta(seconds=1), tick=False):
        hide(published, admin_user)
    report = services.report_comment(comment=published, reason="insult", kind="authority")
    services.handle_report(report=report, by=admin_user, outcome="dismissed", note="Không.")
    assert status_of(published) == "removed"
    assert published.decisions.get().action == "remove"


def test_dismissed_complaint_restores_what_was_hidden_in_the_moment_it_came(
    published: Comment, admin_user: User
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        report = services.report_comment(comment=published, reason="insult", kind="authority")
        hide(published, admin_user)
    services.handle_report(report=report, by=admin_user, outcome="dismissed", note="Không.")
    assert status_of(published) == "approved"
    assert published.decisions.first().action == "restore"


@pytest.mark.parametrize("status", ["pending", "rejected", "spam"])
@pytest.mark.parametrize("outcome", ["dismissed", "upheld"])
def test_decision_about_a_complaint_changes_no_comment_that_is_not_shown(
    status: str, outcome: str, admin_user: User
) -> None:
    comment = make_comment(make_article(), status=status)
    report = services.report_comment(comment=comment, reason="insult", kind="authority")
    services.handle_report(
        report=report, by=admin_user, outcome=outcome, note="Đã xem.", message="Lời cho người gửi."
    )
    assert status_of(comment) == status
    assert not comment.decisions.exists()


def test_comment_that_spam_took_off_after_the_complaint_is_not_restored(
    published: Comment, admin_user: User
) -> None:
    report = services.report_comment(comment=published, reason="insult")
    services.mark_spam(comment=published, by=admin_user)
    services.handle_report(report=report, by=admin_user, outcome="dismissed", note="Không.")
    assert status_of(published) == "spam"


def test_upheld_complaint_about_a_hidden_comment_records_no_second_removal(
    published: Comment, admin_user: User
) -> None:
    report = services.report_comment(comment=published, reason="insult")
    hide(published, admin_user)
    services.handle_report(report=report, by=admin_user, outcome="upheld", note="Đúng.")
    assert status_of(published) == "removed"
    assert published.decisions.count() == 1


@pytest.mark.parametrize("outcome", ["dismissed", "upheld"])
@pytest.mark.parametrize("take_back", ["withdraw_comment", "erase_comment"])
def test_no_decision_touches_what_its_sender_took_back(
    take_back: str, outcome: str, published: Comment, admin_user: User
) -> None:
    report = services.report_comment(comment=published, reason="insult")
    getattr(services, take_back)(comment=published)
    decisions = published.decisions.count()
    services.handle_report(
        report=report, by=admin_user, outcome=outcome, note="Không.", message="Lời."
    )
    assert status_of(published) == "removed"
    assert published.decisions.count() == decisions


def test_dismissed_complaint_does_not_restore_a_removal_for_another_reason(
    published: Comment, admin_user: User
) -> None:
    report = services.report_comment(comment=published, reason="insult")
    hide(published, admin_user, reason="personal")
    dismiss(report, admin_user)
    assert status_of(published) == "removed"


def test_complaint_dismissed_before_the_removal_lets_no_later_one_show_the_comment_again(
    published: Comment, admin_user: User
) -> None:
    dismiss(services.report_comment(comment=published, reason="insult"), admin_user)
    hide(published, admin_user)
    request = services.report_comment(comment=published, reason="insult", kind="authority")
    dismiss(request, admin_user)
    assert status_of(published) == "removed"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("is_later", [False, True])
def test_comment_is_shown_again_when_the_last_of_two_complaints_is_dismissed(
    is_later: bool, order: tuple[int, int], published: Comment, admin_user: User
) -> None:
    """Hidden for the first; the second has another reason and comes before that or after it."""
    reports = [services.report_comment(comment=published, reason="insult")]
    if is_later:
        hide(published, admin_user)
    reports.append(services.report_comment(comment=published, reason="false", kind="authority"))
    if not is_later:
        hide(published, admin_user)
    dismiss(reports[order[0]], admin_user)
    assert status_of(published) == "removed"
    dismiss(reports[order[1]], admin_user)
    assert status_of(published) == "approved"


@pytest.mark.parametrize("first", ["upheld", "open"])
def test_dismissed_complaint_leaves_hidden_what_another_complaint_speaks_against(
    first: str, published: Comment, admin_user: User
) -> None:
    mine, other = (
        services.report_comment(comment=published, reason="insult", address=f"192.0.2.{number}")
        for number in (1, 2)
    )
    if first == "upheld":
        services.handle_report(report=other, by=admin_user, outcome="upheld", note="Đúng.")
    else:
        hide(published, admin_user)
    services.handle_report(report=mine, by=admin_user, outcome="dismissed", note="Không.")
    assert status_of(published) == "removed"


@pytest.mark.parametrize("outcome", ["", "keep", "restored"])
def test_an_outcome_that_is_none_decides_nothing(
    outcome: str, published: Comment, admin_user: User
) -> None:
    report = services.report_comment(comment=published, reason="insult")
    with pytest.raises(ValidationError):
        services.handle_report(report=report, by=admin_user, outcome=outcome)
    report.refresh_from_db()
    assert (report.handled_at, report.handled_by) == (None, None)


def test_a_network_complains_twenty_times_an_hour_and_not_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reporting, "PER_HOUR_AND_NETWORK", 3)
    article = make_article()
    now = timezone.now()

    def complain(address: str = "192.0.2.7") -> Report:
        return services.report_comment(
            comment=make_comment(article, status="approved"), reason="insult", address=address
        )

    with time_machine.travel(now, tick=False):
        for _ in range(3):
            complain()
        with pytest.raises(ValidationError) as refusal:
            complain()
        assert refusal.value.code == "too-fast"
        complain("198.51.100.9")
    almost = now + timedelta(minutes=59, seconds=59)
    with time_machine.travel(almost, tick=False), pytest.raises(ValidationError):
        complain()
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        complain()


def test_an_authority_is_under_no_limit(
    published: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "PER_HOUR_AND_NETWORK", 0)
    services.report_comment(comment=published, reason="insult", kind="authority")
    services.report_comment(comment=published, reason="insult", kind="authority")
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("status", "kind", "is_taken"),
    [
        ("pending", "reader", False),
        ("removed", "reader", False),
        ("approved", "reader", True),
        ("pending", "authority", True),
        ("removed", "authority", True),
    ],
)
def test_readers_complain_of_what_they_see_and_an_authority_of_all(
    status: str, kind: str, is_taken: bool
) -> None:
    comment = make_comment(make_article(), status=status)
    if is_taken:
        assert services.report_comment(comment=comment, reason="insult", kind=kind).pk
        return
    with pytest.raises(ValidationError):
        services.report_comment(comment=comment, reason="insult", kind=kind)


@pytest.mark.parametrize("kind", ["reader", "authority"])
def test_complaint_about_a_comment_that_was_deleted_meanwhile_is_refused(
    kind: str, published: Comment
) -> None:
    Comment.objects.get().delete()
    with pytest.raises(ValidationError) as refusal:
        services.report_comment(comment=published, reason="insult", kind=kind)
    assert refusal.value.code == "refused"


def test_block_of_a_sender_is_renewed_and_not_doubled(published: Comment, admin_user: User) -> None:
    comment = make_comment(make_article(), network_hash="a" * 32)
    now = timezone.now()
    for days in (1, 30):
        block = services.block_sender(
            comment=comment, kind="network", until=now + timedelta(days=days),
            reason=f" Gửi {days} lần. ", by=admin_user,
        )  # fmt: skip
    assert (block.until, block.reason) == (now + timedelta(days=30), "Gửi 30 lần.")
    assert type(block).objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "days", "reason"),
    [("email", 1, "Quảng cáo."), ("network", 0, "Quảng cáo."), ("network", 1, "  ")],
)
def test_block_needs_a_known_sender_an_end_ahead_and_a_reason(
    kind: str, days: int, reason: str, admin_user: User
) -> None:
    comment = make_comment(make_article(), network_hash="a" * 32)
    with time_machine.travel(timezone.now(), tick=False), pytest.raises(ValidationError):
        services.block_sender(
            comment=comment, kind=kind, until=timezone.now() + timedelta(days=days),
            reason=reason, by=admin_user,
        )  # fmt: skip
