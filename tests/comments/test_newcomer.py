"""What a newcomer to the comments stumbled over."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from comments import services
from comments.models import Comment, CommentSettings
from news.models import Article
from tests.comments.sending import TEXT, form_of, hidden, send
from tests.factories import make_article, make_comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


@pytest.fixture
def article() -> Article:
    CommentSettings.objects.create(
        seconds_to_fill_in=0, seconds_between=0, privacy_page="/trang/chinh-sach/"
    )
    return make_article()


def test_complaint_asks_for_no_address_and_says_what_is_kept(
    client: Client, article: Article
) -> None:
    comment = make_comment(article, status="approved")
    html = client.get(f"/binh-luan/{article.pk}/{comment.pk}/bao-vi-pham").content.decode()
    assert 'name="email"' not in html
    assert "mã băm có khóa" in html
    assert 'href="/trang/chinh-sach/"' in html


def test_reply_to_a_reply_is_addressed_to_whom_the_reader_pressed(
    client: Client, article: Article
) -> None:
    root = make_comment(article, status="approved", name="Trần Thị Mận", text="Ý kiến đầu tiên ạ.")
    reply = make_comment(
        article, parent=root, status="approved", name="Lê Văn Quýt", text="Ý kiến đáp lại ạ."
    )
    page = client.get(f"/binh-luan/{article.pk}/{root.pk}/").content.decode()
    assert f"gui?tra-loi={reply.pk}" in page
    html = form_of(client, article, **{"tra-loi": reply.pk})
    assert "Trả lời Lê Văn Quýt" in html
    assert "Ý kiến đáp lại ạ." in html
    assert hidden(html, "parent") == str(root.pk)
    again = client.post(
        f"/binh-luan/{article.pk}/gui", {"parent": root.pk, "answers": reply.pk, "text": ""}
    )
    assert "Trả lời Lê Văn Quýt" in again.content.decode()


def test_reply_of_another_thread_is_not_shown_as_what_is_answered(
    client: Client, article: Article
) -> None:
    """The hidden fields were changed: the form shows the thread that the comment will stand in."""
    root = make_comment(article, status="approved", name="Trần Thị Mận")
    other = make_comment(article, status="approved", name="Phạm Văn Chuối")
    reply = make_comment(article, parent=other, status="approved", name="Lê Văn Quýt")
    html = client.post(
        f"/binh-luan/{article.pk}/gui", {"parent": root.pk, "answers": reply.pk, "text": ""}
    ).content.decode()
    assert "Trả lời Trần Thị Mận" in html
    assert hidden(html, "parent") == str(root.pk)


def test_form_says_that_the_comment_to_answer_is_gone(client: Client, article: Article) -> None:
    for number in ("999", "x"):
        response = client.get(f"/binh-luan/{article.pk}/gui", {"tra-loi": number})
        assert response.status_code == 404
        assert "Bình luận bạn muốn trả lời không còn nữa." in response.content.decode()


def test_status_page_shows_the_official_answer_and_the_way_to_the_comment(
    client: Client, article: Article, django_user_model: Any
) -> None:
    staff = django_user_model.objects.create_user("duyet", is_staff=True)
    status = send(client, article)["Location"]
    comment = Comment.objects.get()
    assert "#binh-luan-" not in client.get(status).content.decode()
    services.approve_comment(comment=comment, by=staff)
    services.reply_officially(comment=comment, by=staff, text="Phường đã tiếp nhận.")
    html = client.get(status).content.decode()
    assert "Phường đã tiếp nhận." in html
    assert f'href="/binh-luan/{article.pk}/{comment.pk}/#binh-luan-{comment.pk}"' in html
    # The answer stays even if the comment is taken back, and this is said beforehand, twice.
    assert html.count("1 trả lời bên dưới") == 2


def test_status_page_says_that_a_change_is_saved(client: Client, article: Article) -> None:
    status = send(client, article)["Location"]
    changed = client.post(status, {"action": "amend", "text": TEXT + " Xin cảm ơn."}, follow=True)
    html = changed.content.decode()
    assert "Đã lưu thay đổi." in html
    assert "Gửi thành công" not in html


def test_marks_piled_upon_a_letter_are_refused(client: Client, article: Article) -> None:
    refused = send(client, article, text="a" + "\u0301" * 1500)
    assert refused.status_code == 400
    assert "quá nhiều dấu trên một chữ" in refused.content.decode()
    # Vietnamese typed with marks of their own is composed, and passes.
    assert (
        send(client, article, text="Đường nga\u0302\u0323p ne\u0302\u0301u mưa.").status_code == 303
    )


def test_commands_speak_vietnamese(capsys: Any) -> None:
    call_command("purge_personal_data")
    call_command("send_comment_digest")
    said = capsys.readouterr().out
    assert "Bình luận đã xóa: 0" in said
    assert "Không có gì đang chờ" in said


def test_built_in_consent_names_the_hash_of_the_network(client: Client, article: Article) -> None:
    assert "mã băm có khóa của mạng tôi dùng được giữ 12 tháng" in form_of(client, article)
