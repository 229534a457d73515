"""The numbers of the rules, at their edge and one step past it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comments import forms, services
from comments.models import (
    Block,
    Comment,
    CommentPolicy,
    CommentSettings,
    CommentSwitch,
    ConsentText,
    ListedPhrase,
    SendLimit,
)
from comments.services.sending import MOST_AMENDMENTS
from news.models import Article
from portal.models import User
from tests.comments.sending import TEXT, submit
from tests.factories import make_article, make_comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        yield clock


@pytest.fixture
def article(clock: Any) -> Article:
    CommentSettings.objects.create(seconds_to_fill_in=3, seconds_between=30, per_hour_and_network=3)
    return make_article()


def refusal(article: Article, **fields: Any) -> str:
    """Send a comment; return the code it is refused with, empty if it is stored."""
    try:
        submit(article, **fields)
    except ValidationError as error:
        return str(error.code)
    return ""


def in_words(article: Article, **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        submit(article, **fields)
    return str(caught.value.messages[0])


def test_sender_waits_exactly_the_seconds_between_two_comments(
    article: Article, clock: Any
) -> None:
    CommentSettings.objects.update(per_hour_and_network=100)
    assert refusal(article) == ""
    assert "đợi 30 giây" in in_words(article, text="Ý kiến thứ hai của tôi.")
    clock.shift(29.5)
    assert "đợi 1 giây" in in_words(article, text="Ý kiến thứ hai của tôi.")
    clock.shift(0.5)
    # Refused tries have not made the wait longer.
    assert refusal(article, text="Ý kiến thứ hai của tôi.") == ""
    # And from this one the next wait begins.
    clock.shift(29.5)
    assert refusal(article, text="Ý kiến thứ ba của tôi.") == "too-fast"


def test_sender_is_a_network_and_an_address_or_a_name(article: Article) -> None:
    CommentSettings.objects.update(per_hour_and_network=100)
    assert refusal(article, email="an@example.vn") == ""
    # The same e-mail address under another name is the same sender.
    assert refusal(article, email="an@example.vn", name="Lê Thị Bưởi") == "too-fast"
    assert refusal(article, email="khac@example.vn", text="Ý kiến của người khác.") == ""
    # Without an e-mail address the name tells, however it is typed.
    assert refusal(article, name="Trần Thị Mận") == ""
    assert refusal(article, name="TRẦN THỊ MẬN", text="Ý kiến thứ hai của Mận.") == "too-fast"
    assert refusal(article, name="Trần Thị Mận", address="198.51.100.9") == ""


def test_network_may_send_exactly_so_many_in_an_hour(article: Article, clock: Any) -> None:
    def send(number: int) -> str:
        return refusal(article, name=f"Người {number}", text=f"Ý kiến thứ {number} của tôi.")

    assert [send(number) for number in range(4)] == ["", "", "", "too-fast"]
    assert "Mạng của bạn đã gửi nhiều bình luận." in in_words(article, name="Người khác")
    assert refusal(article, address="198.51.100.9") == ""
    clock.shift(3599)
    assert send(5) == "too-fast"
    clock.shift(1)
    assert [send(number) for number in range(6, 10)] == ["", "", "", "too-fast"]


def test_no_pace_lets_a_sender_send_again_at_once(article: Article) -> None:
    CommentSettings.objects.update(seconds_between=0)
    assert refusal(article) == ""
    assert refusal(article, text="Ý kiến thứ hai của tôi.") == ""


def test_article_that_takes_no_comments_takes_none_from_anybody(article: Article) -> None:
    CommentSwitch.objects.create(article=article, is_open=False)
    assert refusal(article) == "closed"
    assert not Comment.objects.exists()


def test_every_try_is_counted_once_whatever_becomes_of_it(article: Article) -> None:
    CommentSettings.objects.update(per_hour_and_network=2)
    counts = []
    for fields, code in (
        ({}, ""),
        ({}, "duplicate"),
        ({"name": "Lê Văn Cửu"}, "too-fast"),
        ({"text": "Ý kiến thứ hai của tôi."}, "too-fast"),
    ):
        CommentSettings.objects.update(seconds_between=30 if code == "too-fast" else 0)
        assert refusal(article, **fields) == code
        counts.append(max(SendLimit.objects.values_list("count", flat=True)))
    assert counts == [1, 2, 3, 4]
    assert Comment.objects.count() == 1


def test_what_is_refused_for_itself_is_no_try(article: Article) -> None:
    assert refusal(article, parent_id=0) == "parent"
    assert not SendLimit.objects.exists()


# --- The form -----------------------------------------------------------------------------------


def errors(article: Article, age: int = 60, **typed: str) -> set[str]:
    """Return the fields that a form filled in with this is refused for, its captcha apart."""
    token = forms.new_token(article.pk)
    token = forms.parse_token(
        str(forms.Token(article.pk, token.nonce, token.made_at - age)), article.pk
    )
    data = {"name": "An", "email": "", "text": TEXT, "consent": "on"} | typed
    form = forms.CommentForm(data, policy=CommentPolicy.for_article(article.pk), token=token)
    del form.fields["captcha"]
    return set(form.errors)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": "a" * 60}, set()),
        ({"name": "a" * 61}, {"name"}),
        ({"text": "ă" * 9}, {"text"}),
        ({"text": "ă" * 10}, set()),
        ({"text": "ă" * 2000}, set()),
        ({"text": "ă" * 2001}, {"text"}),
        ({"text": TEXT + "q" + "\u0301" * 4}, set()),
        ({"text": TEXT + "q" + "\u0301" * 5}, {"text"}),
        ({"name": "Aq" + "\u0301" * 4}, set()),
        ({"name": "Aq" + "\u0301" * 5}, {"name"}),
        ({"email": f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.vn"}, set()),
        ({"email": f"{'a' * 64}@{'b' * 62}.{'c' * 62}.{'d' * 62}.vn"}, {"email"}),
        ({"website": " "}, set()),
        ({"website": "x"}, {"website"}),
    ],
)
def test_form_takes_what_is_just_long_enough(
    article: Article, typed: dict[str, str], wrong: set[str]
) -> None:
    assert errors(article, **typed) == wrong


@pytest.mark.parametrize(
    ("age", "wrong"),
    [
        (2, {"__all__"}),
        (3, set()),
        (forms.OLDEST_TOKEN, set()),
        (forms.OLDEST_TOKEN + 1, {"__all__"}),
    ],
)
def test_form_is_taken_from_its_first_second_to_its_last(
    article: Article, age: int, wrong: set[str]
) -> None:
    assert errors(article, age=age) == wrong


def test_consent_holds_from_its_very_moment(article: Article) -> None:
    rules = CommentSettings.load()
    text = ConsentText.objects.create(version=1, text="Bản mới.", valid_from=timezone.now())
    assert ConsentText.in_force(rules) == text
    ConsentText.objects.update(valid_from=timezone.now() + timedelta(microseconds=1))
    assert ConsentText.in_force(rules).pk is None


def test_comments_close_just_after_their_last_day(article: Article, clock: Any) -> None:
    CommentSettings.objects.update(closes_after_days=30)
    Article.objects.update(published_at=timezone.now() - timedelta(days=30))
    assert CommentPolicy.for_article(article.pk).refusal == ""
    clock.shift(1)
    assert CommentPolicy.for_article(article.pk).refusal == "Bình luận đã đóng."


def test_article_is_commented_on_from_the_moment_of_its_publication(article: Article) -> None:
    Article.objects.update(published_at=timezone.now())
    assert CommentPolicy.for_article(article.pk).article == article
    Article.objects.update(published_at=timezone.now() + timedelta(microseconds=1))
    with pytest.raises(Article.DoesNotExist):
        CommentPolicy.for_article(article.pk)


# --- Blocks, trust, amendments ------------------------------------------------------------------


def test_block_ends_at_its_moment(article: Article, admin_user: User, clock: Any) -> None:
    comment = make_comment(article, network_hash=submit(article).network_hash)
    services.block_sender(
        comment=comment,
        kind=Block.Kind.NETWORK,
        until=timezone.now() + timedelta(minutes=5),
        reason="Quảng cáo.",
        by=admin_user,
    )
    clock.shift(299)
    assert refusal(article, text="Ý kiến thứ hai của tôi.") == "blocked"
    assert refusal(article, address="198.51.100.9") == ""
    clock.shift(1)
    assert refusal(article, text="Ý kiến thứ hai của tôi.") == ""


@pytest.mark.parametrize(("approved", "status"), [(2, "pending"), (3, "approved")])
def test_sender_is_trusted_after_exactly_so_many_approvals(
    article: Article, approved: int, status: str
) -> None:
    CommentSettings.objects.update(trust_after=3)
    make_comment(article, email="an@example.vn", status="rejected")
    for _number in range(approved):
        make_comment(article, email="an@example.vn", status="approved")
    comment = submit(article, email="an@example.vn")
    comment.refresh_from_db()
    assert comment.status == status
    assert [d.by for d in comment.decisions.all()] == ([None] if status == "approved" else [])


def test_listed_phrase_in_the_name_of_a_trusted_sender_is_looked_at(article: Article) -> None:
    CommentSettings.objects.update(trust_after=1)
    ListedPhrase.objects.create(phrase="đồ ngốc")
    make_comment(article, email="an@example.vn", status="approved")
    assert submit(article, email="an@example.vn", name="Đồ Ngốc").status == "pending"


def test_sender_may_amend_until_the_quarter_of_an_hour_is_over(
    article: Article, clock: Any
) -> None:
    comment = submit(article)
    clock.shift(15 * 60)
    services.amend_comment(comment=comment, text="Ý kiến đã sửa đúng lúc.")
    clock.shift(1)
    with pytest.raises(ValidationError) as late:
        services.amend_comment(comment=comment, text="Ý kiến sửa quá muộn.")
    assert late.value.code == "late"
    assert Comment.objects.get().text == "Ý kiến đã sửa đúng lúc."


@pytest.mark.parametrize("verb", ["approve_comment", "mark_spam"])
def test_comment_that_was_decided_is_amended_no_more(
    article: Article, admin_user: User, verb: str
) -> None:
    comment = submit(article)
    getattr(services, verb)(comment=comment, by=admin_user)
    with pytest.raises(ValidationError) as late:
        services.amend_comment(comment=comment, text="Ý kiến sửa sau khi đã duyệt.")
    assert late.value.code == "late"
    comment.refresh_from_db()
    assert comment.text == TEXT


def test_sender_may_amend_exactly_so_many_times(article: Article) -> None:
    comment = submit(article)
    for number in range(MOST_AMENDMENTS):
        services.amend_comment(comment=comment, text=f"Ý kiến đã sửa lần thứ {number}.")
    with pytest.raises(ValidationError) as often:
        services.amend_comment(comment=comment, text="Ý kiến sửa quá nhiều lần.")
    assert often.value.code == "too-fast"
    assert comment.decisions.count() == MOST_AMENDMENTS


def test_text_that_was_not_changed_is_no_amendment(article: Article) -> None:
    comment = submit(article)
    services.amend_comment(comment=comment, text=comment.text)
    assert not comment.decisions.exists()


def test_comment_cannot_be_amended_into_another_one_of_its_sender(
    article: Article, clock: Any
) -> None:
    submit(article)
    clock.shift(30)
    second = submit(article, text="Ý kiến thứ hai của tôi.")
    with pytest.raises(ValidationError) as twice:
        services.amend_comment(comment=second, text=TEXT.upper())
    assert twice.value.code == "duplicate"


def test_words_that_were_amended_away_may_be_sent_anew(article: Article, clock: Any) -> None:
    first = submit(article)
    services.amend_comment(comment=first, text="Ý kiến đã sửa của tôi.")
    clock.shift(30)
    assert refusal(article) == ""
    clock.shift(30)
    assert refusal(article, text="Ý kiến đã sửa của tôi!") == "duplicate"


def test_no_other_constraint_is_told_as_a_comment_sent_twice(article: Article) -> None:
    too_short = "comments_comment_text_10_to_2000"
    comment = submit(article)
    with pytest.raises(IntegrityError, match=too_short), transaction.atomic():
        submit(article, name="Lê Văn Cửu", text="Ngắn.")
    with pytest.raises(IntegrityError, match=too_short):
        services.amend_comment(comment=comment, text="Ngắn.")


def test_comment_below_an_article_that_was_withdrawn_is_amended_no_more(article: Article) -> None:
    comment = submit(article)
    Article.objects.update(status="withdrawn", status_reason="Số liệu chưa đúng.")
    with pytest.raises(ValidationError) as closed:
        services.amend_comment(comment=comment, text="Ý kiến đã sửa của tôi.")
    assert closed.value.code == "closed"
