"""Sending a comment: the form as a page, what it refuses, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from captcha.models import CaptchaStore
from django.test import Client
from django.utils import timezone

from comments import forms, services
from comments.models import (
    Block,
    Comment,
    CommentSettings,
    CommentSwitch,
    ConsentText,
    ListedPhrase,
    SendLimit,
)
from news.models import Article
from portal.models import User
from tests.comments.sending import TEXT, filled, form_of, hidden, send
from tests.factories import make_article, make_category, make_comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


@pytest.fixture(autouse=True)
def rules() -> CommentSettings:
    """No waiting: a test fills in the form faster than a person."""
    return CommentSettings.objects.create(seconds_to_fill_in=0, seconds_between=0)


@pytest.fixture
def article() -> Article:
    return make_article()


def test_sent_comment_waits_and_its_sender_gets_a_private_link(
    client: Client, article: Article
) -> None:
    response = send(client, article, email="an@example.vn")
    assert response.status_code == 303
    assert re.fullmatch(r"/binh-luan/trang-thai/[0-9a-f]{32}/", response["Location"])
    comment = Comment.objects.get()
    assert (comment.status, comment.text, comment.email) == ("pending", TEXT, "an@example.vn")
    assert comment.consent == ConsentText.objects.get()
    page = client.get(response["Location"])
    html = page.content.decode()
    assert "Gửi thành công. Bình luận của bạn sẽ hiển thị sau khi được kiểm duyệt." in html
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "strict-origin"


def test_sent_comment_is_not_on_the_page_before_it_is_approved(
    client: Client, article: Article
) -> None:
    send(client, article)
    assert TEXT not in client.get(article.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Bạn chưa nhập họ và tên."),
        ({"name": "\u200b"}, "Bạn chưa nhập họ và tên."),
        ({"name": "a" * 61}, "Họ và tên vượt quá 60 ký tự."),
        ({"text": ""}, "Bạn chưa nhập nội dung."),
        ({"text": "Hay quá"}, "Nội dung quá ngắn (tối thiểu 10 ký tự)."),
        ({"text": "ă" * 2001}, "Nội dung vượt quá 2.000 ký tự."),
        ({"email": "an@"}, "Thư điện tử không đúng định dạng."),
        ({"consent": ""}, "Bạn cần đồng ý trước khi gửi."),
        ({"captcha": "sai"}, "Mã xác thực không đúng."),
        ({"captcha": ""}, "Vui lòng nhập mã xác thực."),
        ({"name": "Ban Biên tập"}, "Tên này dành riêng cho cơ quan và cán bộ."),
        ({"name": "Bаn Biên tập"}, "Tên này dành riêng cho cơ quan và cán bộ."),
        ({"website": "http://x"}, "Vui lòng để nguyên ô"),
        ({"token": "x"}, "Biểu mẫu mở quá lâu."),
        ({"parent": "999"}, "Bình luận bạn muốn trả lời không còn nữa."),
        ({"parent": "x"}, "Bình luận bạn muốn trả lời không còn nữa."),
    ],
)
def test_refusal_is_a_sentence_and_keeps_what_was_typed(
    client: Client, article: Article, fields: dict[str, str], sentence: str
) -> None:
    typed = {"name": "Trần Thị Mận", "email": "man@example.vn"} | fields
    data = filled(form_of(client, article), **typed)
    response = client.post(f"/binh-luan/{article.pk}/gui", data)
    html = response.content.decode()
    assert response.status_code == 400
    assert sentence in html
    assert not Comment.objects.exists()
    for name in ("name", "email", "text"):
        if data[name].strip("\u200b"):
            assert data[name] in html
    key = re.search(r'name="captcha_key" value="([^"]+)"', html)
    assert key
    assert key[1] != data["captcha_key"]


def test_refused_fields_are_tied_to_their_sentences(client: Client, article: Article) -> None:
    data = filled(form_of(client, article), name="", captcha="sai")
    html = client.post(f"/binh-luan/{article.pk}/gui", data).content.decode()
    name = re.search(r'<input[^>]*name="name"[^>]*>', html)
    assert name
    assert 'aria-invalid="true"' in name[0]
    described = re.search(r'aria-describedby="([^"]+)"', name[0])
    assert described
    assert all(f'id="{part}"' in html for part in described[1].split())
    assert '<a href="#comment-name">Bạn chưa nhập họ và tên.</a>' in html
    assert '<a href="#comment-captcha">Mã xác thực không đúng.</a>' in html


def test_what_is_wrong_is_told_in_the_order_of_the_boxes(client: Client, article: Article) -> None:
    data = filled(form_of(client, article), name="", email="x", text="", captcha="", consent="")
    html = client.post(f"/binh-luan/{article.pk}/gui", data).content.decode()
    told = re.findall(r'<li><a href="#comment-(\w+)">', html)
    boxes = re.findall(r'<(?:input|textarea)[^>]* id="comment-(\w+)"', html)
    assert told == ["name", "email", "text", "captcha", "consent"]
    assert [box for box in boxes if box in told] == told


def test_expired_and_replayed_captchas_store_nothing_more(client: Client, article: Article) -> None:
    data = filled(form_of(client, article))
    assert client.post(f"/binh-luan/{article.pk}/gui", data).status_code == 303
    replayed = client.post(f"/binh-luan/{article.pk}/gui", data | {"text": "Một ý kiến khác nữa."})
    assert "Mã xác thực không đúng." in replayed.content.decode()
    data = filled(form_of(client, article), text="Một ý kiến khác hẳn.")
    CaptchaStore.objects.update(expiration=timezone.now() - timedelta(seconds=1))
    expired = client.post(f"/binh-luan/{article.pk}/gui", data).content.decode()
    assert "Mã xác thực đã hết hạn, vui lòng nhập mã mới." in expired
    assert "Một ý kiến khác hẳn." in expired
    assert Comment.objects.count() == 1


def test_button_pressed_twice_leads_to_the_same_link(client: Client, article: Article) -> None:
    data = filled(form_of(client, article))
    first, second = (client.post(f"/binh-luan/{article.pk}/gui", data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Comment.objects.count() == 1


def test_second_comment_from_the_same_form_gets_a_link_of_its_own(
    client: Client, article: Article
) -> None:
    html = form_of(client, article)
    first = client.post(f"/binh-luan/{article.pk}/gui", filled(html))
    other = filled(form_of(client, article), text="Một ý kiến khác nữa của tôi.")
    second = client.post(f"/binh-luan/{article.pk}/gui", other | {"token": hidden(html, "token")})
    assert second.status_code == 303
    assert first["Location"] != second["Location"]
    assert Comment.objects.count() == 2


def test_form_sent_twice_with_a_new_code_leads_to_the_same_link(
    client: Client, article: Article
) -> None:
    html = form_of(client, article)
    first = client.post(f"/binh-luan/{article.pk}/gui", filled(html))
    again = filled(form_of(client, article), token=hidden(html, "token"))
    second = client.post(f"/binh-luan/{article.pk}/gui", again)
    assert first["Location"] == second["Location"]
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("change", ["amend", "withdraw"])
def test_form_sent_anew_after_its_comment_was_changed_stores_another_with_its_own_link(
    client: Client, article: Article, change: str
) -> None:
    html = form_of(client, article)
    first = client.post(f"/binh-luan/{article.pk}/gui", filled(html))
    if change == "amend":
        services.amend_comment(comment=Comment.objects.get(), text="Ý kiến đã sửa của tôi.")
    else:
        services.withdraw_comment(comment=Comment.objects.get())
    again = filled(form_of(client, article), token=hidden(html, "token"))
    second = client.post(f"/binh-luan/{article.pk}/gui", again)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] != second["Location"]
    assert Comment.objects.count() == 2
    assert TEXT in client.get(second["Location"]).content.decode()
    # Both tries are counted, each once.
    assert set(SendLimit.objects.values_list("count", flat=True)) == {1, 2}


def test_same_text_of_the_same_sender_is_stored_once(client: Client, article: Article) -> None:
    assert send(client, article).status_code == 303
    again = send(client, article, text=TEXT.upper() + " !!")
    assert "Bạn đã gửi bình luận này rồi." in again.content.decode()
    assert Comment.objects.count() == 1
    assert send(client, article, name="Lê Thị Bưởi").status_code == 303


@pytest.mark.parametrize(
    ("age", "status", "sentence"),
    [
        (forms.OLDEST_TOKEN + 60, 400, "Biểu mẫu mở quá lâu."),
        (1, 429, "Bạn gửi nhanh quá."),
    ],
)
def test_form_that_is_too_old_or_too_quick_asks_once_more(
    client: Client, article: Article, rules: CommentSettings, age: int, status: int, sentence: str
) -> None:
    CommentSettings.objects.update(seconds_to_fill_in=3)
    with time_machine.travel(timezone.now(), tick=False):
        token = forms.new_token(article.pk)
        token = forms.Token(token.article_id, token.nonce, token.made_at - age)
        refused = send(client, article, token=str(token))
    html = refused.content.decode()
    assert refused.status_code == status
    assert sentence in html
    assert TEXT in html
    assert not Comment.objects.exists()


def test_sender_waits_between_two_comments(
    client: Client, article: Article, rules: CommentSettings
) -> None:
    CommentSettings.objects.update(seconds_between=30)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert send(client, article).status_code == 303
        clock.shift(12.5)
        refused = send(client, article, text="Ý kiến thứ hai của tôi.")
    html = refused.content.decode()
    assert refused.status_code == 429
    assert "Bạn vừa gửi bình luận. Vui lòng đợi 18 giây để gửi tiếp." in html
    assert "Ý kiến thứ hai của tôi." in html
    # A colleague behind the same address is somebody else.
    assert send(client, article, name="Lê Thị Bưởi").status_code == 303
    assert Comment.objects.count() == 2


def test_flood_from_one_network_is_stopped(
    client: Client, article: Article, rules: CommentSettings
) -> None:
    CommentSettings.objects.update(per_hour_and_network=2)
    codes = [
        send(client, article, name=f"Người {n}", text=f"Ý kiến thứ {n} của tôi.").status_code
        for n in range(4)
    ]
    assert codes == [303, 303, 429, 429]
    other = Client(REMOTE_ADDR="198.51.100.9")
    assert send(other, article).status_code == 303


@pytest.mark.parametrize("kind", ["network", "email"])
def test_blocked_sender_is_refused(
    client: Client, article: Article, admin_user: User, kind: str
) -> None:
    send(client, article, email="an@example.vn")
    comment = Comment.objects.get()
    services.block_sender(
        comment=comment,
        kind=kind,
        until=timezone.now() + timedelta(days=1),
        reason="Quảng cáo nhiều lần.",
        by=admin_user,
    )
    other = client if kind == "network" else Client(REMOTE_ADDR="198.51.100.9")
    refused = send(other, article, email="AN@example.vn", text="Một ý kiến khác.")
    html = refused.content.decode()
    assert refused.status_code == 403
    assert "Hiện chúng tôi không nhận bình luận của bạn." in html
    Block.objects.update(created_at=timezone.now() - timedelta(days=2), until=timezone.now())
    assert send(other, article, email="an@example.vn", text="Ý kiến khác nữa.").status_code == 303


def test_posted_state_is_ignored(client: Client, article: Article) -> None:
    other = make_article()
    send(
        client,
        article,
        status="approved",
        is_official="1",
        article=other.pk,
        published_at="2020-01-01",
        staff="1",
    )
    comment = Comment.objects.get()
    assert (comment.status, comment.is_official, comment.article) == ("pending", False, article)
    assert comment.published_at is None


def test_reply_goes_to_a_comment_of_the_same_article_alone(
    client: Client, article: Article
) -> None:
    root = make_comment(article, status="approved")
    assert send(client, article, parent=str(root.pk)).status_code == 303
    assert Comment.objects.latest("pk").parent == root
    elsewhere = make_comment(make_article(), status="approved")
    reply = make_comment(article, parent=root, status="approved")
    waiting = make_comment(article, status="pending")
    for wrong in (elsewhere, reply, waiting):
        data = filled(
            form_of(client, article), parent=str(wrong.pk), text=f"Trả lời số {wrong.pk}."
        )
        html = client.post(f"/binh-luan/{article.pk}/gui", data).content.decode()
        assert "Bình luận bạn muốn trả lời không còn nữa." in html


def test_form_of_one_article_cannot_be_sent_to_another(client: Client, article: Article) -> None:
    data = filled(form_of(client, article))
    other = make_article()
    html = client.post(f"/binh-luan/{other.pk}/gui", data).content.decode()
    assert "Biểu mẫu mở quá lâu." in html
    assert not Comment.objects.exists()


def test_staff_names_are_kept_for_staff(client: Client, article: Article, admin_user: User) -> None:
    User.objects.update(last_name="Lê Thị", first_name="Bưởi")
    assert "Tên này dành riêng" in send(client, article, name="LÊ THỊ BƯỞI").content.decode()
    assert "Tên này dành riêng" in send(client, article, name="le thi buoi").content.decode()
    assert send(client, article, name="Lê Thị Bưởi (tổ 5)").status_code == 303


def test_asking_for_another_kind_of_code_keeps_everything_and_scolds_nobody(
    client: Client, article: Article
) -> None:
    data = filled(form_of(client, article), captcha_other="question", name="")
    html = client.post(f"/binh-luan/{article.pk}/gui", data).content.decode()
    assert TEXT in html
    assert "Bạn chưa nhập họ và tên." not in html
    assert re.search(r'name="consent"[^>]*checked', html)


def test_site_where_nothing_is_configured_takes_comments_and_keeps_what_was_agreed_to(
    client: Client, article: Article
) -> None:
    CommentSettings.objects.all().delete()
    words = "Tôi đồng ý để cơ quan chủ quản cổng thông tin này xử lý họ tên, thư điện tử"
    # Whoever comes first, and in whichever language: all agree to the same words.
    assert words in form_of(client, article)
    english = client.get(f"/en/binh-luan/{article.pk}/gui").content.decode()
    assert words in english
    token = forms.Token(article.pk, "abc", forms.new_token(article.pk).made_at - 60)
    data = filled(english, token=str(token))
    assert client.post(f"/en/binh-luan/{article.pk}/gui", data).status_code == 303
    consent = Comment.objects.get().consent
    assert consent
    assert consent.text.startswith(words)


def test_consent_that_comes_into_force_later_is_not_what_a_sender_agreed_to(
    client: Client, article: Article
) -> None:
    later = ConsentText.objects.create(
        version=1, text="Bản có hiệu lực tuần sau.", valid_from=timezone.now() + timedelta(days=7)
    )
    assert later.text not in form_of(client, article)
    send(client, article)
    consent = Comment.objects.get().consent
    assert consent
    assert consent != later
    assert consent.text in form_of(client, article)
    ConsentText.objects.filter(pk=later.pk).update(valid_from=timezone.now())
    assert later.text in form_of(client, article)


def test_consent_is_asked_for_anew_where_its_words_have_changed_meanwhile(
    client: Client, article: Article
) -> None:
    data = filled(form_of(client, article))
    newer = ConsentText.objects.create(
        version=1, text="Tôi đồng ý với bản mới.", valid_from=timezone.now()
    )
    refused = client.post(f"/binh-luan/{article.pk}/gui", data)
    html = refused.content.decode()
    assert refused.status_code == 400
    assert "Nội dung bạn đồng ý đã thay đổi." in html
    assert newer.text in html
    assert TEXT in html
    assert not re.search(r'name="consent"[^>]*checked', html)
    assert client.post(f"/binh-luan/{article.pk}/gui", filled(html)).status_code == 303
    assert Comment.objects.get().consent == newer


def test_network_that_asks_for_too_many_codes_is_told_so(
    client: Client, article: Article, settings: Any
) -> None:
    settings.CAPTCHA_PER_MINUTE = 0
    refused = client.get(f"/binh-luan/{article.pk}/gui")
    assert refused.status_code == 429
    assert "Bạn thao tác quá nhanh." in refused.content.decode()


# --- What an accepted comment costs, and what a refused one does ---------------------------------


def test_comment_is_stored_in_few_statements(
    client: Client, article: Article, django_assert_max_num_queries: Any
) -> None:
    """Each is ordinary; many more would make sending slow."""
    send(client, article)  # the first of a site keeps the consent text too
    data = filled(form_of(client, article), name="Trần Thị Mận", email="man@example.vn")
    with django_assert_max_num_queries(13):  # BEGIN and COMMIT are two of them
        answer = client.post(f"/binh-luan/{article.pk}/gui", data)
    assert answer.status_code == 303
    assert Comment.objects.count() == 2


OTHER = {"name": "Trần Thị Mận", "email": "man@example.vn", "text": "Đề nghị lắp đèn ở đầu ngõ."}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"captcha": "sai"}, "Mã xác thực không đúng."),
        ({"text": "Ngắn."}, "Nội dung quá ngắn"),
        ({"name": "Ban Biên tập"}, "Tên này dành riêng"),
        ({"consent": ""}, "Bạn cần đồng ý"),
        ({"text": TEXT, "name": "Nguyễn Văn An"}, "Bạn đã gửi bình luận này rồi."),
        ({"parent": "999999"}, "Bình luận bạn muốn trả lời không còn nữa."),
    ],
)
def test_refused_comment_uses_its_code_up(
    client: Client, article: Article, fields: dict[str, str], sentence: str
) -> None:
    send(client, article)
    data = filled(form_of(client, article), **OTHER) | fields
    answer = client.post(f"/binh-luan/{article.pk}/gui", data)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert Comment.objects.count() == 1
    assert not CaptchaStore.objects.filter(hashkey=data["captcha_key"]).exists()


def lists_a_phrase(article: Article) -> None:
    ListedPhrase.objects.create(phrase="đầu ngõ")


def withdraws_the_article(article: Article) -> None:
    Article.objects.update(status="withdrawn", status_reason="Số liệu chưa đúng.")


def hires_the_sender(article: Article) -> None:
    User.objects.create(username="man", last_name="Trần Thị", first_name="Mận", is_staff=True)


def lets_the_sender_go(article: Article) -> None:
    hires_the_sender(article)
    User.objects.update(is_active=False)


def reserves_the_name(article: Article) -> None:
    CommentSettings.objects.update(reserved_names="Bí thư\nTrần Thị Mận")


def closes_below_the_category(article: Article) -> None:
    CommentSwitch.objects.create(category=article.category, is_open=False)


def closes_below_another_article(article: Article) -> None:
    CommentSwitch.objects.create(article=make_article(), is_open=False)


def blocks_the_network(article: Article) -> None:
    services.block_sender(
        comment=Comment.objects.get(),
        kind="network",
        until=timezone.now() + timedelta(days=1),
        reason="Quảng cáo nhiều lần.",
        by=User.objects.create(username="kiem-duyet"),
    )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lists_a_phrase, 303),
        (withdraws_the_article, 404),
        (hires_the_sender, 400),
        (lets_the_sender_go, 303),
        (reserves_the_name, 400),
        (closes_below_the_category, 403),
        (closes_below_another_article, 303),
        (blocks_the_network, 403),
    ],
)
def test_what_the_office_changed_meanwhile_holds_for_the_next_comment(
    client: Client, article: Article, change: Callable[[Article], None], status: int
) -> None:
    send(client, article)
    data = filled(form_of(client, article), **OTHER)
    change(article)
    assert client.post(f"/binh-luan/{article.pk}/gui", data).status_code == status
    assert Comment.objects.count() == (2 if status == 303 else 1)
    if change is lists_a_phrase:
        assert Comment.objects.latest("pk").hold_reason == "phrase"


def test_words_that_were_withdrawn_may_be_sent_anew(client: Client, article: Article) -> None:
    link = send(client, article)["Location"]
    client.post(link, {"action": "withdraw"})
    again = send(client, article)
    assert again.status_code == 303
    assert again["Location"] != link
    assert Comment.objects.filter(status="pending").count() == 1


# --- Where comments are taken -------------------------------------------------------------------

CLOSED, NONE_TAKEN = "Bình luận đã đóng.", "Bài viết này không nhận bình luận."


def refusal(client: Client, article: Article) -> str:
    html = form_of(client, article)
    listed = client.get(f"/binh-luan/{article.pk}/").content.decode()
    assert (NONE_TAKEN in listed or CLOSED in listed) != ("Hãy là người đầu tiên" in listed)
    found = [sentence for sentence in (CLOSED, NONE_TAKEN) if sentence in html]
    assert bool(found) != ('name="captcha"' in html)
    return found[0] if found else ""


def test_comments_close_some_time_after_publication(client: Client, article: Article) -> None:
    CommentSettings.objects.update(closes_after_days=30)
    Article.objects.update(published_at=timezone.now() - timedelta(days=29))
    assert refusal(client, article) == ""
    Article.objects.update(published_at=timezone.now() - timedelta(days=31))
    assert refusal(client, article) == CLOSED
    assert CLOSED in client.get(article.get_absolute_url()).content.decode()
    CommentSettings.objects.update(closes_after_days=0)
    assert refusal(client, article) == ""


def test_republished_article_takes_comments_only_where_a_switch_says_so(client: Client) -> None:
    article = make_article(
        origin="republished", source_name="Báo", source_url="https://bao.example/"
    )
    assert refusal(client, article) == NONE_TAKEN
    site = CommentSwitch.objects.create(is_open=True)
    assert refusal(client, article) == NONE_TAKEN
    CommentSwitch.objects.create(category=article.category, is_open=True)
    assert refusal(client, article) == ""
    site.delete()
    CommentSwitch.objects.create(article=article, is_open=False)
    assert refusal(client, article) == NONE_TAKEN


def test_most_specific_switch_wins(client: Client) -> None:
    top = make_category()
    middle = make_category(parent=top)
    article = make_article(category=make_category(parent=middle))
    for place, is_open in (
        ({}, False),
        ({"category": top}, True),
        ({"category": middle}, False),
        ({"category": article.category}, True),
        ({"article": article}, False),
    ):
        CommentSwitch.objects.create(is_open=is_open, **place)
        assert refusal(client, article) == ("" if is_open else NONE_TAKEN)


def test_comment_sent_while_comments_close_is_given_back(client: Client, article: Article) -> None:
    data = filled(form_of(client, article))
    CommentSwitch.objects.create(is_open=False)
    refused = client.post(f"/binh-luan/{article.pk}/gui", data)
    html = refused.content.decode()
    assert refused.status_code == 403
    assert NONE_TAKEN in html
    assert TEXT in html


@pytest.mark.parametrize("status", ["draft", "withdrawn", "unpublished"])
def test_article_out_of_sight_has_no_form_and_no_list(client: Client, status: str) -> None:
    article = make_article(status=status)
    for address in ("", "gui"):
        assert client.get(f"/binh-luan/{article.pk}/{address}").status_code == 404
    assert client.post(f"/binh-luan/{article.pk}/gui", {}).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, article: Article, method: str) -> None:
    assert getattr(client, method)(f"/binh-luan/{article.pk}/gui").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/binh-luan/999999999999999999/",
        "/binh-luan/99999999999999999999999/gui",
        "/binh-luan/{pk}/?truoc=x",
        "/binh-luan/{pk}/?truoc=99999999999999999999",
        "/binh-luan/{pk}/999999999999999999/",
        "/binh-luan/{pk}/1/bao-vi-pham",
        "/binh-luan/trang-thai/00000000000000000000000000000000/",
        "/binh-luan/trang-thai/x/",
    ],
)
def test_unknown_place_is_a_404(client: Client, article: Article, address: str) -> None:
    assert client.get(address.format(pk=article.pk)).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": ["a", "b"], "text": ["x" * 20, "y" * 20], "token": ["", "x"]},
        {"parent": "9" * 500, "captcha_key": "\ud800", "captcha": "x" * 5000},
        {f"field{n}": "x" for n in range(500)},
    ],
)
def test_odd_posts_are_answered_in_words(
    client: Client, article: Article, data: dict[str, Any]
) -> None:
    body = "&".join(
        f"{key}={part.encode('utf-8', 'surrogatepass').hex()}"
        for key, value in data.items()
        for part in ([value] if isinstance(value, str) else value)
    )
    response = client.post(
        f"/binh-luan/{article.pk}/gui", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400
    assert "Chưa gửi được" in response.content.decode()


def test_fragment_is_the_form_alone(client: Client, article: Article) -> None:
    html = client.get(f"/binh-luan/{article.pk}/gui", headers={"x-fragment": "1"}).content.decode()
    assert "<html" not in html
    assert 'name="captcha"' in html


@pytest.mark.parametrize("fields", [{"captcha": "sai"}, {"name": ""}, {}])
def test_script_knows_what_it_may_put_in_place(
    client: Client, article: Article, fields: dict[str, str]
) -> None:
    """By a header: a refused form has another status, and so have the site's error pages."""
    data = filled(form_of(client, article), **fields)
    script = {"x-fragment": "1"}
    answer = client.post(f"/binh-luan/{article.pk}/gui", data, headers=script, follow=True)
    assert answer.headers["X-Fragment"] == "1"
    assert "<html" not in answer.content.decode()
    gone = client.post(f"/binh-luan/{article.pk + 1}/gui", data, headers=script)
    assert gone.status_code == 404
    assert "X-Fragment" not in gone.headers


