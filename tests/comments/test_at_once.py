"""Many at the same moment, with real threads and connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from comments import services
from comments.models import Comment, CommentSettings, CommentTally, Decision, SendLimit
from news.models import Article
from portal.models import User
from tests import contention
from tests.comments.sending import filled, form_of
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


def test_sender_withdraws_while_a_moderator_approves(article: Article) -> None:
    staff = User.objects.create(username="kiem-duyet")
    comment = make_comment(article)
    at_once(
        [
            lambda: services.approve_comment(comment=Comment.objects.get(), by=staff),
            lambda: services.withdraw_comment(comment=Comment.objects.get()),
        ]
    )
    comment.refresh_from_db()
    assert comment.status == "removed"
    assert comment.withdrawn_at
    assert not CommentTally.objects.filter(approved__gt=0).exists()


def test_moderator_never_publishes_words_that_came_after_the_look(article: Article) -> None:
    """The sender amends while a moderator approves: either order, never the unread text."""
    staff = User.objects.create(username="kiem-duyet")
    for turn in range(4):
        comment = make_comment(article, text=f"Lời đã đọc, lần thứ {turn}.")
        seen = Comment.objects.get(pk=comment.pk)
        at_once(
            [
                lambda c=comment: services.amend_comment(comment=c, text="Lời chưa ai đọc."),
                lambda c=seen: services.approve_comment(comment=c, by=staff),
            ]
        )
        comment.refresh_from_db()
        assert (comment.status, comment.text) in {
            ("approved", f"Lời đã đọc, lần thứ {turn}."),
            ("pending", "Lời chưa ai đọc."),
        }


def test_of_two_complaints_dismissed_at_once_the_second_shows_the_comment_again(
    article: Article,
) -> None:
    staff = User.objects.create(username="kiem-duyet")
    comment = make_comment(article, status="approved")
    complaints = [
        services.report_comment(comment=comment, reason="insult", address=f"192.0.2.{n}")
        for n in range(2)
    ]
    services.remove_comment(comment=comment, by=staff, reason="insult")
    results = at_once(
        [
            lambda r=report: services.handle_report(report=r, by=staff, outcome="dismissed")
            for report in complaints
        ]
    )
    assert not any(isinstance(result, Exception) for result in results)
    comment.refresh_from_db()
    assert comment.status == "approved"
    assert comment.decisions.filter(action="restore").count() == 1


def test_sender_erases_while_readers_complain_and_the_retention_command_runs(
    article: Article,
) -> None:
    comment = make_comment(
        article, status="approved", submitted_at=timezone.now() - timedelta(days=800)
    )
    at_once(
        [
            lambda: services.erase_comment(comment=comment),
            services.purge_personal_data,
            *(
                lambda n=n: services.report_comment(
                    comment=comment, reason="insult", address=f"192.0.2.{n}"
                )
                for n in range(4)
            ),
        ]
    )
    comment.refresh_from_db()
    assert (comment.status, comment.text, comment.name) == ("removed", "", "")
    assert comment.decisions.filter(action="erase").count() == 1
    assert CommentTally.objects.get().approved == 0


def test_official_answer_sent_twice_at_once_stands_once(article: Article) -> None:
    staff = User.objects.create(username="kiem-duyet")
    comment = make_comment(article, status="approved")
    results = at_once(
        [lambda: services.reply_officially(comment=comment, by=staff, text="Đã sửa xong.")] * 4
    )
    assert sum(isinstance(result, ValidationError) for result in results) == 3
    assert Comment.objects.filter(is_official=True).count() == 1
