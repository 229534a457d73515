"""A sender takes back the comment that began a thread: what others wrote below it stays."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import services
from comments.models import Comment, CommentSettings, CommentTally
from news.models import Article
from portal.models import User
from tests.comments.sending import filled, form_of, send
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db

WORDS = "Lời của người mở đầu."
ERASED = "Bình luận đã được xóa theo yêu cầu của người gửi."
WITHDRAWN = "Người gửi đã rút lại bình luận này."


@pytest.fixture
def article() -> Article:
    CommentSettings.objects.create(seconds_to_fill_in=0, seconds_between=0)
    return make_article()


@pytest.fixture
def root(article: Article) -> Comment:
    """A published comment with one published reply of somebody else."""
    root = make_comment(article, status="approved", name="Trần Thị Mận", text=WORDS)
    make_comment(article, parent=root, status="approved", name="Lê Văn Quýt", text="Lời đáp lại ạ.")
    return root


def take_back(verb: str, comment: Comment) -> None:
    getattr(services, f"{verb}_comment")(comment=comment)


def html_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def tally(article: Article) -> tuple[int, int]:
    row = CommentTally.objects.get(article=article)
    return row.approved, row.threads


def is_shown(comment: Comment) -> bool:
    return Comment.objects.values_list("is_shown", flat=True).get(pk=comment.pk)


@pytest.mark.parametrize(("verb", "sentence"), [("erase", ERASED), ("withdraw", WITHDRAWN)])
def test_replies_stay_below_an_empty_place(
    client: Client, article: Article, root: Comment, verb: str, sentence: str
) -> None:
    take_back(verb, root)
    base = f"/binh-luan/{article.pk}/"
    for address in (article.get_absolute_url(), base, f"{base}{root.pk}/"):
        html = html_of(client, address)
        assert "Lời đáp lại ạ." in html
        assert "Lê Văn Quýt" in html
        assert html.count(sentence) == 1
        assert f'id="binh-luan-{root.pk}"' in html
        for gone in (WORDS, "Trần Thị Mận"):
            assert gone not in html
        # The time of the reply is the only one.
        assert html.count("comment__time") == 1


def test_empty_place_is_not_counted_as_a_comment(
    client: Client, article: Article, root: Comment
) -> None:
    assert tally(article) == (2, 1)
    services.erase_comment(comment=root)
    assert tally(article) == (1, 1)
    assert "Bình luận (1)" in html_of(client, article.get_absolute_url())


@pytest.mark.parametrize("verb", ["erase", "withdraw"])
def test_comment_without_replies_leaves_no_place(
    client: Client, article: Article, verb: str
) -> None:
    root = make_comment(article, status="approved")
    make_comment(article, parent=root)
    take_back(verb, root)
    assert tally(article) == (0, 0)
    html = html_of(client, article.get_absolute_url())
    assert "Chưa có bình luận." in html
    assert "đã rút lại bình luận" not in html
    assert client.get(f"/binh-luan/{article.pk}/{root.pk}/").status_code == 404


def test_reply_that_is_taken_back_leaves_no_place(
    client: Client, article: Article, root: Comment
) -> None:
    services.erase_comment(comment=root.replies.get())
    html = html_of(client, article.get_absolute_url())
    assert WORDS in html
    assert "Lời đáp lại ạ." not in html
    assert ERASED not in html


def test_place_goes_with_its_last_reply_and_returns_with_it(
    client: Client, article: Article, root: Comment, admin_user: User
) -> None:
    services.erase_comment(comment=root)
    reply = root.replies.get()
    services.remove_comment(comment=reply, by=admin_user, reason="insult")
    assert tally(article) == (0, 0)
    assert ERASED not in html_of(client, article.get_absolute_url())
    services.restore_comment(comment=reply, by=admin_user)
    assert tally(article) == (1, 1)
    assert ERASED in html_of(client, article.get_absolute_url())
    reply.delete()
    assert tally(article) == (0, 0)
    assert not is_shown(root)


def test_reply_that_waits_is_approved_below_an_empty_place(
    client: Client, article: Article, admin_user: User
) -> None:
    root = make_comment(article, status="approved")
    reply = make_comment(article, parent=root, text="Lời đáp đến sau ạ.")
    services.erase_comment(comment=root)
    services.approve_comment(comment=reply, by=admin_user)
    assert "Lời đáp đến sau ạ." in html_of(client, article.get_absolute_url())
    assert tally(article) == (1, 1)


@pytest.mark.parametrize(
    ("verb", "words", "status"),
    [
        ("remove_comment", {"reason": "insult"}, "removed"),
        ("mark_spam", {}, "spam"),
    ],
)
def test_sender_cannot_take_back_what_staff_took_off(
    client: Client, article: Article, verb: str, words: dict[str, str], status: str
) -> None:
    staff = User.objects.create(username="kiem-duyet")
    link = str(send(client, article)["Location"])
    comment = Comment.objects.get(status="pending")
    services.approve_comment(comment=comment, by=staff)
    getattr(services, verb)(comment=comment, by=staff, **words)
    refused = client.post(link, {"action": "withdraw"})
    assert refused.status_code == 409
    assert "Bình luận này không còn trên trang." in refused.content.decode()
    comment.refresh_from_db()
    # Else staff could not restore it.
    assert (comment.status, comment.withdrawn_at) == (status, None)
    assert comment.fingerprint
    services.restore_comment(comment=comment, by=staff)
    assert comment.status == "approved"


@pytest.mark.parametrize("verb", ["remove_comment", "mark_spam"])
def test_replies_below_what_staff_took_off_stay_hidden_when_its_sender_erases_it(
    client: Client, article: Article, root: Comment, admin_user: User, verb: str
) -> None:
    reason = {"reason": "insult"} if verb == "remove_comment" else {}
    getattr(services, verb)(comment=root, by=admin_user, **reason)
    services.erase_comment(comment=root)
    assert tally(article) == (0, 0)
    assert "Lời đáp lại ạ." not in html_of(client, article.get_absolute_url())


def test_place_of_a_withdrawn_comment_stays_as_it_is_when_it_is_erased(
    client: Client, article: Article, root: Comment
) -> None:
    services.withdraw_comment(comment=root)
    services.erase_comment(comment=root)
    html = html_of(client, article.get_absolute_url())
    assert (html.count(ERASED), html.count(WITHDRAWN)) == (0, 1)


def test_retention_command_leaves_the_replies(
    client: Client, article: Article, root: Comment
) -> None:
    services.withdraw_comment(comment=root)
    Comment.objects.filter(pk=root.pk).update(submitted_at=timezone.now() - timedelta(days=400))
    call_command("purge_personal_data", verbosity=0)
    root.refresh_from_db()
    assert (root.name, root.text) == ("", "")
    html = html_of(client, article.get_absolute_url())
    assert "Lời đáp lại ạ." in html
    # Nobody has asked for what the time alone has erased.
    assert (html.count(ERASED), html.count(WITHDRAWN)) == (0, 1)


def test_nothing_of_the_sender_is_left_in_the_empty_place(article: Article) -> None:
    root = make_comment(
        article,
        status="approved",
        email="an@example.vn",
        network_hash="a" * 32,
        status_key_hash="b" * 32,
        fingerprint="c" * 32,
        corrected_at=timezone.now(),
        sent_text="Lời chưa sửa ạ.",
    )
    make_comment(article, parent=root, status="approved")
    services.erase_comment(comment=root)
    row = Comment.objects.values().get(pk=root.pk)
    kept = {name for name, value in row.items() if value not in (None, "", [], False)}
    assert kept == {
        *("id", "article_id", "reply_count", "is_shown"),
        *("status", "hold_reason", "consent_id", "consented_at"),
        *("submitted_at", "published_at", "withdrawn_at", "erased_at"),
    }


def test_pages_of_twenty_count_empty_places_among_the_threads(
    client: Client, article: Article
) -> None:
    for number in range(45):
        root = make_comment(article, status="approved")
        make_comment(article, parent=root, status="approved", text=f"Lời đáp {number:02} ạ.")
        if number % 2:
            services.erase_comment(comment=root)
    assert tally(article) == (45 + 23, 45)
    address, seen, pages = f"/binh-luan/{article.pk}/", [], 0
    while address:
        html = html_of(client, address)
        seen += re.findall(r"Lời đáp (\d+) ạ", html)
        pages += 1
        older = re.search(r'href="([^"]*\?truoc=\d+)"', html)
        address = older[1] if older else ""
    assert seen == [f"{number:02}" for number in reversed(range(45))]
    assert pages == 3


def test_empty_place_costs_no_statement(client: Client, article: Article, root: Comment) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(article.get_absolute_url())
        return sum("comments_" in query["sql"] for query in captured)

    before = statements()
    services.erase_comment(comment=root)
    assert statements() == before == 4


def test_threads_are_found_by_their_index_alone(article: Article, root: Comment) -> None:
    """However many were taken back: what is not shown is not read."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM comments_comment WHERE article_id = %s AND parent_id IS NULL "
            "AND is_shown AND id < 99999999 ORDER BY id DESC LIMIT 21",
            [article.pk],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "comments_threads_newest" in plan
    assert "Filter" not in plan


