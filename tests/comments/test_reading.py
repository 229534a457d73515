"""What readers see: the list, its pages, threads, the status page, complaints."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import services
from comments.models import Comment, CommentSettings, ListedPhrase, Report
from news.models import Article
from portal.models import User
from tests.comments.sending import TEXT, filled, form_of, send, solution
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def article() -> Article:
    CommentSettings.objects.create(seconds_to_fill_in=0, seconds_between=0)
    return make_article()


def page_of(client: Client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def test_article_without_comments_invites_the_first(client: Client, article: Article) -> None:
    html = page_of(client, article)
    assert "Chưa có bình luận. Hãy là người đầu tiên gửi ý kiến." in html
    assert f'href="/binh-luan/{article.pk}/gui"' in html


def test_article_shows_approved_comments_and_their_number(client: Client, article: Article) -> None:
    root = make_comment(article, status="approved", text="Ý kiến đã được duyệt.")
    make_comment(article, parent=root, status="approved", text="Trả lời đã được duyệt.")
    make_comment(article, status="pending", text="Ý kiến đang chờ duyệt.")
    make_comment(article, parent=root, status="spam", text="Trả lời là thư rác.")
    hidden = make_comment(article, status="removed", text="Ý kiến đã bị gỡ.")
    make_comment(article, parent=hidden, status="approved", text="Trả lời dưới ý kiến bị gỡ.")
    html = page_of(client, article)
    assert "Bình luận (2)" in html
    shown = re.findall(r'class="comment__text"[^>]*><p>([^<]+)', html)
    assert shown == ["Ý kiến đã được duyệt.", "Trả lời đã được duyệt."]


def test_email_address_is_never_on_a_page(client: Client, article: Article) -> None:
    comment = make_comment(article, status="approved", email="an.nguyen@example.vn")
    for address in ("", f"{comment.pk}/", f"{comment.pk}/bao-vi-pham", f"gui?tra-loi={comment.pk}"):
        html = client.get(f"/binh-luan/{article.pk}/{address}").content.decode()
        assert "an.nguyen" not in html


def test_official_answer_and_correction_are_marked(
    client: Client, article: Article, admin_user: User
) -> None:
    root = make_comment(article, status="approved")
    services.correct_comment(comment=root, by=admin_user, text="Mong phường sửa đoạn đường này.")
    services.reply_officially(comment=root, by=admin_user, text="Đã sửa xong.")
    html = page_of(client, article)
    assert "Trả lời chính thức" in html
    assert "Đã sửa lỗi chính tả." in html


def test_pages_of_twenty_hold_every_thread_once(client: Client, article: Article) -> None:
    for number in range(45):
        make_comment(article, status="approved", text=f"Ý kiến thứ {number:02} của tôi.")
    address, seen, pages = f"/binh-luan/{article.pk}/", [], 0
    while address:
        html = client.get(address).content.decode()
        if pages == 0:
            # Somebody's comment is published meanwhile: nothing moves.
            make_comment(article, status="approved", text="Ý kiến đến sau.")
        seen += re.findall(r"Ý kiến thứ (\d+)", html)
        pages += 1
        older = re.search(r'href="([^"]*\?truoc=\d+)"', html)
        address = older[1] if older else ""
    assert seen == [f"{number:02}" for number in reversed(range(45))]
    assert pages == 3


def test_thread_shows_its_first_replies_and_the_way_to_the_others(
    client: Client, article: Article, admin_user: User
) -> None:
    root = make_comment(article, status="approved")
    for number in range(16):
        make_comment(article, parent=root, status="approved", text=f"Trả lời thứ {number:02} ạ.")
    services.reply_officially(comment=root, by=admin_user, text="Trả lời của cơ quan.")
    html = page_of(client, article)
    assert re.findall(r"Trả lời thứ (\d+)", html) == ["00", "01", "02", "03", "04"]
    assert "Trả lời của cơ quan." in html
    assert "Xem thêm 11 trả lời" in html
    whole = client.get(f"/binh-luan/{article.pk}/{root.pk}/").content.decode()
    assert len(re.findall(r"Trả lời thứ (\d+)", whole)) == 16


def test_thread_of_thousands_is_read_in_pages(client: Client, article: Article) -> None:
    root = make_comment(article, status="approved")
    now = timezone.now()
    Comment.objects.bulk_create(
        Comment(
            article=article,
            parent=root,
            name="Người dân",
            text=f"Trả lời thứ {number:04} ạ.",
            status="approved",
            submitted_at=now,
            published_at=now,
            consent=root.consent,
            consented_at=now,
        )
        for number in range(1200)
    )
    html = page_of(client, article)
    assert "Xem thêm 1.195 trả lời" in html
    assert html.count("Trả lời thứ") == 5
    first = client.get(f"/binh-luan/{article.pk}/{root.pk}/").content.decode()
    later = re.search(r'href="([^"]*\?sau=\d+)"', first)
    assert later
    second = client.get(later[1]).content.decode()
    assert re.findall(r"Trả lời thứ (\d+)", second)[0] == "0050"


def test_statements_of_a_page_do_not_grow_with_its_comments(
    client: Client, article: Article
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(article.get_absolute_url())
        return sum("comments_" in query["sql"] for query in captured)

    assert statements() == 3
    root = make_comment(article, status="approved")
    make_comment(article, parent=root, status="approved")
    assert statements() == 4
    for _number in range(60):
        make_comment(article, parent=make_comment(article, status="approved"), status="approved")
    assert statements() == 4


def test_list_is_the_same_for_everyone_and_may_be_kept(client: Client, article: Article) -> None:
    make_comment(article, status="approved")
    response = client.get(f"/binh-luan/{article.pk}/")
    assert response["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in response
    form = client.get(f"/binh-luan/{article.pk}/gui")
    assert form["Cache-Control"] == "no-store"
    assert not form.cookies


def test_withdrawn_article_shows_no_comments(client: Client) -> None:
    article = make_article(status="withdrawn")
    make_comment(article, status="approved")
    assert 'id="comments"' not in page_of(client, article)


# --- The private page of a sender ---------------------------------------------------------------


@pytest.fixture
def link(client: Client, article: Article) -> str:
    return str(send(client, article, email="an@example.vn")["Location"])


def test_sender_amends_within_a_quarter_of_an_hour(client: Client, link: str) -> None:
    answer = client.post(link, {"action": "amend", "text": "Mong phường sửa đường trước Tết."})
    assert answer.status_code == 303
    comment = Comment.objects.get()
    assert comment.text == "Mong phường sửa đường trước Tết."
    assert comment.decisions.get().action == "amend"
    short = client.post(link, {"action": "amend", "text": "Ngắn"})
    assert short.status_code == 400
    assert "Nội dung quá ngắn" in short.content.decode()
    Comment.objects.update(submitted_at=timezone.now() - timedelta(minutes=16))
    late = client.post(link, {"action": "amend", "text": "Một nội dung khác nữa."})
    assert "Đã hết thời gian sửa bình luận này." in late.content.decode()
    assert "Sửa nội dung" not in client.get(link).content.decode()


def test_amended_comment_is_examined_as_a_new_one_is(client: Client, article: Article) -> None:
    ListedPhrase.objects.create(phrase="đồ ngốc")
    link = str(send(client, article, name="Đồ Ngốc")["Location"])
    assert Comment.objects.get().hold_reason == "phrase"
    client.post(link, {"action": "amend", "text": "Gọi tôi 0912 345 678 nhé."})
    comment = Comment.objects.get()
    assert (comment.hold_reason, comment.findings) == ("phrase", [["personal", 8, 20]])


def test_sender_cannot_fill_the_history_with_amendments(
    client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comments.services.sending.MOST_AMENDMENTS", 2)
    for number in range(4):
        answer = client.post(link, {"action": "amend", "text": f"Ý kiến đã sửa lần {number}."})
    assert answer.status_code == 409
    assert "Bạn đã sửa bình luận này quá nhiều lần." in answer.content.decode()
    comment = Comment.objects.get()
    assert comment.text == "Ý kiến đã sửa lần 1."
    assert comment.decisions.count() == 2


def test_words_about_an_earlier_decision_are_told_no_longer(
    client: Client, link: str, admin_user: User
) -> None:
    comment = Comment.objects.get()
    services.reject_comment(
        comment=comment, by=admin_user, reason="off_topic", message="Mời bạn gửi mục Hỏi đáp."
    )
    services.restore_comment(comment=comment, by=admin_user)
    services.approve_comment(comment=comment, by=admin_user)
    html = client.get(link).content.decode()
    assert "Bình luận của bạn đã được đăng." in html
    assert "Mời bạn gửi mục Hỏi đáp." not in html


def test_sender_sees_what_was_decided_and_the_words_meant_for_them(
    client: Client, link: str, admin_user: User
) -> None:
    comment = Comment.objects.get()
    services.reject_comment(
        comment=comment,
        by=admin_user,
        reason="off_topic",
        message="Mời bạn gửi đến mục Hỏi đáp.",
        note="Ghi chú nội bộ.",
    )
    html = client.get(link).content.decode()
    assert "Bình luận của bạn không được đăng." in html
    assert "Mời bạn gửi đến mục Hỏi đáp." in html
    assert "Ghi chú nội bộ." not in html
    assert admin_user.username not in html


def test_sender_takes_back_copies_and_erases(client: Client, link: str) -> None:
    copy = client.get(f"{link}du-lieu.json")
    assert copy.json()["email"] == "an@example.vn"
    assert copy["Cache-Control"] == "no-store"
    assert client.post(link, {"action": "withdraw"}).status_code == 303
    assert "Bạn đã rút lại bình luận này." in client.get(link).content.decode()
    erased = client.post(link, {"action": "erase"}).content.decode()
    assert "Bình luận và toàn bộ dữ liệu của bạn đã được xóa." in erased
    address = Comment.objects.get().article.get_absolute_url()
    assert f'<a href="{address}">Trở về bài viết</a>' in erased
    assert client.get(link).status_code == 404
    row = Comment.objects.get()
    assert (row.name, row.text, row.email) == ("", "", "")


def test_sender_is_told_to_keep_the_link_where_the_form_was(
    client: Client, article: Article
) -> None:
    data = filled(form_of(client, article))
    script = {"x-fragment": "1"}
    answer = client.post(f"/binh-luan/{article.pk}/gui", data, headers=script, follow=True)
    assert "Hãy lưu lại liên kết này" in answer.content.decode()


@pytest.mark.parametrize("data", [{}, {"action": "approve"}, {"action": ["x", "y"]}])
def test_unknown_wish_of_a_sender_changes_nothing(
    client: Client, link: str, data: dict[str, Any]
) -> None:
    assert client.post(link, data).status_code == 400
    assert Comment.objects.get().status == "pending"


def test_page_of_another_site_cannot_take_a_comment_back(client: Client, link: str) -> None:
    response = client.post(link, {"action": "withdraw"}, headers={"origin": "https://x.example"})
    assert response.status_code == 403
    assert Comment.objects.get().status == "pending"


# --- Complaints ---------------------------------------------------------------------------------


def test_reader_reports_a_violation(client: Client, article: Article) -> None:
    comment = make_comment(article, status="approved", text=TEXT)
    address = f"/binh-luan/{article.pk}/{comment.pk}/bao-vi-pham"
    html = client.get(address).content.decode()
    data = {"reason": "insult", "text": "Lời lẽ xúc phạm.", **solution(html)}
    answer = client.post(address, data).content.decode()
    assert "Cảm ơn bạn. Ban Biên tập sẽ xem xét." in answer
    report = Report.objects.get()
    assert (report.comment, report.reason, report.kind) == (comment, "insult", "reader")
    refused = client.post(address, {"text": "Lời lẽ"})
    assert refused.status_code == 400
    empty = refused.content.decode()
    # The sentence leads to the choices.
    assert '<a href="#report-reason">Hãy chọn lý do.</a>' in empty
    assert (
        '<fieldset class="form-field form-field--wrong" id="report-reason" tabindex="-1"' in empty
    )
    assert "Lời lẽ" in empty


def test_nothing_of_staff_is_told_to_the_public(client: Client, article: Article) -> None:
    """Neither login nor name: not in an answer, a status page or the data of a sender."""
    staff = User.objects.create(
        username="ten-dang-nhap", last_name="Hoàng Kín", first_name="Tiếng", email="kt@example.vn"
    )
    link = str(send(client, article)["Location"])
    comment = Comment.objects.get()
    services.approve_comment(comment=comment, by=staff, note="Ghi chú nội bộ.")
    services.reply_officially(comment=comment, by=staff, text="Phường đã ghi nhận.")
    services.correct_comment(comment=comment, by=staff, text="Mong phường sửa đoạn đường này.")
    services.remove_comment(
        comment=comment, by=staff, reason="insult", message="Xin lỗi bạn.", note="Ghi chú nội bộ."
    )
    services.restore_comment(comment=comment, by=staff)
    base = f"/binh-luan/{article.pk}/"
    late = client.post(link, {"action": "amend", "text": "Một nội dung khác hẳn."})
    pages = [late, *map(client.get, (
        article.get_absolute_url(), base, f"{base}{comment.pk}/", f"{base}gui?tra-loi={comment.pk}",
        f"{base}{comment.pk}/bao-vi-pham", link, f"{link}du-lieu.json", f"/en{link}",
    ))]  # fmt: skip
    for page in pages:
        html = page.content.decode()
        for secret in ("ten-dang-nhap", "Hoàng Kín", "kt@example.vn", "Ghi chú nội bộ."):
            assert secret not in html


def test_comment_that_readers_do_not_see_cannot_be_reported(
    client: Client, article: Article
) -> None:
    comment = make_comment(article)
    address = f"/binh-luan/{article.pk}/{comment.pk}/bao-vi-pham"
    assert client.get(address).status_code == 404
    assert client.post(address, {"reason": "insult"}).status_code == 404
