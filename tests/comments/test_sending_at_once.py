"""The one statement that stores a comment by what the process knew last, and when it must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from captcha.models import CaptchaStore
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import gate, hashing, services
from comments.models import Comment, CommentSettings, CommentSwitch, ConsentText, ListedPhrase
from news.models import Article
from portal.models import User
from tests.comments.sending import filled, form_of, send
from tests.factories import make_article, make_comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]

OTHER = {"name": "Trần Thị Mận", "text": "Đề nghị lắp thêm đèn ở đầu ngõ số 5."}


@pytest.fixture(autouse=True)
def rules() -> CommentSettings:
    return CommentSettings.objects.create(seconds_to_fill_in=0, seconds_between=0)


@pytest.fixture
def article(client: Client) -> Article:
    """One below which somebody has just commented, so that this process knows the rules."""
    article = make_article()
    gate._remembered.clear()
    # The first comment of a new site also keeps the consent text; the second finds it kept.
    assert send(client, article).status_code == 303
    assert send(client, article, text="Ý kiến thứ hai của cùng người gửi.").status_code == 303
    assert gate.remembered(article.pk)
    return article


def post(client: Client, article: Article, data: dict[str, Any]) -> tuple[Any, int]:
    """Send a form; return the answer and in how many statements it was made."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(f"/binh-luan/{article.pk}/gui", data)
    return answer, len(queries)


def test_comment_is_stored_in_one_statement(client: Client, article: Article) -> None:
    data = filled(form_of(client, article), **OTHER, email="man@example.vn")
    answer, statements = post(client, article, data)
    assert (answer.status_code, statements) == (303, 1)
    stored = Comment.objects.latest("pk")
    assert (stored.name, stored.text) == (OTHER["name"], OTHER["text"])
    assert (stored.status, stored.email) == ("pending", "man@example.vn")
    assert not CaptchaStore.objects.filter(hashkey=data["captcha_key"]).exists()
    assert client.get(answer["Location"]).status_code == 200


def test_reply_is_stored_in_one_statement(client: Client, article: Article) -> None:
    thread = services.approve_comment(comment=Comment.objects.earliest("pk"), by=None)
    data = filled(form_of(client, article, **{"tra-loi": thread.pk}), **OTHER)
    answer, statements = post(client, article, data)
    assert (answer.status_code, statements) == (303, 1)
    assert Comment.objects.latest("pk").parent == thread


def lists_a_phrase(article: Article) -> None:
    ListedPhrase.objects.create(phrase="đầu ngõ")


def closes_below_it(article: Article) -> None:
    CommentSwitch.objects.create(article=article, is_open=False)


def withdraws_it(article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(
        status="withdrawn", status_reason="Số liệu chưa đúng."
    )


def hires_the_sender(article: Article) -> None:
    User.objects.create(username="man", last_name="Trần Thị", first_name="Mận", is_staff=True)


def reserves_the_name(article: Article) -> None:
    CommentSettings.objects.update(reserved_names="Trần Thị Mận")


def block(kind: str) -> None:
    services.block_sender(
        comment=Comment.objects.latest("pk"),
        kind=kind,
        until=timezone.now() + timedelta(days=1),
        reason="Quảng cáo nhiều lần.",
        by=User.objects.create(username="kiem-duyet"),
    )


def blocks_the_network(article: Article) -> None:
    block("network")


def blocks_the_address(article: Article) -> None:
    Comment.objects.update(email_hash=hashing.email_hash("man@example.vn"))
    block("email")


def closes_below_its_category(article: Article) -> None:
    CommentSwitch.objects.create(category=article.category, is_open=False)


def closes_everywhere(article: Article) -> None:
    CommentSwitch.objects.create(is_open=False)


def closes_after_a_day(article: Article) -> None:
    CommentSettings.objects.update(closes_after_days=1)
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now() - timedelta(days=2))