# --- What can still be done ---------------------------------------------------------------------


def test_readers_answer_no_more_in_a_thread_that_was_taken_back(
    client: Client, article: Article, root: Comment
) -> None:
    reply = root.replies.get()
    services.erase_comment(comment=root)
    for address in (article.get_absolute_url(), f"/binh-luan/{article.pk}/{root.pk}/"):
        assert "tra-loi" not in html_of(client, address)
    for pk in (root.pk, reply.pk):
        asked = client.get(f"/binh-luan/{article.pk}/gui", {"tra-loi": pk})
        assert asked.status_code == 404
    # Whose form was opened before.
    late = filled(form_of(client, article), parent=str(root.pk), text="Lời đáp viết quá muộn.")
    answer = client.post(f"/binh-luan/{article.pk}/gui", late).content.decode()
    assert "Bình luận bạn muốn trả lời không còn nữa." in answer
    assert "Lời đáp viết quá muộn." in answer
    assert root.replies.count() == 1


def test_agency_still_answers_those_whose_words_stayed(
    client: Client, article: Article, root: Comment, admin_user: User
) -> None:
    reply = root.replies.get()
    services.erase_comment(comment=root)
    services.reply_officially(comment=reply, by=admin_user, text="Phường đã tiếp nhận.")
    assert "Phường đã tiếp nhận." in html_of(client, article.get_absolute_url())
    with pytest.raises(ValidationError):
        services.reply_officially(comment=root, by=admin_user, text="Phường trả lời.")


