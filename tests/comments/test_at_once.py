"""Many at the same moment, with real threads and connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from comments import services
from comments.models import Comment, CommentSettings, CommentTally, Decision, SendLimit
from news.models import Article
from portal.models import User
from tests.comments.sending import filled, form_of
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(actions: list[Callable[[], Any]]) -> list[Any]:
    """Run everything from one starting shot, a thread and a connection each."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        start.wait(30)
        try:
            return action()
        except ValidationError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


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
    assert sorted(statuses) == [200] * 39 + [303]


def test_forty_equal_comments_of_one_sender_in_a_hurry_are_stored_once(
    article: Article, settings: Any
) -> None:
    settings.CAPTCHA_PER_MINUTE = 1000
    CommentSettings.objects.update(seconds_between=30)
    actions = posts(article)
    statuses = [answer.status_code for answer in at_once(actions)]
    assert sorted(statuses) == [200] * 39 + [303]
    assert Comment.objects.count() == 1
    assert sorted(SendLimit.objects.values_list("count", flat=True)) == [40, 40]


def test_one_form_sent_eight_times_at_once_is_stored_once(article: Article) -> None:
    data = filled(form_of(Client(), article))
    answers = at_once([lambda: Client().post(f"/binh-luan/{article.pk}/gui", data)] * 8)
    assert Comment.objects.count() == 1
    assert {a["Location"] for a in answers if a.status_code in {302, 303}} != set()


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
        seen.wait(30)  # everybody looks at the comment before anybody decides
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
