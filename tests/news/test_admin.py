"""The form of an article: what its buttons do, what is refused, and what the history keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from news import services
from news.markup import clean_html
from news.models import Article, Attachment
from tests.factories import (
    make_article,
    make_category,
)
from tests.news.newsroom import LIST, add, change_url, form_of, sign_in

pytestmark = pytest.mark.django_db

Status = Article.Status


# --- Writing and publishing ---------------------------------------------------------------------


def test_a_draft_is_saved_under_the_name_of_its_writer(writer: Any) -> None:
    add(writer, _continue="1")
    article = Article.objects.get()
    assert (article.status, article.created_by) == (Status.DRAFT, writer.user)


def test_a_writer_submits_a_draft(writer: Any) -> None:
    add(writer, _submit="1")
    assert Article.objects.get().status == Status.IN_REVIEW


def test_an_editor_publishes(editor: Any) -> None:
    add(editor, _publish="1")
    assert Article.objects.published().count() == 1


@pytest.mark.parametrize("name", ["tags", "series", "author", "lead_image", "more_categories"])
@pytest.mark.parametrize("value", ["abc", "²", "-1", "9" * 30, "0x1"])
def test_a_choice_that_is_none_is_an_error_of_the_form(editor: Any, name: str, value: str) -> None:
    response = add(editor, _publish="1", **{name: value})
    assert response.status_code == 200
    assert name in response.context["adminform"].form.errors


def test_picking_what_is_no_row_is_a_bad_request(editor: Any) -> None:
    make_article()
    data = {"action": "publish_selected", "_selected_action": ["abc"]}
    assert editor.post(LIST, data).status_code == 400


def test_the_choices_of_a_field_and_of_a_filter_begin_with_a_capital(editor: Any) -> None:
    response = editor.get(f"{LIST}add/")
    labels = [label for _, label in response.context["adminform"].form.fields["origin"].choices]
    changelist = editor.get(LIST).context["cl"]
    for spec in changelist.filter_specs:
        labels += [choice["display"] for choice in spec.choices(changelist)]
    assert all(str(label)[0].isupper() for label in labels)


def test_a_time_ahead_schedules(editor: Any) -> None:
    at = timezone.localtime() + timedelta(days=2)
    add(editor, _publish="1", published_at_0=f"{at:%d/%m/%Y}", published_at_1="08:30")
    article = Article.objects.get()
    assert article.is_scheduled
    assert timezone.localtime(article.published_at).strftime("%H:%M") == "08:30"


@pytest.mark.parametrize(
    ("day", "time", "wrong"),
    [("31/02/2026", "", "ngày"), ("abc", "", "ngày"), ("", "08:30", "ngày"), ("", "25:00", "giờ")],
)
def test_a_wrong_day_or_time_is_named(editor: Any, day: str, time: str, wrong: str) -> None:
    response = add(editor, _publish="1", published_at_0=day, published_at_1=time)
    errors = response.context["adminform"].form.errors["published_at"]
    assert any(wrong in error.lower() for error in errors)


@pytest.mark.parametrize(
    ("typed", "meant"), [("14/03/2023", (2023, 3, 14)), ("03/04/2023", (2023, 4, 3))]
)
def test_a_date_is_read_as_day_and_month(
    editor: Any, typed: str, meant: tuple[int, int, int]
) -> None:
    add(editor, _publish="1", published_at_0=typed, published_at_1="08:30")
    at = timezone.localtime(Article.objects.get().published_at)
    assert at.replace(tzinfo=None) == datetime(*meant, 8, 30)


def test_the_calendar_of_the_browser_writes_day_and_month_too(editor: Any) -> None:
    catalog = editor.get(reverse("admin:jsi18n")).content.decode()
    first = catalog.partition('"DATE_INPUT_FORMATS": [')[2].partition(",")[0].strip()
    assert first == '"%d/%m/%Y"'


def test_an_article_without_text_is_refused_beside_what_was_typed(editor: Any) -> None:
    response = add(editor, _publish="1", body="", title="Tin chưa có nội dung")
    assert response.status_code == 200
    assert "Tin chưa có nội dung" in response.content.decode()
    assert not Article.objects.exists()


def test_an_article_that_would_expire_at_once_is_refused(editor: Any) -> None:
    past = {"expires_at_0": "01/01/2020", "expires_at_1": "00:00"}
    assert add(editor, _publish="1", **past).status_code == 200
    assert not Article.objects.exists()


def test_a_republished_article_names_its_source(editor: Any) -> None:
    assert add(editor, _publish="1", origin="republished").status_code == 200
    source = {"source_name": "Báo Lam Giang", "source_url": "bao.example.vn/tin"}
    add(editor, _publish="1", origin="republished", **source)
    assert Article.objects.get().source_url == "https://bao.example.vn/tin"


def test_hostile_rich_text_never_reaches_the_table(editor: Any) -> None:
    body = '<p onclick="x()">Chào<script>alert(1)</script></p><a href="javascript:x()">đây</a>'
    add(editor, _publish="1", body=body)
    stored = Article.objects.get().body
    assert stored == clean_html(stored)
    assert not any(word in stored for word in ("script", "onclick"))


def test_a_published_time_is_not_moved_ahead(editor: Any) -> None:
    article = make_article()
    data = form_of(article, _save="1", published_at_0="01/01/2099", published_at_1="08:00")
    assert editor.post(change_url(article), data).status_code == 200
    article.refresh_from_db()
    assert not article.is_scheduled


def test_a_correction_asks_for_its_note(editor: Any) -> None:
    article = make_article()
    data = form_of(article, _correct="1", title="Tên mới")
    response = editor.post(change_url(article), data)
    assert response.context["adminform"].form.errors["correction"]
    article.refresh_from_db()
    assert article.title != "Tên mới"


def test_a_correction_is_announced(editor: Any) -> None:
    article = make_article()
    data = form_of(article, _correct="1", title="Tên mới", correction="Sửa tên.")
    editor.post(change_url(article), data)
    article.refresh_from_db()
    assert (article.title, article.change_note) == ("Tên mới", "Sửa tên.")
    assert article.updated_at is not None


def test_a_changed_text_without_a_note_still_tells_when(editor: Any) -> None:
    article = make_article()
    editor.post(change_url(article), form_of(article, _save="1", title="Tên mới"))
    article.refresh_from_db()
    assert (article.title, article.change_note) == ("Tên mới", "")
    assert article.updated_at is not None


def test_what_is_not_the_text_changes_without_a_mark(editor: Any) -> None:
    article = make_article()
    other = make_category("Văn hóa")
    editor.post(change_url(article), form_of(article, _save="1", category=other.pk))
    article.refresh_from_db()
    assert (article.category, article.updated_at) == (other, None)


def test_what_nobody_has_read_changes_without_a_mark(editor: Any) -> None:
    article = make_article(published_at=timezone.now() + timedelta(days=1))
    editor.post(change_url(article), form_of(article, _publish="1", title="Tên mới"))
    article.refresh_from_db()
    assert (article.title, article.updated_at) == ("Tên mới", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DRAFT},
        {"status": Status.DRAFT, "status_reason": "Thiếu ảnh."},
        {"status": Status.DRAFT, "published_at": timezone.now() - timedelta(days=3)},
        {"status": Status.IN_REVIEW},
        {"status": Status.PUBLISHED, "published_at": timezone.now() + timedelta(days=3)},
    ],
    ids=["draft", "returned draft", "draft dated back", "in review", "scheduled"],
)
def test_an_article_edited_as_it_is_first_published_bears_no_time_of_update(
    editor: Any, fields: dict[str, Any]
) -> None:
    article = make_article(**fields)
    now = timezone.localtime()
    at = {"published_at_0": f"{now:%d/%m/%Y}", "published_at_1": "00:00"}
    values = {} if fields["status"] == Status.DRAFT else at
    texts = {"title": "Tên mới", "summary": "Tóm tắt mới", "body": "<p>Nội dung mới.</p>"}
    editor.post(change_url(article), form_of(article, _publish="1", **texts, **values))
    article.refresh_from_db()
    assert article in Article.objects.published()
    assert (article.title, article.updated_at) == ("Tên mới", None)


@pytest.mark.parametrize("days", [-3, 9])
def test_a_schedule_that_is_changed_by_any_button_moves_the_first_publication(
    editor: Any, days: int
) -> None:
    """The page of a scheduled article offers `_publish` only, but a request may name another."""
    article = make_article(published_at=timezone.now() + timedelta(days=5))
    at = timezone.localtime() + timedelta(days=days)
    data = form_of(article, _save="1", title="Tên mới", published_at_0=f"{at:%d/%m/%Y}")
    assert editor.post(change_url(article), data).status_code == 302
    article.refresh_from_db()
    assert (article.is_scheduled, article.has_been_public) == (days > 0, days < 0)
    assert (article in Article.objects.published()) == (days < 0)
    assert article.first_published_at >= article.published_at
    assert article.updated_at is None


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.UNPUBLISHED])
def test_an_article_edited_as_it_is_published_again_tells_when(editor: Any, status: str) -> None:
    article = make_article(status=status)
    editor.post(change_url(article), form_of(article, _publish="1", title="Tên mới"))
    article.refresh_from_db()
    assert (article.status, article.title) == (Status.PUBLISHED, "Tên mới")
    assert article.updated_at is not None


# --- Sent twice ---------------------------------------------------------------------------------


def test_the_same_form_sent_again_makes_no_second_article(editor: Any) -> None:
    make_category()
    token = editor.get(f"{LIST}add/").context["adminform"].form["token"].value()
    add(editor, _publish="1", token=token)
    response = add(editor, _publish="1", token=token, title="Tin mới, sửa lại")
    assert response.url == change_url(Article.objects.get())


def test_the_same_text_from_a_fresh_form_makes_no_second_article(editor: Any) -> None:
    add(editor, _publish="1", token="1" * 32)
    response = add(editor, _publish="1", token="2" * 32)
    assert response.url == change_url(Article.objects.get())


def test_a_refused_form_is_sent_again(editor: Any) -> None:
    add(editor, _publish="1", token="1" * 32, title="")
    add(editor, _publish="1", token="1" * 32)
    assert Article.objects.count() == 1


def test_the_same_text_of_somebody_else_or_of_long_ago_makes_another_article(
    editor: Any,
) -> None:
    other = sign_in(Client(), "Biên tập viên")
    add(other, _publish="1", token="1" * 32)
    add(editor, _publish="1", token="2" * 32)
    assert Article.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        editor.force_login(editor.user)
        add(editor, _publish="1", token="3" * 32)
    assert Article.objects.count() == 3


def test_two_forms_make_two_articles(editor: Any) -> None:
    add(editor, _publish="1", token="1" * 32)
    add(editor, _publish="1", token="2" * 32, title="Tin khác")
    assert Article.objects.count() == 2


# --- The history --------------------------------------------------------------------------------


def history(article: Article) -> list[str]:
    entries = LogEntry.objects.filter(object_id=article.pk).order_by("pk")
    return [entry.get_change_message() for entry in entries]


def test_the_history_names_fields_in_vietnamese(editor: Any) -> None:
    article = make_article()
    at = timezone.localtime() - timedelta(days=3)
    editor.post(change_url(article), form_of(article, _save="1", published_at_0=f"{at:%d/%m/%Y}"))
    assert history(article) == ["Đã sửa thời điểm đăng."]


@pytest.mark.parametrize(
    ("button", "values", "words"),
    [
        ("_submit", {}, "Đã gửi duyệt."),
        ("_publish", {}, "Đã xuất bản."),
        (
            "_publish",
            {"published_at_0": "01/02/2199", "published_at_1": "08:30"},
            "Đã hẹn đăng lúc 08:30 01/02/2199.",
        ),
    ],
)
def test_the_history_of_a_new_article_tells_its_state(
    editor: Any, button: str, values: dict[str, str], words: str
) -> None:
    add(editor, **{button: "1"}, **values)
    assert history(Article.objects.get())[1:] == [words]


def test_the_history_keeps_the_note_of_a_correction(editor: Any) -> None:
    article = make_article()
    editor.post(change_url(article), form_of(article, _correct="1", correction="Sửa tên."))
    assert history(article)[-1] == "Đã đính chính: Sửa tên."


@pytest.mark.parametrize(
    ("step", "status", "words"),
    [
        ("withdraw", Status.PUBLISHED, "Đã thu hồi. Lý do: Sai số liệu."),
        ("unpublish", Status.PUBLISHED, "Đã gỡ. Lý do: Sai số liệu."),
        ("return", Status.IN_REVIEW, "Đã trả lại. Lý do: Sai số liệu."),
    ],
)
def test_the_history_keeps_the_reason(editor: Any, step: str, status: str, words: str) -> None:
    article = make_article(status=status)
    address = reverse("admin:news_article_take_back", args=[article.pk, step])
    editor.post(address, {"reason": "Sai số liệu."})
    assert history(article) == [words]


def test_the_history_keeps_what_was_done_to_several(editor: Any) -> None:
    article = make_article(status=Status.DRAFT)
    picked: dict[str, Any] = {"_selected_action": [article.pk]}
    editor.post(LIST, {"action": "publish_selected", **picked})
    editor.post(LIST, {"action": "withdraw_selected", **picked, "reason": "Nhầm."})
    assert history(article) == ["Đã xuất bản.", "Đã thu hồi. Lý do: Nhầm."]


def test_a_form_sent_back_unchanged_is_no_event(editor: Any) -> None:
    article = make_article()
    editor.post(change_url(article), form_of(article, _save="1"))
    assert history(article) == []


def test_an_article_that_somebody_else_saved_is_not_written_over(editor: Any) -> None:
    article = make_article(status=Status.DRAFT)
    data = form_of(article, _continue="1", title="Của tôi")
    Article.objects.filter(pk=article.pk).update(summary="Của người khác")
    response = editor.post(change_url(article), data)
    article.refresh_from_db()
    assert article.summary == "Của người khác"
    assert article.title != "Của tôi"
    assert "Của tôi" in response.content.decode()


def test_saving_twice_in_a_row_is_no_conflict(editor: Any) -> None:
    article = make_article(status=Status.DRAFT)
    for title in ("Một", "Hai"):
        editor.post(change_url(article), form_of(article, _continue="1", title=title))
    article.refresh_from_db()
    assert article.title == "Hai"


def test_an_unpublished_article_is_simply_saved(editor: Any) -> None:
    response = editor.get(change_url(make_article(status=Status.UNPUBLISHED)))
    assert response.context["buttons"][0] == ("_save", "Lưu")


@pytest.mark.parametrize(
    ("step", "status"), [("withdraw", Status.WITHDRAWN), ("unpublish", Status.UNPUBLISHED)]
)
def test_an_editor_takes_an_article_back_with_a_reason(editor: Any, step: str, status: str) -> None:
    article = make_article()
    address = reverse("admin:news_article_take_back", args=[article.pk, step])
    assert editor.get(address).status_code == 200
    assert editor.post(address, {"reason": " "}).status_code == 200
    editor.post(address, {"reason": "Sai số liệu."})
    article.refresh_from_db()
    assert (article.status, article.status_reason) == (status, "Sai số liệu.")


def test_an_unpublished_article_names_its_replacement(editor: Any) -> None:
    article, replacement = make_article(), make_article()
    address = reverse("admin:news_article_take_back", args=[article.pk, "unpublish"])
    editor.post(address, {"reason": "Đăng trùng.", "redirect_to": replacement.pk})
    article.refresh_from_db()
    assert article.redirect_to == replacement


@pytest.mark.parametrize("status", [Status.DRAFT, Status.UNPUBLISHED])
def test_a_replacement_must_be_readable(editor: Any, status: str) -> None:
    article, replacement = make_article(), make_article(status=status)
    address = reverse("admin:news_article_take_back", args=[article.pk, "unpublish"])
    response = editor.post(address, {"reason": "Đăng trùng.", "redirect_to": replacement.pk})
    assert list(response.context["form"].errors) == ["redirect_to"]


def test_the_history_names_the_replacement(editor: Any) -> None:
    article, replacement = make_article(), make_article("Bài thay thế")
    address = reverse("admin:news_article_take_back", args=[article.pk, "unpublish"])
    editor.post(address, {"reason": "Đăng trùng.", "redirect_to": replacement.pk})
    assert history(article)[-1].endswith("Địa chỉ của bài dẫn đến “Bài thay thế”.")


def test_a_step_that_does_not_fit_the_state_leads_back_to_the_form(editor: Any) -> None:
    article = make_article(status=Status.DRAFT)
    address = reverse("admin:news_article_take_back", args=[article.pk, "withdraw"])
    assert editor.get(address).url == change_url(article)


def test_an_unknown_step_is_not_found(editor: Any) -> None:
    article = make_article()
    assert editor.get(f"{LIST}{article.pk}/take-back/xoa/").status_code == 404


def test_several_articles_are_published_at_once(editor: Any) -> None:
    drafts = [make_article(status=Status.DRAFT) for _ in range(3)]
    empty = make_article(status=Status.DRAFT, body="")
    picked = [a.pk for a in [*drafts, empty]]
    editor.post(LIST, {"action": "publish_selected", "_selected_action": picked})
    assert set(Article.objects.published()) == set(drafts)


def test_articles_that_may_not_be_published_are_not_published_together(
    editor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(article: Article, at: datetime | None = None) -> None:
        raise ValidationError("Không được đăng.")

    monkeypatch.setattr(services, "check_publish", refuse)
    picked = [make_article(status=Status.DRAFT).pk for _ in range(2)]
    data = {"action": "publish_selected", "_selected_action": picked}
    page = editor.post(LIST, data, follow=True).content.decode()
    assert page.count("Không được đăng.") == 2
    assert not Article.objects.published().exists()


def test_several_articles_are_withdrawn_with_one_reason(editor: Any) -> None:
    articles = [make_article() for _ in range(2)]
    data: dict[str, Any] = {
        "action": "withdraw_selected",
        "_selected_action": [a.pk for a in articles],
    }
    assert "reason" in editor.post(LIST, data).content.decode()
    editor.post(LIST, {**data, "reason": "Sai số liệu."})
    assert Article.objects.filter(status=Status.WITHDRAWN).count() == 2


def test_what_readers_have_seen_is_not_deleted(editor: Any) -> None:
    article = make_article()
    editor.post(reverse("admin:news_article_delete", args=[article.pk]), {"post": "yes"})
    picked = {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
    editor.post(LIST, picked)
    assert Article.objects.filter(pk=article.pk).exists()


def test_a_draft_is_deleted(editor: Any) -> None:
    article = make_article(status=Status.DRAFT)
    editor.post(reverse("admin:news_article_delete", args=[article.pk]), {"post": "yes"})
    assert not Article.objects.exists()


# --- Attachments --------------------------------------------------------------------------------


def pdf(name: str = "quyet-dinh.pdf") -> SimpleUploadedFile:
    content = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    return SimpleUploadedFile(name, content, "application/pdf")


def attach(upload: SimpleUploadedFile, **values: Any) -> dict[str, Any]:
    return {
        "attachments-TOTAL_FORMS": "1",
        "attachments-0-title": "Quyết định số 15/2023/QĐ-UBND",
        "attachments-0-position": "0",
        "attachments-0-upload": upload,
        **values,
    }


def test_an_attachment_comes_with_its_article(editor: Any) -> None:
    add(editor, _publish="1", **attach(pdf()))
    attachment = Article.objects.get().attachments.get()
    assert (attachment.extension, default_storage.exists(attachment.file.name)) == ("pdf", True)


def test_a_false_file_is_refused_beside_its_field_and_the_text_stays(editor: Any) -> None:
    false = SimpleUploadedFile("virus.pdf", b"MZ\x90\x00")
    response = add(editor, _publish="1", **attach(false), summary="Phần đã viết")
    assert response.context["inline_admin_formsets"][0].formset.errors[0]["upload"]
    assert "Phần đã viết" in response.content.decode()
    assert response.context["choose_again"]
    assert not Article.objects.exists()


def test_an_attachment_is_taken_away_with_its_file(
    editor: Any, django_capture_on_commit_callbacks: Any
) -> None:
    article = make_article(status=Status.DRAFT)
    attachment = services.add_attachment(article=article, upload=pdf(), title="Quyết định")
    data = form_of(article, _continue="1") | {
        "attachments-TOTAL_FORMS": "1",
        "attachments-INITIAL_FORMS": "1",
        "attachments-0-id": attachment.pk,
        "attachments-0-article": article.pk,
        "attachments-0-title": attachment.title,
        "attachments-0-position": "1",
        "attachments-0-DELETE": "on",
    }
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(change_url(article), data)
    assert not Attachment.objects.exists()
    assert not default_storage.exists(attachment.file.name)


def rows_of(attachment: Attachment, **values: Any) -> dict[str, Any]:
    return {
        "attachments-TOTAL_FORMS": "1",
        "attachments-INITIAL_FORMS": "1",
        "attachments-0-id": attachment.pk,
        "attachments-0-article": attachment.article_id,
        "attachments-0-title": attachment.title,
        "attachments-0-position": "1",
        **values,
    }


def test_an_attachment_is_replaced_by_another_file(
    editor: Any, django_capture_on_commit_callbacks: Any
) -> None:
    article = make_article(status=Status.DRAFT)
    old = services.add_attachment(article=article, upload=pdf(), title="Quyết định")
    text = SimpleUploadedFile("phu-luc.txt", "Phụ lục".encode())
    rows = rows_of(old, **{"attachments-0-upload": text, "attachments-0-position": "7"})
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(change_url(article), form_of(article, _continue="1") | rows)
    new = article.attachments.get()
    assert (new.extension, new.title, new.position) == ("txt", "Quyết định", 7)
    assert not default_storage.exists(old.file.name)
    assert default_storage.exists(new.file.name)


def test_an_attachment_that_somebody_else_removed_meanwhile_stops_the_form(editor: Any) -> None:
    article = make_article(status=Status.DRAFT)
    attachment = services.add_attachment(article=article, upload=pdf(), title="Quyết định")
    data = form_of(article, _continue="1", title="Tên mới") | rows_of(attachment)
    Attachment.objects.all().delete()
    response = editor.post(change_url(article), data)
    assert response.status_code == 200
    formset = response.context["inline_admin_formsets"][0].formset
    assert "xóa" in str(formset.non_form_errors())
    article.refresh_from_db()
    assert article.title != "Tên mới"


def test_the_summary_of_errors_names_attachments_too(editor: Any) -> None:
    false = SimpleUploadedFile("virus.pdf", b"MZ\x90\x00")
    page = add(editor, _publish="1", title="", **attach(false)).content.decode()
    heading, summary = page.index('class="errornote"'), page.index("error-summary")
    assert heading < summary < page.index('href="#id_title"')
    assert summary < page.index('href="#id_attachments-0-upload"')


# --- Preview ------------------------------------------------------------------------------------


def preview(client: Any, article: Article) -> Any:
    return client.get(reverse("admin:news_article_preview", args=[article.pk]))


@pytest.mark.parametrize("status", Status.values)
def test_an_article_in_any_state_is_previewed(editor: Any, status: str) -> None:
    article = make_article("Bản xem trước", status=status)
    response = preview(editor, article)
    assert "Bản xem trước" in response.content.decode()
    assert response.context["is_preview"]


def test_a_preview_is_kept_by_nobody(editor: Any) -> None:
    response = preview(editor, make_article(status=Status.DRAFT))
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("status", "hours", "is_there"),
    [
        (Status.PUBLISHED, -1, True),
        (Status.WITHDRAWN, -1, True),
        (Status.UNPUBLISHED, -1, False),
        (Status.DRAFT, -1, False),
        # Out before, and given a later day: readers get nothing until then.
        (Status.PUBLISHED, 1, False),
    ],
)
def test_form_leads_to_the_page_only_where_readers_have_one(
    editor: Any, client: Any, status: str, hours: int, is_there: bool
) -> None:
    now = timezone.now()
    article = make_article(
        status=status,
        published_at=now + timedelta(hours=hours),
        first_published_at=now - timedelta(days=1),
    )
    html = editor.get(f"{LIST}{article.pk}/change/").content.decode()
    assert (f'href="{article.get_absolute_url()}"' in html) == is_there
