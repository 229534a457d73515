"""The verbs of the newsroom: what they change, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from news import library, services
from news.models import Article, Attachment, Image
from tests.factories import make_article, make_image, picture_upload

pytestmark = pytest.mark.django_db

Status = Article.Status


@pytest.fixture
def draft() -> Article:
    return make_article(status=Status.DRAFT)


def publish(article: Article, **values: Any) -> Article:
    return services.publish_article(article=article, by=None, **values)


def test_a_draft_is_submitted_for_review(draft: Article) -> None:
    services.submit_article(article=draft)
    draft.refresh_from_db()
    assert draft.status == Status.IN_REVIEW


def test_a_returned_draft_that_is_submitted_again_loses_the_reason_of_its_return() -> None:
    draft = make_article(status=Status.DRAFT, status_reason="Thiếu ảnh.")
    services.submit_article(article=draft)
    draft.refresh_from_db()
    assert draft.status_reason == ""


def test_a_published_article_cannot_be_submitted() -> None:
    with pytest.raises(ValidationError):
        services.submit_article(article=make_article())


def test_publishing_without_a_time_publishes_now(draft: Article) -> None:
    before = timezone.now()
    publish(draft)
    draft.refresh_from_db()
    assert before <= draft.published_at <= timezone.now()
    assert draft in Article.objects.published()


def test_whoever_publishes_becomes_the_creator_of_an_article_that_has_none(
    admin_user: Any, django_user_model: Any
) -> None:
    writer = django_user_model.objects.create_user("cong-tac-vien")
    imported = make_article(status=Status.DRAFT)
    written = make_article(status=Status.DRAFT, created_by=writer)
    for article in (imported, written):
        services.publish_article(article=article, by=admin_user)
        article.refresh_from_db()
    assert (imported.created_by, written.created_by) == (admin_user, writer)


def test_a_future_time_schedules(draft: Article) -> None:
    at = timezone.now() + timedelta(days=1)
    publish(draft, at=at)
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert draft.first_published_at == at
    assert draft not in Article.objects.published()


def test_publishing_keeps_the_time_that_the_draft_carries() -> None:
    at = timezone.now() - timedelta(days=30)
    draft = make_article(status=Status.DRAFT, published_at=at)
    publish(draft)
    draft.refresh_from_db()
    assert draft.published_at == at


def test_the_first_publication_is_never_dated_back() -> None:
    draft = make_article(status=Status.DRAFT, published_at=timezone.now() - timedelta(days=30))
    before = timezone.now()
    publish(draft)
    assert draft.first_published_at >= before


def test_the_first_publication_is_set_once(draft: Article) -> None:
    publish(draft)
    first = draft.first_published_at
    services.withdraw_article(article=draft, reason="Sai số liệu.")
    publish(draft)
    draft.refresh_from_db()
    assert draft.first_published_at == first


def test_an_article_without_text_is_not_published() -> None:
    draft = make_article(status=Status.DRAFT, body="")
    with pytest.raises(ValidationError):
        publish(draft)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_what_readers_have_seen_is_not_scheduled_again() -> None:
    with pytest.raises(ValidationError):
        publish(make_article(), at=timezone.now() + timedelta(days=1))


def test_a_correction_carries_its_note_and_its_moment() -> None:
    article = make_article()
    at = timezone.now()
    services.correct_article(article=article, note="Sửa tên đơn vị.", at=at)
    article.refresh_from_db()
    assert (article.change_note, article.updated_at) == ("Sửa tên đơn vị.", at)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.UNPUBLISHED])
def test_only_what_readers_see_can_be_corrected(status: str) -> None:
    with pytest.raises(ValidationError):
        services.correct_article(article=make_article(status=status), note="Sửa lỗi.")


@pytest.mark.parametrize(
    "service", [services.correct_article, services.withdraw_article, services.unpublish_article]
)
def test_what_is_scheduled_is_neither_corrected_nor_taken_back(service: Any) -> None:
    article = make_article(published_at=timezone.now() + timedelta(days=1))
    words = {"note": "Sửa."} if service is services.correct_article else {"reason": "Sai."}
    with pytest.raises(ValidationError):
        service(article=article, **words)
    article.refresh_from_db()
    assert (article.status, article.change_note) == (Status.PUBLISHED, "")


@pytest.mark.parametrize("field", ["title", "summary", "body", "lead_caption"])
def test_a_change_of_any_text_of_a_public_article_is_told(field: str) -> None:
    article = make_article()
    services.record_change(article=article, changed=["category", field])
    article.refresh_from_db()
    assert article.updated_at is not None


@pytest.mark.parametrize("days", [-3, 9])
def test_a_scheduled_article_is_first_public_when_its_changed_time_says(days: int) -> None:
    article = make_article(published_at=timezone.now() + timedelta(days=5))
    before = timezone.now()
    at = before + timedelta(days=days)
    Article.objects.filter(pk=article.pk).update(published_at=at)
    services.record_change(article=article, changed=["published_at", "title"])
    article.refresh_from_db()
    assert article.has_been_public == (days < 0)
    assert max(at, before) <= article.first_published_at <= max(at, timezone.now())
    assert article.updated_at is None


@pytest.mark.parametrize("field", ["category", "tags", "lead_image", "expires_at", "slug"])
def test_a_change_of_what_is_no_text_is_not_told(field: str) -> None:
    article = make_article()
    services.record_change(article=article, changed=[field])
    article.refresh_from_db()
    assert article.updated_at is None


def test_a_withdrawn_article_can_be_corrected_and_then_unpublished() -> None:
    article = make_article(status=Status.WITHDRAWN)
    services.correct_article(article=article, note="Sửa tên đơn vị.")
    services.unpublish_article(article=article, reason="Đăng trùng.")
    article.refresh_from_db()
    assert (article.status, article.change_note) == (Status.UNPUBLISHED, "Sửa tên đơn vị.")


@pytest.mark.parametrize(
    "change",
    [
        lambda article: services.submit_article(article=article),
        lambda article: services.publish_article(article=article, by=None),
        lambda article: services.return_to_draft(article=article, reason="Nhầm."),
        lambda article: services.delete_article(article=article),
        lambda article: services.record_change(article=article, changed=["title"]),
    ],
)
def test_what_was_deleted_meanwhile_is_refused_in_words(draft: Article, change: Any) -> None:
    Article.objects.all().delete()
    with pytest.raises(ValidationError, match="Bài viết này vừa bị xóa"):
        change(draft)


def test_a_correction_without_a_note_is_refused() -> None:
    with pytest.raises(ValidationError):
        services.correct_article(article=make_article(), note="  ")


def test_a_withdrawn_article_keeps_its_page_and_leaves_the_lists() -> None:
    article = make_article()
    services.withdraw_article(article=article, reason="Sai số liệu.")
    assert article not in Article.objects.published()
    assert article in Article.objects.readable()


def test_a_withdrawn_article_remembers_when_until_it_is_put_back_or_taken_away() -> None:
    back, away = make_article(), make_article()
    with time_machine.travel(timezone.now(), tick=False):
        for article in (back, away):
            services.withdraw_article(article=article, reason="Sai số liệu.")
            assert article.withdrawn_at == timezone.now()
    publish(back)
    services.unpublish_article(article=away, reason="Đăng trùng.")
    for article in (back, away):
        assert article.withdrawn_at is None
        article.refresh_from_db()
        assert article.withdrawn_at is None


@pytest.mark.parametrize("reason", ["", "   \n"])
def test_taking_back_needs_a_reason(reason: str) -> None:
    article = make_article()
    with pytest.raises(ValidationError):
        services.withdraw_article(article=article, reason=reason)
    with pytest.raises(ValidationError):
        services.unpublish_article(article=article, reason=reason)
    article.refresh_from_db()
    assert article.status == Status.PUBLISHED


def test_an_unpublished_article_may_lead_to_the_one_that_replaces_it() -> None:
    article, replacement = make_article(), make_article()
    services.unpublish_article(article=article, reason="Đăng trùng.", redirect_to=replacement)
    article.refresh_from_db()
    assert (article.status, article.redirect_to) == (Status.UNPUBLISHED, replacement)


def test_an_article_cannot_replace_itself() -> None:
    article = make_article()
    with pytest.raises(ValidationError):
        services.unpublish_article(article=article, reason="Đăng trùng.", redirect_to=article)


def test_publishing_again_forgets_reason_and_replacement() -> None:
    article, replacement = make_article(), make_article()
    services.unpublish_article(article=article, reason="Đăng trùng.", redirect_to=replacement)
    publish(article)
    article.refresh_from_db()
    assert (article.status, article.status_reason, article.redirect_to) == (
        Status.PUBLISHED,
        "",
        None,
    )


def test_an_article_in_review_is_returned_with_a_reason() -> None:
    article = make_article(status=Status.IN_REVIEW)
    services.return_to_draft(article=article, reason="Thiếu ảnh.")
    article.refresh_from_db()
    assert (article.status, article.status_reason) == (Status.DRAFT, "Thiếu ảnh.")


def test_a_scheduled_article_can_be_called_off(draft: Article) -> None:
    publish(draft, at=timezone.now() + timedelta(days=1))
    services.return_to_draft(article=draft, reason="Chờ số liệu.")
    draft.refresh_from_db()
    assert (draft.status, draft.published_at, draft.first_published_at) == (
        Status.DRAFT,
        None,
        None,
    )


def test_a_public_article_is_not_returned_to_draft() -> None:
    with pytest.raises(ValidationError):
        services.return_to_draft(article=make_article(), reason="Nhầm.")


def test_what_readers_have_seen_is_not_deleted() -> None:
    article = make_article()
    with pytest.raises(ValidationError):
        services.delete_article(article=article)
    assert Article.objects.filter(pk=article.pk).exists()


def test_an_image_knows_its_size_and_its_sender(admin_user: Any) -> None:
    image = make_image(by=admin_user)
    assert (image.width, image.height, image.created_by) == (800, 500, admin_user)
    assert default_storage.exists(image.file.name)


def test_the_same_picture_sent_twice_is_one_image() -> None:
    upload = picture_upload(name="anh.jpg")
    again = SimpleUploadedFile("ten-khac.jpg", upload.read(), "image/jpeg")
    values = {"alt": "Cầu", "is_decorative": False, "caption": "", "credit": "", "by": None}
    first = services.add_image(upload=upload, **values)
    assert services.add_image(upload=again, **values) == first
    assert Image.objects.count() == 1


def test_the_second_copy_of_a_picture_leaves_no_file(
    django_capture_on_commit_callbacks: Any,
) -> None:
    upload = picture_upload(name="anh.jpg")
    again = SimpleUploadedFile("ten-khac.jpg", upload.read(), "image/jpeg")
    values = {"alt": "Cầu", "is_decorative": False, "caption": "", "credit": "", "by": None}
    first = services.add_image(upload=upload, **values)
    with django_capture_on_commit_callbacks(execute=True):
        services.add_image(upload=again, **values)
    folder = first.file.name.rpartition("/")[0]
    assert not [name for name in default_storage.listdir(folder)[1] if "ten-khac" in name]
    assert default_storage.exists(first.file.name)


def test_an_image_without_words_is_refused_and_leaves_no_file() -> None:
    with pytest.raises(ValidationError):
        make_image(alt="")
    assert not default_storage.exists("images")


def test_a_picture_whose_row_cannot_be_written_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(self: Image, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no row")

    monkeypatch.setattr(Image, "save", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        make_image()
    assert _files("images") == []


def test_an_attachment_whose_row_cannot_be_written_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(self: Attachment, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no row")

    article = make_article()
    monkeypatch.setattr(Attachment, "save", fail)
    with pytest.raises(RuntimeError, match="no row"), transaction.atomic():
        services.add_attachment(article=article, upload=pdf(), title="Quyết định")
    assert _files("tep") == []


def test_an_attachment_whose_row_cannot_be_written_leaves_the_file_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    article = make_article()
    first = services.add_attachment(article=article, upload=pdf(), title="Quyết định")

    def fail(self: Attachment, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no row")

    monkeypatch.setattr(Attachment, "save", fail)
    with pytest.raises(RuntimeError, match="no row"), transaction.atomic():
        services.add_attachment(article=article, upload=pdf(), title="Quyết định")
    assert _files("tep") == [first.file.name.rpartition("/")[2]]


def test_the_error_that_stopped_a_row_is_told_even_if_its_file_cannot_be_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail_to_delete(*args: Any) -> None:
        raise OSError("read-only")

    def fail(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(default_storage, "delete", fail_to_delete)
        raise RuntimeError("no row")

    article = make_article()
    monkeypatch.setattr(Attachment, "save", fail)
    with pytest.raises(RuntimeError, match="no row"), transaction.atomic():
        services.add_attachment(article=article, upload=pdf(), title="Quyết định")


def test_a_picture_with_a_long_name_is_taken_in() -> None:
    name = f"{'a' * 400}.jpg"
    upload = picture_upload()
    image = services.add_image(
        upload=ContentFile(upload.read(), name=name),
        alt="Cầu",
        is_decorative=False,
        caption="",
        credit="",
        by=None,
    )
    assert image.original_name == name[-255:]


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0 broken", b"GIF89a", b"", b"%PDF-1.4"])
def test_a_broken_picture_is_refused_and_leaves_neither_row_nor_file(content: bytes) -> None:
    with pytest.raises(ValidationError):
        services.add_image(
            upload=ContentFile(content, name="anh.jpg"),
            alt="Cầu",
            is_decorative=False,
            caption="",
            credit="",
            by=None,
        )
    assert not Image.objects.exists()
    assert _files("images") == []


def _files(folder: str) -> list[str]:
    if not default_storage.exists(folder):
        return []
    folders, names = default_storage.listdir(folder)
    return names + [name for inner in folders for name in _files(f"{folder}/{inner}")]


def test_an_unused_image_is_deleted_with_its_files(django_capture_on_commit_callbacks: Any) -> None:
    image = make_image()
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_images(pictures=[image])
    assert _files("images") == []


def test_the_files_of_an_image_stay_until_the_commit(
    django_capture_on_commit_callbacks: Any,
) -> None:
    image = make_image()
    with django_capture_on_commit_callbacks(execute=False):
        services.delete_images(pictures=[image])
    assert default_storage.exists(image.file.name)


def test_a_lead_image_is_not_deleted() -> None:
    image = make_image()
    make_article(lead_image=image)
    with pytest.raises(ValidationError):
        services.delete_images(pictures=[image])


def test_an_image_inside_a_body_is_not_deleted() -> None:
    image = make_image()
    make_article(body=f'<figure><img src="{image.url}" alt="Cầu"></figure>')
    with pytest.raises(ValidationError):
        services.delete_images(pictures=[image])


def test_only_the_picture_that_nothing_shows_is_unused() -> None:
    lead, inside, unused = make_image(), make_image(), make_image()
    make_article(lead_image=lead, body=f'<figure><img src="{inside.url}" alt="Cầu"></figure>')
    assert list(library.unused_images()) == [unused]


def pdf(name: str = "quyet-dinh.pdf", words: bytes = b"") -> ContentFile:
    content = b"%PDF-1.4\n" + words + b"\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    return ContentFile(content, name=name)


def test_an_attachment_takes_its_title_from_the_file_where_none_is_given() -> None:
    attachment = services.add_attachment(article=make_article(), upload=pdf(), title="")
    assert (attachment.title, attachment.extension) == ("quyet-dinh", "pdf")


def test_attachments_stand_in_the_order_in_which_they_came_from_1_on() -> None:
    article = make_article()
    for title in ("Một", "Hai"):
        services.add_attachment(article=article, upload=pdf(), title=title)
    rows = article.attachments.values_list("title", "position")
    assert list(rows) == [("Một", 1), ("Hai", 2)]


def test_a_file_that_is_not_what_its_name_says_is_refused() -> None:
    with pytest.raises(ValidationError):
        services.add_attachment(
            article=make_article(), upload=ContentFile(b"MZ", name="virus.pdf"), title=""
        )


def test_a_file_that_two_articles_share_stays_with_the_other(
    django_capture_on_commit_callbacks: Any,
) -> None:
    first, second = (
        services.add_attachment(article=make_article(), upload=pdf(), title="Quyết định")
        for _ in range(2)
    )
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_attachment(attachment=first)
    assert default_storage.exists(second.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_attachment(attachment=second)
    assert not default_storage.exists(second.file.name)


def test_deleting_a_draft_takes_its_files_along(
    draft: Article, django_capture_on_commit_callbacks: Any
) -> None:
    attachment = services.add_attachment(article=draft, upload=pdf(), title="Quyết định")
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_article(article=draft)
    assert not Attachment.objects.exists()
    assert not default_storage.exists(attachment.file.name)
