"""The admin of the newsroom: who may do what, what the buttons do, and what is refused."""

from __future__ import annotations

import warnings
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_prose_editor.config import expand_extensions

from news import services
from news.admin.article_forms import ROW_VERSION
from news.admin.article_states import STATES, in_state, state_of
from news.editor import EXTENSIONS
from news.markup import clean_html
from news.models import Article, Attachment, Category, Image
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_tag,
    picture_upload,
)

pytestmark = pytest.mark.django_db

Status = Article.Status
LIST = "/admin/news/article/"


def login(client: Any, django_user_model: Any, group: str) -> Any:
    name = f"nhan-vien-{group.split()[0]}"
    user = django_user_model.objects.create_user(name, password="mat-khau-dai", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def editor(client: Any, django_user_model: Any) -> Any:
    return login(client, django_user_model, "Biên tập viên")


@pytest.fixture
def writer(client: Any, django_user_model: Any) -> Any:
    return login(client, django_user_model, "Cộng tác viên")


def version_of(article: Article) -> str:
    return Article.objects.annotate(version=ROW_VERSION).get(pk=article.pk).version


def form_of(article: Article | None = None, **values: Any) -> dict[str, Any]:
    """What a browser sends for the form of an article, changed by `values`."""
    article = article or Article(title="Tin mới", body="<p>Nội dung.</p>", origin="own")
    at = timezone.localtime(article.published_at) if article.published_at else None
    return {
        "version": version_of(article) if article.pk else "",
        "title": article.title,
        "summary": article.summary,
        "body": article.body,
        "category": article.category_id or Category.objects.first().pk,
        "origin": article.origin,
        "slug": article.slug,
        "published_at_0": f"{at:%d/%m/%Y}" if at else "",
        "published_at_1": f"{at:%H:%M:%S}" if at else "",
        "attachments-TOTAL_FORMS": "0",
        "attachments-INITIAL_FORMS": "0",
        **values,
    }


def change_url(article: Article) -> str:
    return reverse("admin:news_article_change", args=[article.pk])


def add(client: Any, **values: Any) -> Any:
    if not Category.objects.exists():
        make_category()
    return client.post(f"{LIST}add/", form_of(**values))


# --- Writing and publishing ---------------------------------------------------------------------


def test_a_draft_is_saved_under_the_name_of_its_writer(writer: Any) -> None:
    add(writer, _continue="1")
    article = Article.objects.get()
    assert (article.status, article.created_by) == (Status.DRAFT, writer.user)


def test_a_writer_submits_a_draft(writer: Any) -> None:
    add(writer, _submit="1")
    assert Article.objects.get().status == Status.IN_REVIEW


def test_a_writer_who_presses_publish_all_the_same_is_refused(writer: Any) -> None:
    assert add(writer, _publish="1").status_code == 403
    assert not Article.objects.exists()


def test_a_writer_cannot_change_a_draft_of_somebody_else(writer: Any) -> None:
    article = make_article(status=Status.DRAFT)
    assert writer.post(change_url(article), form_of(article, title="Khác")).status_code == 403


def test_a_writer_cannot_change_what_was_submitted(writer: Any) -> None:
    article = make_article(status=Status.IN_REVIEW, created_by=writer.user)
    assert writer.post(change_url(article), form_of(article, title="Khác")).status_code == 403


@pytest.mark.parametrize("step", ["withdraw", "unpublish", "return"])
def test_a_writer_takes_nothing_back(writer: Any, step: str) -> None:
    article = make_article()
    address = reverse("admin:news_article_take_back", args=[article.pk, step])
    assert writer.post(address, {"reason": "Nhầm."}).status_code == 403


def test_bulk_actions_are_refused_to_a_writer(writer: Any) -> None:
    article = make_article(status=Status.DRAFT)
    writer.post(LIST, {"action": "publish_selected", "_selected_action": [article.pk]})
    article.refresh_from_db()
    assert article.status == Status.DRAFT


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


def test_the_summary_of_errors_names_attachments_too(editor: Any) -> None:
    false = SimpleUploadedFile("virus.pdf", b"MZ\x90\x00")
    page = add(editor, _publish="1", title="", **attach(false)).content.decode()
    heading, summary = page.index('class="errornote"'), page.index("error-summary")
    assert heading < summary < page.index('href="#id_title"')
    assert summary < page.index('href="#id_attachments-0-upload"')


# --- The list -----------------------------------------------------------------------------------


def in_every_state() -> dict[str, Article]:
    now = timezone.now()
    later, earlier = now + timedelta(days=1), now - timedelta(days=2)
    return {
        "draft": make_article(status=Status.DRAFT),
        "returned": make_article(status=Status.DRAFT, status_reason="Thiếu ảnh."),
        "in_review": make_article(status=Status.IN_REVIEW),
        "scheduled": make_article(published_at=later),
        "published": make_article(),
        "expired": make_article(published_at=earlier, expires_at=now - timedelta(days=1)),
        "withdrawn": make_article(status=Status.WITHDRAWN),
        "unpublished": make_article(status=Status.UNPUBLISHED),
    }


def test_the_filter_finds_exactly_what_the_badge_says() -> None:
    articles = in_every_state()
    assert articles.keys() == STATES.keys()
    for state, article in articles.items():
        assert state_of(article) == state
        assert list(in_state(Article.objects.all(), state)) == [article]


def test_the_category_filter_takes_those_below_along(editor: Any) -> None:
    top = make_category("Chính quyền")
    below = make_category("Cải cách hành chính", parent=top)
    inside = make_article(category=below)
    make_article(category=make_category("Văn hóa"))
    response = editor.get(LIST, {"category": top.pk})
    assert list(response.context["cl"].result_list) == [inside]


def test_an_article_is_found_by_its_number_and_by_its_words(editor: Any) -> None:
    article, _ = make_article("Lễ hội đền Yên Hà"), make_article("Họp dân")
    for words in (str(article.pk), "lễ hội", "le\u0302\u0303 ho\u0323\u0302i"):
        response = editor.get(LIST, {"q": words})
        assert article in response.context["cl"].result_list


def test_the_list_costs_the_same_with_three_and_with_thirty_rows(
    editor: Any, django_assert_max_num_queries: Any
) -> None:
    def rows(number: int) -> None:
        for _ in range(number):
            make_article(
                author=make_author(), lead_image=make_image(), category=make_category(), tags=[]
            )

    rows(3)
    editor.get(LIST)
    with django_assert_max_num_queries(25) as few:
        editor.get(LIST)
    rows(27)
    with django_assert_max_num_queries(len(few)):
        editor.get(LIST)


def test_categories_are_listed_as_a_tree(editor: Any) -> None:
    second = make_category("Hai", position=2)
    make_category("Một", position=1)
    make_category("Hai A", parent=second, position=1)
    make_category("Ba", position=3)
    response = editor.get(reverse("admin:news_category_changelist"))
    names = [category.name for category in response.context["cl"].result_list]
    assert names == ["Một", "Hai", "Hai A", "Ba"]


@pytest.mark.parametrize(
    ("name", "is_refused"), [("Hòa bình", True), ("HOÀ  BÌNH", True), ("Hóa bình", False)]
)
def test_a_category_of_the_same_name_beside_another_is_refused(
    editor: Any, name: str, is_refused: bool
) -> None:
    make_category("Hoà bình")
    data = {"name": name, "position": "0"}
    response = editor.post(reverse("admin:news_category_add"), data)
    assert Category.objects.count() == (1 if is_refused else 2)
    if is_refused:
        assert response.context["adminform"].form.errors["name"]


def test_the_same_name_may_stand_below_another_parent_and_is_saved_again(editor: Any) -> None:
    first, above = make_category("Hoà bình"), make_category("Văn hóa")
    data = {"name": "Hòa bình", "position": "0"}
    editor.post(reverse("admin:news_category_add"), {**data, "parent": above.pk})
    assert above.children.count() == 1
    editor.post(reverse("admin:news_category_change", args=[first.pk]), data)
    first.refresh_from_db()
    assert first.name == "Hòa bình"


def test_tags_are_found_as_they_are_typed(editor: Any) -> None:
    tag = make_tag("chuyển đổi số")
    response = editor.get(
        reverse("admin:autocomplete"),
        {"app_label": "news", "model_name": "article", "field_name": "tags", "term": "chuyển"},
    )
    assert [row["text"] for row in response.json()["results"]] == [tag.name]


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


def test_a_preview_is_for_staff_alone(client: Any) -> None:
    response = preview(client, make_article(status=Status.DRAFT))
    assert "/admin/login/" in response.url


# --- The media library --------------------------------------------------------------------------


def upload_form(*pictures: SimpleUploadedFile, **values: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "0"}
    for number, picture in enumerate(pictures):
        data |= {f"form-{number}-upload": picture, f"form-{number}-alt": "Cầu Yên Hà"}
    return data | values


IMAGE_ADD = "/admin/news/image/add/"


def test_several_pictures_are_taken_in_at_once(writer: Any) -> None:
    writer.post(IMAGE_ADD, upload_form(picture_upload(), picture_upload()))
    assert Image.objects.count() == 2


def test_a_refused_picture_does_not_stop_the_others(writer: Any) -> None:
    false = SimpleUploadedFile("anh.jpg", b"%PDF-1.4")
    response = writer.post(IMAGE_ADD, upload_form(picture_upload(), false))
    assert Image.objects.count() == 1
    assert [list(form.errors) for form in response.context["forms"]] == [["upload"]]
    assert response.context["choose_again"]


def test_a_picture_without_words_is_refused(writer: Any) -> None:
    response = writer.post(IMAGE_ADD, upload_form(picture_upload(), **{"form-0-alt": ""}))
    assert response.status_code == 200
    assert not Image.objects.exists()


def test_an_empty_upload_says_what_is_missing(writer: Any) -> None:
    response = writer.post(IMAGE_ADD, upload_form())
    assert response.context["forms"][0].errors["upload"]


def test_a_broken_upload_form_is_answered(writer: Any) -> None:
    assert writer.post(IMAGE_ADD, {}).status_code == 200


def test_an_upload_within_the_dialog_leads_back_to_the_library(writer: Any) -> None:
    response = writer.post(f"{IMAGE_ADD}?_popup=1&pick=1", upload_form(picture_upload()))
    assert response.url == reverse("admin:news_image_pick")


def test_the_library_is_searched(writer: Any) -> None:
    bridge = make_image(alt="Cầu Yên Hà")
    make_image(alt="Chợ Hạ")
    response = writer.get(reverse("admin:news_image_pick"), {"q": "cầu"})
    assert [picture["id"] for picture in response.context["pictures"]] == [bridge.pk]


def test_the_library_may_stand_in_a_frame_of_our_own(writer: Any) -> None:
    response = writer.get(reverse("admin:news_image_pick"))
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_a_picture_in_use_is_not_deleted(editor: Any) -> None:
    image = make_image()
    make_article("Khánh thành cầu", body=f'<figure><img src="{image.url}" alt=""></figure>')
    address = reverse("admin:news_image_delete", args=[image.pk])
    assert "Khánh thành cầu" in editor.get(address).content.decode()
    editor.post(address, {"post": "yes"})
    assert Image.objects.filter(pk=image.pk).exists()


def test_an_unused_picture_is_found_and_deleted(
    editor: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_article(lead_image=make_image())
    unused = make_image()
    listed = editor.get(reverse("admin:news_image_changelist"), {"use": "unused"})
    assert list(listed.context["cl"].result_list) == [unused]
    with django_capture_on_commit_callbacks(execute=True):
        address = reverse("admin:news_image_delete", args=[unused.pk])
        editor.post(address, {"post": "yes"})
    assert not Image.objects.filter(pk=unused.pk).exists()
    assert not default_storage.exists(unused.file.name)


# --- The editor ---------------------------------------------------------------------------------


def test_the_editor_names_every_extension_that_it_rests_on() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expand_extensions(EXTENSIONS)


def test_the_editor_offers_nothing_that_writes_inline_styles() -> None:
    assert not {"TextAlign", "Color", "Highlight", "StyleLoom", "TextStyle"} & EXTENSIONS.keys()


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