@pytest.mark.parametrize("verb", ["erase", "withdraw"])
def test_empty_place_cannot_be_reported(
    client: Client, article: Article, root: Comment, verb: str
) -> None:
    take_back(verb, root)
    html = html_of(client, article.get_absolute_url())
    assert f"/{root.pk}/bao-vi-pham" not in html
    assert f"/{root.replies.get().pk}/bao-vi-pham" in html
    assert client.get(f"/binh-luan/{article.pk}/{root.pk}/bao-vi-pham").status_code == 404
    with pytest.raises(ValidationError):
        services.report_comment(comment=Comment.objects.get(pk=root.pk), reason="insult")


def test_authority_has_nothing_to_complain_of_in_what_is_erased(
    article: Article, root: Comment
) -> None:
    erased = services.erase_comment(comment=root)
    with pytest.raises(ValidationError):
        services.report_comment(comment=erased, reason="insult", kind="authority")


def test_replies_below_an_empty_place_are_found_from_their_own_link(
    client: Client, article: Article, root: Comment, admin_user: User
) -> None:
    status = str(send(client, article, parent=root.pk, name="Phạm Văn Cam")["Location"])
    reply = Comment.objects.get(name="Phạm Văn Cam")
    services.approve_comment(comment=reply, by=admin_user)
    services.erase_comment(comment=root)
    html = html_of(client, status)
    address = f"/binh-luan/{article.pk}/{root.pk}/"
    assert f'href="{address}#binh-luan-{reply.pk}"' in html
    assert f'id="binh-luan-{reply.pk}"' in html_of(client, address)


def test_sender_is_told_beforehand_that_the_replies_stay(
    client: Client, article: Article, admin_user: User
) -> None:
    status = str(send(client, article)["Location"])
    comment = Comment.objects.get()
    services.approve_comment(comment=comment, by=admin_user)
    make_comment(article, parent=comment, status="approved")
    html = html_of(client, status)
    assert html.count("trả lời bên dưới vẫn được giữ") == 2
    assert (html.count(ERASED), html.count(WITHDRAWN)) == (1, 1)
    client.post(status, {"action": "withdraw"})
    html = html_of(client, status)
    assert "Bạn đã rút lại bình luận này." in html
    assert "Xem bình luận trên trang" not in html
    client.post(status, {"action": "erase"})
    assert client.get(status).status_code == 404


def test_everything_of_one_sender_is_erased_and_others_stay(
    client: Client, article: Article, admin_user: User
) -> None:
    mine = {"email": "an@example.vn", "status": "approved"}
    root = make_comment(article, **mine)
    make_comment(article, parent=root, text="Lời đáp của chính tôi.", **mine)
    make_comment(article, parent=root, status="approved", text="Lời đáp của người khác.")
    services.erase_sender(email="an@example.vn", by=admin_user)
    html = html_of(client, article.get_absolute_url())
    assert "Lời đáp của người khác." in html
    assert "Lời đáp của chính tôi." not in html
    assert ERASED in html
