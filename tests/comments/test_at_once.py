"""Many at the same moment, with real threads and connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from comments import services
from comments.models import Comment, CommentSettings, CommentTally, Decision, Report, SendLimit
from news.models import Article
from portal.models import User
from tests import contention
from tests.comments.sending import filled, form_of, submit
from tests.contention import result_of, threads, wait_until_blocked
from tests.factories import make_article, make_comment
from tests.portal.running import PATIENCE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("middle_of_an_hour"),
]


def at_once(actions: list[Callable[[], Any]]) -> list[Any]:
    """Run everything from one starting shot; a refusal is a result like any other."""

    def run(action: Callable[[], Any]) -> Any:
        try:
            return action()
        except ValidationError as refusal:
            return refusal

    return contention.at_once([partial(run, action) for action in actions])


@pytest.fixture
def article() -> Article:
    CommentSettings.objects.create(seconds_to_fill_in=0, seconds_between=0)
    return make_article()


def posts(article: Article, **fields: str) -> list[Callable[[], Any]]:
    """Forty forms, each with its own right code, ready to be sent."""
    forms = [filled(form_of(Client(), article), **fields) for _ in range(40)]
    return [lambda d=data: Client().post(f"/binh-luan/{article.pk}/gui", d) for data in forms]


def test_forty_equal_comments_are_stored_once(article: Article, settings: Any) -> None:
    settings.CAPTCHA_PER_MINUTE = 1000
    statuses = [answer.status_code for answer in at_once(posts(article))]
    assert Comment.objects.count() == 1
    assert sorted(statuses) == [303] + [400] * 39


def test_forty_equal_comments_of_one_sender_in_a_hurry_are_stored_once(
    article: Article, settings: Any
) -> None:
    settings.CAPTCHA_PER_MINUTE = 1000
    CommentSettings.objects.update(seconds_between=3600)
    actions = posts(article)
    statuses = [answer.status_code for answer in at_once(actions)]
    assert sorted(statuses) == [303] + [429] * 39
    assert Comment.objects.count() == 1
    assert sorted(SendLimit.objects.values_list("count", flat=True)) == [40, 40]


def test_one_form_sent_eight_times_at_once_is_stored_once(article: Article) -> None:
    data = filled(form_of(Client(), article))
    answers = at_once([lambda: Client().post(f"/binh-luan/{article.pk}/gui", data)] * 8)
    assert Comment.objects.count() == 1
    # Whoever was led on was led to the one comment; nobody was told a lie by a 5xx.
    assert {a.status_code for a in answers} <= {303, 400}
    assert len({a["Location"] for a in answers if a.status_code == 303}) == 1


def test_of_moderators_who_decide_at_once_one_does(article: Article) -> None:
    comment = make_comment(article)
    staff = [User.objects.create(username=f"kiem-duyet-{n}") for n in range(6)]
    verbs: list[tuple[str, dict[str, str]]] = [
        ("approve_comment", {}),
        ("reject_comment", {"reason": "insult"}),
        ("mark_spam", {}),
    ]

    def decide(number: int) -> Any:
        verb, words = verbs[number % 3]
        mine = Comment.objects.get(pk=comment.pk)
        seen.wait(PATIENCE)  # everybody looks at the comment before anybody decides
        return getattr(services, verb)(comment=mine, by=staff[number], **words)

    seen = threading.Barrier(6)
    results = at_once([lambda n=number: decide(n) for number in range(6)])
    refusals = [result for result in results if isinstance(result, ValidationError)]
    assert len(refusals) == 5
    decision = Decision.objects.get()
    for refusal in refusals:
        assert decision.by.username in refusal.messages[0]
    comment.refresh_from_db()
    assert comment.status == decision.to_status


def test_tally_is_right_after_many_decide_about_one_article_at_once(article: Article) -> None:
    staff = User.objects.create(username="kiem-duyet")
    roots = [make_comment(article, status="approved") for _ in range(4)]
    replies = [make_comment(article, parent=roots[n % 4]) for n in range(12)]

    def work(number: int) -> None:
        services.approve_comment(comment=replies[number], by=staff)
        if number < 4:
            services.remove_comment(comment=roots[number], by=staff, reason="insult")
            services.restore_comment(comment=roots[number], by=staff)
        if number % 2:
            services.mark_spam(comment=replies[number], by=staff)

    assert [r for r in at_once([lambda n=n: work(n) for n in range(12)]) if r] == []
    tally = CommentTally.objects.get()
    assert (tally.approved, tally.threads) == (10, 4)


# --- Two who meet: one holds the comment, the other waits for it ---------------------------------


@pytest.fixture
def staff() -> User:
    return User.objects.create(username="kiem-duyet")


@contextmanager
def held(comment: Comment) -> Iterator[None]:
    """Lock the row of a comment, as whoever decides about it does."""
    with transaction.atomic():
        Comment.objects.select_for_update().get(pk=comment.pk)
        yield


def refusal_of(job: Future) -> str:
    """Return the code of the refusal that a job ended with; empty if it was not refused."""
    try:
        result_of(job)
    except ValidationError as refusal:
        return refusal.code
    return ""


def test_comment_that_is_approved_meanwhile_is_withdrawn(article: Article, staff: User) -> None:
    comment = make_comment(article)
    with threads() as start:
        with transaction.atomic():
            services.approve_comment(comment=Comment.objects.get(), by=staff)
            withdrawal = start(services.withdraw_comment, comment=comment)
            wait_until_blocked(withdrawal)
        assert refusal_of(withdrawal) == ""
    comment = Comment.objects.get()
    assert (comment.status, bool(comment.withdrawn_at)) == ("removed", True)
    assert comment.published_at
    assert comment.decisions.first().from_status == "approved"
    assert CommentTally.objects.get().approved == 0


def test_comment_that_is_withdrawn_meanwhile_is_not_approved(article: Article, staff: User) -> None:
    comment = make_comment(article)
    with threads() as start:
        with transaction.atomic():
            services.withdraw_comment(comment=Comment.objects.get())
            approval = start(services.approve_comment, comment=comment, by=staff)
            wait_until_blocked(approval)
        assert refusal_of(approval) == "decided"
    assert Comment.objects.get().status == "removed"
    assert not CommentTally.objects.exists()


def test_moderator_never_publishes_words_that_came_after_the_look(
    article: Article, staff: User
) -> None:
    seen = make_comment(article)
    with threads() as start:
        with transaction.atomic():
            services.amend_comment(comment=Comment.objects.get(), text="Lời chưa ai đọc.")
            approval = start(services.approve_comment, comment=seen, by=staff)
            wait_until_blocked(approval)
        assert refusal_of(approval) == "changed"
    assert Comment.objects.get().status == "pending"


def test_comment_that_is_approved_meanwhile_is_not_amended(article: Article, staff: User) -> None:
    comment = make_comment(article, text="Lời đã đọc rồi.")
    with threads() as start:
        with transaction.atomic():
            services.approve_comment(comment=Comment.objects.get(), by=staff)
            amendment = start(services.amend_comment, comment=comment, text="Lời chưa ai đọc.")
            wait_until_blocked(amendment)
        assert refusal_of(amendment) == "late"
    assert Comment.objects.get().text == "Lời đã đọc rồi."


def test_of_two_complaints_dismissed_at_once_the_second_shows_the_comment_again(
    article: Article, staff: User
) -> None:
    comment = make_comment(article, status="approved")
    complaints = [
        services.report_comment(comment=comment, reason="insult", address=f"192.0.2.{n}")
        for n in range(2)
    ]
    services.remove_comment(comment=comment, by=staff, reason="insult")
    with threads() as start:
        with held(comment):
            jobs = [
                start(services.handle_report, report=report, by=staff, outcome="dismissed")
                for report in complaints
            ]
            wait_until_blocked(*jobs)
        assert [refusal_of(job) for job in jobs] == ["", ""]
    comment.refresh_from_db()
    assert comment.status == "approved"
    assert comment.decisions.filter(action="restore").count() == 1


def test_of_two_who_decide_one_complaint_at_once_one_does(article: Article, staff: User) -> None:
    comment = make_comment(article, status="approved")
    report = services.report_comment(comment=comment, reason="insult")
    with threads() as start:
        with held(comment):
            jobs = [
                start(services.handle_report, report=report, by=staff, outcome=outcome)
                for outcome in ("dismissed", "upheld")
            ]
            wait_until_blocked(*jobs)
        refusals = [refusal_of(job) for job in jobs]
    assert sorted(refusals) == ["", "decided"]
    outcome = ("dismissed", "upheld")[refusals.index("")]
    comment.refresh_from_db()
    assert Report.objects.get().outcome == outcome
    assert comment.status == ("approved" if outcome == "dismissed" else "removed")


def test_comment_is_erased_while_a_complaint_about_it_is_decided(
    article: Article, staff: User
) -> None:
    """Both lock the comment before its complaints, so neither waits for the other for ever."""
    comment = make_comment(article, status="approved")
    report = services.report_comment(comment=comment, reason="insult", text="Lời lẽ.")
    with threads() as start:
        with held(comment):
            job = start(services.handle_report, report=report, by=staff, outcome="upheld")
            wait_until_blocked(job)
            services.erase_comment(comment=comment)
        assert refusal_of(job) == ""
    report.refresh_from_db()
    assert (report.outcome, report.text) == ("upheld", "")
    assert comment.decisions.get().action == "erase"


@pytest.mark.parametrize("kind", ["reader", "authority"])
def test_no_complaint_is_stored_about_a_comment_that_is_erased_meanwhile(
    kind: str, article: Article
) -> None:
    comment = make_comment(article, status="approved")
    with threads() as start:
        with transaction.atomic():
            services.erase_comment(comment=comment)
            words = {"reason": "insult", "text": "Người này viết: …", "kind": kind}
            job = start(services.report_comment, comment=comment, **words)
            wait_until_blocked(job)
        assert refusal_of(job) == "refused"
    assert not Report.objects.exists()


def test_same_network_that_complains_twice_at_once_has_one_complaint(article: Article) -> None:
    comment = make_comment(article, status="approved")
    words = {"reason": "insult", "address": "192.0.2.7"}
    with threads() as start:
        with held(comment):
            jobs = [start(services.report_comment, comment=comment, **words) for _ in range(2)]
            wait_until_blocked(*jobs)
        first, second = [result_of(job) for job in jobs]
    assert first == second == Report.objects.get()


def test_sender_is_erased_while_one_of_the_comments_is_answered(
    article: Article, staff: User
) -> None:
    """The answer holds a reply and needs its thread, which is of the same sender."""
    thread = make_comment(article, status="approved", email="an@example.vn")
    reply = make_comment(article, status="approved", email="an@example.vn", parent=thread)
    with threads() as start:
        with held(reply):
            erasure = start(services.erase_sender, email="an@example.vn", by=staff)
            wait_until_blocked(erasure)
            services.reply_officially(comment=reply, by=staff, text="Đã sửa xong.")
        assert result_of(erasure) == 2
    assert Comment.objects.filter(erased_at=None).get().is_official
    assert CommentTally.objects.get().approved == 1


def old_comments(article: Article, **fields: Any) -> list[Comment]:
    sent = timezone.now() - timedelta(days=800)
    return [make_comment(article, submitted_at=sent, **fields) for _ in range(3)]


@pytest.mark.parametrize("status", ["rejected", "approved"])
def test_retention_command_waits_for_no_comment_that_somebody_holds(
    status: str, article: Article
) -> None:
    comments = old_comments(article, status=status, email="an@example.vn")
    with threads() as start, held(comments[1]):
        result_of(start(services.purge_personal_data))
        assert Comment.objects.exclude(email="").get() == comments[1]


def test_retention_command_holds_one_comment_at_a_time(article: Article) -> None:
    first, second, _third = old_comments(article, status="rejected")
    for comment in (first, second):
        services.report_comment(
            comment=comment, reason="insult", text="Lời lẽ.", kind=Report.Kind.AUTHORITY
        )
    with threads() as start:
        with transaction.atomic():
            Report.objects.select_for_update().get(comment=second)
            job = start(services.purge_personal_data)
            wait_until_blocked(job)
            Report.objects.select_for_update().get(comment=first)
        assert result_of(job)["comments_erased"] == 3


@pytest.mark.parametrize(("deleted", "code"), [("article", "closed"), ("comment", "parent")])
def test_comment_whose_place_is_deleted_meanwhile_is_refused(
    deleted: str, code: str, article: Article
) -> None:
    answered = make_comment(article, status="approved").pk if deleted == "comment" else None
    with threads() as start:
        with transaction.atomic():
            (Comment if answered else Article).objects.get().delete()
            job = start(submit, article, parent_id=answered)
            wait_until_blocked(job)
        assert refusal_of(job) == code
    assert not Comment.objects.exists()
    assert not SendLimit.objects.exists()


def test_official_answer_sent_twice_at_once_stands_once(article: Article, staff: User) -> None:
    comment = make_comment(article, status="approved")
    with threads() as start:
        with held(comment):
            words = {"comment": comment, "by": staff, "text": "Đã sửa xong."}
            jobs = [start(services.reply_officially, **words) for _ in range(2)]
            wait_until_blocked(*jobs)
        assert sorted(refusal_of(job) for job in jobs) == ["", "duplicate"]
    assert Comment.objects.filter(is_official=True).count() == 1
