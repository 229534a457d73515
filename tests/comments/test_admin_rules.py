"""The rules of the desk: word list, canned words, consent, switches, settings; and one sender."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comments import hashing
from comments.models import CannedReason, Comment, CommentSettings, ConsentText, ListedPhrase
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db

PHRASES = "/admin/comments/listedphrase/"
SENDER = "/admin/comments/comment/sender/"


@pytest.mark.parametrize(
    "model",
    [
        "comment", "report", "listedphrase", "cannedreason", "commentsettings",
        "consenttext", "block", "commentswitch",
    ],
)  # fmt: skip
def test_every_list_and_every_form_opens(model: str, admin_client: Client) -> None:
    CannedReason.objects.create(title="Lạc đề", reason="off_topic", text="Không liên quan.")
    ListedPhrase.objects.create(phrase="đồ ngốc")
    answer = admin_client.get(f"/admin/comments/{model}/", follow=True)
    assert answer.status_code == 200
    may_add = model not in {"comment", "report", "block"}
    add = admin_client.get(f"/admin/comments/{model}/add/")
    assert add.status_code == (200 if may_add else 403)


# --- The word list ------------------------------------------------------------------------------


def test_text_is_tried_against_the_list(admin_client: Client) -> None:
    ListedPhrase.objects.create(phrase="đồ ngốc")
    ListedPhrase.objects.create(phrase="lừa đảo", accents_matter=True)
    text = "Anh là đồ ngốc <b>, gọi 0912345678"
    page = admin_client.post(PHRASES, {"text": text}).content.decode()
    assert ">đồ ngốc</mark>" in page
    assert ">0912345678</mark>" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page.partition("desk-tried")[2].partition("</section>")[0]
    page = admin_client.post(PHRASES, {"text": "Đường mới rất đẹp."}).content.decode()
    assert "Không tìm thấy gì trong nội dung này" in page
    assert admin_client.post(PHRASES, {"text": " "}).status_code == 200


def test_phrase_is_listed_once_in_whichever_case(admin_client: Client) -> None:
    admin_client.post(f"{PHRASES}add/", {"phrase": "Đồ ngốc"})
    answer = admin_client.post(f"{PHRASES}add/", {"phrase": "đồ NGỐC"})
    assert "phrase" in answer.context["adminform"].form.errors
    assert (
        "phrase"
        in admin_client.post(f"{PHRASES}add/", {"phrase": "…!"}).context["adminform"].form.errors
    )
    assert ListedPhrase.objects.count() == 1


# --- Settings, consent, switches ----------------------------------------------------------------


def test_settings_are_one_row(admin_client: Client) -> None:
    add = "/admin/comments/commentsettings/add/"
    form = {
        "controller": "UBND phường Yên Hà", "closes_after_days": "90", "trust_after": "0",
        "links_allowed": "0", "seconds_to_fill_in": "3", "seconds_between": "30",
        "per_hour_and_network": "60", "retention_months": "12",
    }  # fmt: skip
    admin_client.post(add, form)
    assert CommentSettings.objects.get().controller == "UBND phường Yên Hà"
    assert admin_client.get(add).status_code == 403
    listing = admin_client.get("/admin/comments/commentsettings/")
    assert listing["Location"].endswith("/1/change/")


def test_consent_that_somebody_gave_is_never_changed_but_followed_by_a_version(
    admin_client: Client,
) -> None:
    first = ConsentText.objects.create(version=1, text="Tôi đồng ý.", valid_from=timezone.now())
    change = reverse("admin:comments_consenttext_change", args=[first.pk])
    form = {"text": "Tôi đồng ý!", "valid_from_0": "01/12/2026", "valid_from_1": "08:00:00"}
    admin_client.post(change, form)
    make_comment(make_article(), consent=first)
    assert admin_client.post(change, {**form, "text": "Khác hẳn."}).status_code == 403
    assert admin_client.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 403
    first.refresh_from_db()
    assert first.text == "Tôi đồng ý!"
    admin_client.post("/admin/comments/consenttext/add/", {**form, "text": "Bản mới."})
    assert list(ConsentText.objects.values_list("version", "text")) == [
        (2, "Bản mới."),
        (1, "Tôi đồng ý!"),
    ]


def test_a_text_that_somebody_agreed_to_is_kept_with_a_reason(admin_client: Client) -> None:
    text = make_comment(make_article()).consent
    picked = {"action": "delete_selected", "_selected_action": [text.pk]}
    page = admin_client.post("/admin/comments/consenttext/", picked).content.decode()
    assert "phiên bản 1: đã có người đồng ý với văn bản này nên phải giữ lại." in page
    assert "không có quyền" not in page
    assert ConsentText.objects.exists()


# --- Personal data ------------------------------------------------------------------------------


def test_everything_of_one_sender_is_handed_over_as_a_file(admin_client: Client) -> None:
    make_comment(make_article(), email="Man@example.org", text="Lời của bà Mận đây.")
    make_comment(make_article(), email="khac@example.org", text="Lời của người khác.")
    page = admin_client.post(SENDER, {"who": "man@example.org"}).content.decode()
    assert "Lời của bà Mận đây." in page
    assert "Lời của người khác." not in page
    answer = admin_client.post(f"{SENDER}export/", {"who": "man@example.org"})
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert [comment["text"] for comment in data["comments"]] == ["Lời của bà Mận đây."]
    assert "bà Mận" in answer.content.decode()


def test_everything_of_one_sender_is_erased_after_a_confirmation(
    admin_client: Client, admin_user: Any
) -> None:
    comment = make_comment(make_article(), email="man@example.org", status="approved")
    other = make_comment(make_article(), email="khac@example.org")
    answer = admin_client.post(f"{SENDER}erase/", {"who": "man@example.org"})
    assert "sure" in answer.context["erase"].errors
    comment.refresh_from_db()
    assert comment.erased_at is None
    admin_client.post(f"{SENDER}erase/", {"who": "man@example.org", "sure": "on"})
    comment.refresh_from_db()
    other.refresh_from_db()
    assert (comment.text, comment.email, comment.email_hash) == ("", "", None)
    assert other.erased_at is None
    entry = LogEntry.objects.get()
    assert entry.user == admin_user
    assert entry.is_deletion()
    assert "man@example.org" not in f"{entry.object_repr} {entry.change_message}"


def test_the_comment_of_a_status_link_is_found_and_erased(admin_client: Client) -> None:
    key = hashing.status_key("nonce", "f" * 32)
    comment = make_comment(make_article(), status_key_hash=hashing.status_key_hash(key))
    link = "https://yenha.example" + reverse("comments:status", args=[key])
    assert comment.text in admin_client.post(SENDER, {"who": link}).content.decode()
    admin_client.post(f"{SENDER}erase/", {"who": link, "sure": "on"})
    comment.refresh_from_db()
    assert comment.erased_at is not None


def test_the_address_of_the_erasure_opened_by_itself_asks_whose_data_are_meant(
    admin_client: Client,
) -> None:
    assert admin_client.get(f"{SENDER}erase/")["Location"] == SENDER


@pytest.mark.parametrize("who", ["", "khong@example.org", "xyz", "/", "@", "x" * 501])
def test_unknown_sender_is_said_in_words(who: str, admin_client: Client) -> None:
    make_comment(make_article(), email="man@example.org")
    for address in (SENDER, f"{SENDER}export/", f"{SENDER}erase/"):
        answer = admin_client.post(address, {"who": who, "sure": "on"})
        assert answer.status_code == 200
        assert "who" in answer.context["form"].errors
    assert not Comment.objects.exclude(erased_at=None).exists()
    assert not LogEntry.objects.exists()