def puts_a_consent_in_force(article: Article) -> None:
    ConsentText.objects.create(version=7, text="Tôi đồng ý.", valid_from=timezone.now())


@pytest.mark.parametrize(
    ("change", "status", "holds"),
    [
        (lists_a_phrase, 303, lambda: Comment.objects.latest("pk").hold_reason == "phrase"),
        (closes_below_it, 403, lambda: Comment.objects.count() == 2),
        (withdraws_it, 404, lambda: Comment.objects.count() == 2),
        (hires_the_sender, 400, lambda: Comment.objects.count() == 2),
        (reserves_the_name, 400, lambda: Comment.objects.count() == 2),
        (blocks_the_network, 403, lambda: Comment.objects.count() == 2),
        (blocks_the_address, 403, lambda: Comment.objects.count() == 2),
        (closes_below_its_category, 403, lambda: Comment.objects.count() == 2),
        (closes_everywhere, 403, lambda: Comment.objects.count() == 2),
        (closes_after_a_day, 403, lambda: Comment.objects.count() == 2),
        (puts_a_consent_in_force, 400, lambda: Comment.objects.count() == 2),
    ],
)
def test_what_the_office_changed_meanwhile_holds_for_the_next_comment(
    client: Client,
    article: Article,
    change: Callable[[Article], None],
    status: int,
    holds: Callable[[], bool],
) -> None:
    data = filled(form_of(client, article), **OTHER, email="man@example.vn")
    change(article)
    answer, _statements = post(client, article, data)
    assert answer.status_code == status
    assert holds()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"captcha": "sai"}, "Mã xác thực không đúng."),
        ({"captcha_key": "0" * 40}, "Mã xác thực"),
        ({"text": "Ngắn."}, "quá ngắn"),
        ({"text": "Ý kiến thứ hai của cùng người gửi.", "name": "Nguyễn Văn An"}, "đã gửi"),
        ({"parent": "999999"}, "không còn"),
    ],
)
def test_refusal_is_told_as_ever_and_uses_the_code_up(
    client: Client, article: Article, fields: dict[str, str], sentence: str
) -> None:
    data = filled(form_of(client, article), **OTHER) | fields
    answer, _statements = post(client, article, data)
    assert answer.status_code in {400, 403}
    assert sentence in answer.content.decode()
    assert Comment.objects.count() == 2
    assert not CaptchaStore.objects.filter(hashkey=data["captcha_key"]).exists()


def test_refused_comment_counts_once_for_the_limit(client: Client, article: Article) -> None:
    CommentSettings.objects.update(per_hour_and_network=3)
    send(client, article, **OTHER)
    refused = send(client, article, name="Lê Văn Cửu", text="Tôi cũng có một ý kiến về việc này.")
    assert refused.status_code == 429
    assert "Mạng của bạn đã gửi nhiều bình luận." in refused.content.decode()
    assert Comment.objects.count() == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(count) FROM comments_sendlimit")
        assert cursor.fetchone() == (4,)


def test_moderator_who_is_faster_than_the_rule_of_trust_costs_no_answer(
    client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    CommentSettings.objects.update(trust_after=1)
    make_comment(article, email="man@example.vn", status="approved")
    for _turn in range(2):  # the longer way, then the short one

        def decided_meanwhile(**_: Any) -> None:
            raise ValidationError("Đã có người xử lý.")

        monkeypatch.setattr("comments.services.sending.approve_comment", decided_meanwhile)
        text = f"Ý kiến thứ {_turn} của một người quen."
        assert send(client, article, email="man@example.vn", text=text).status_code == 303
        assert Comment.objects.latest("pk").text == text


def test_memory_of_a_process_is_bounded(client: Client, article: Article) -> None:
    for number in range(gate._MOST_REMEMBERED):
        gate._remembered[-number] = gate._remembered[article.pk]
    send(client, make_article(), **OTHER)
    assert len(gate._remembered) == 1