def test_trusted_sender_is_published_at_once_unless_a_rule_finds_something(
    client: Client, article: Article
) -> None:
    CommentSettings.objects.update(trust_after=2)
    for n in range(2):
        make_comment(article, status="approved", email="an@example.vn", text=f"Ý kiến số {n} ạ.")
    send(client, article, email="an@example.vn")
    assert Comment.objects.latest("pk").status == "approved"
    send(client, article, email="an@example.vn", text="Mời các bạn vào www.vay-nong.com nhé.")
    assert Comment.objects.latest("pk").status == "pending"
    send(client, article, email="khac@example.vn", text="Ý kiến của một người khác.")
    assert Comment.objects.latest("pk").status == "pending"


def test_forms_need_no_token_that_a_page_for_everyone_cannot_carry(article: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    link = send(client, article)["Location"]
    assert client.post(link, {"action": "withdraw"}).status_code == 303
    shown = make_comment(article, status="approved")
    assert client.post(f"/binh-luan/{article.pk}/{shown.pk}/bao-vi-pham", {}).status_code == 400


def test_blocked_address_is_known_with_signs_nobody_sees(
    client: Client, article: Article, admin_user: User
) -> None:
    send(client, article, email="an@example.vn")
    services.block_sender(
        comment=Comment.objects.get(),
        kind="email",
        until=timezone.now() + timedelta(days=1),
        reason="Quảng cáo nhiều lần.",
        by=admin_user,
    )
    other = Client(REMOTE_ADDR="198.51.100.9")
    assert (
        send(other, article, email="an@ex\u200bample.vn", text="Một ý kiến khác.").status_code
        == 403
    )
