"""Two members of staff at once: the second one waits for the first, and sees what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.utils import timezone

from news import images, services
from news.models import Article, Attachment, Category, Image, Listing
from tests.contention import hold_advisory_lock, result_of, threads, wait_until_blocked
from tests.factories import make_article, make_category, picture_upload
from tests.news.newsroom import LIST, change_url, form_of

pytestmark = pytest.mark.django_db(transaction=True)

Status = Article.Status


def outcome(job: Any) -> str:
    """The status that a service gave an article, or "refused"."""
    try:
        return result_of(job).status
    except ValidationError:
        return "refused"


@pytest.mark.parametrize(
    ("status", "service"),
    [
        (Status.DRAFT, services.submit_article),
        (Status.PUBLISHED, services.withdraw_article),
        (Status.PUBLISHED, services.unpublish_article),
        (Status.IN_REVIEW, services.return_to_draft),
    ],
)
def test_of_two_who_change_the_status_of_an_article_at_once_one_is_refused(
    status: str, service: Any
) -> None:
    article = make_article(status=status)
    reason = {} if service is services.submit_article else {"reason": "Sai số liệu."}
    with threads() as start:
        with transaction.atomic():
            Article.objects.select_for_update().get(pk=article.pk)
            jobs = [start(service, article=Article(pk=article.pk), **reason) for _ in range(2)]
            wait_until_blocked(*jobs)
        assert [outcome(job) for job in jobs].count("refused") == 1


def test_a_draft_that_is_published_in_this_moment_is_not_deleted() -> None:
    article = make_article(status=Status.DRAFT)
    with threads() as start:
        with transaction.atomic():
            services.publish_article(article=article, by=None)
            deletion = start(services.delete_article, article=Article(pk=article.pk))
            wait_until_blocked(deletion)
        with pytest.raises(ValidationError):
            result_of(deletion)
    assert Article.objects.published().get() == article


@pytest.mark.parametrize("service", [services.withdraw_article, services.return_to_draft])
def test_article_changes_its_status_while_its_category_moves(service: Any) -> None:
    """The category locks its articles at the commit, when the other waits for the listings."""
    parent, moving = make_category("Mẹ"), make_category("Con")
    days = 1 if service is services.return_to_draft else -1
    article = make_article(category=moving, published_at=timezone.now() + timedelta(days=days))
    with threads() as start:
        with transaction.atomic():
            Category.objects.filter(pk=moving.pk).update(parent=parent)
            change = start(service, article=Article(pk=article.pk), reason="Sai số liệu.")
            wait_until_blocked(change)
        result_of(change)
    assert not Listing.objects.exists()


def test_article_is_deleted_while_its_category_moves() -> None:
    parent, moving = make_category("Mẹ"), make_category("Con")
    scheduled = make_article(category=moving, published_at=timezone.now() + timedelta(days=1))
    with threads() as start:
        with transaction.atomic():
            Category.objects.filter(pk=moving.pk).update(parent=parent)
            deletion = start(services.delete_article, article=Article(pk=scheduled.pk))
            wait_until_blocked(deletion)
        result_of(deletion)
    assert not Listing.objects.exists()


def test_deletion_of_several_articles_waits_for_a_category_that_moves() -> None:
    """The one deletes rows and counts of two months, the other writes them, in another order."""
    parent, moving = make_category("Mẹ"), make_category("Con")
    april, march = (
        make_article(published_at=timezone.now() + timedelta(days=days), category=moving)
        for days in (60, 1)
    )

    def move() -> None:
        Category.objects.filter(pk=moving.pk).update(parent=parent)

    with threads() as start:
        with transaction.atomic():
            services.delete_article(article=april)
            other = start(move)
            wait_until_blocked(other)
            services.delete_article(article=march)
        result_of(other)
    assert not Listing.objects.exists()


def picture_of(upload: Any, name: str) -> ContentFile:
    upload.seek(0)
    return ContentFile(upload.read(), name=name)


WORDS: dict[str, Any] = {
    "alt": "Cầu Yên Hà",
    "is_decorative": False,
    "caption": "",
    "credit": "",
    "by": None,
}


def test_a_picture_that_two_people_send_at_once_is_one_image() -> None:
    upload = picture_upload()
    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_file_rows")
            jobs = [
                start(services.add_image, upload=picture_of(upload, "a.jpg"), **WORDS)
                for _ in range(2)
            ]
            wait_until_blocked(*jobs)
        assert result_of(jobs[0]) == result_of(jobs[1])
    assert default_storage.exists(Image.objects.get().file.name)


def test_a_picture_that_is_deleted_while_it_is_sent_again_has_its_file() -> None:
    upload = picture_upload()
    old = services.add_image(upload=picture_of(upload, "a.jpg"), **WORDS)
    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_file_rows")
            again = start(services.add_image, upload=picture_of(upload, "a.jpg"), **WORDS)
            wait_until_blocked(again)
            Image.objects.filter(pk=old.pk).delete()
            images.delete_image_files(old.file.name)
        image = result_of(again)
    assert image.file.name == old.file.name
    assert default_storage.exists(image.file.name)


def pdf(name: str = "quyet-dinh.pdf") -> ContentFile:
    content = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    return ContentFile(content, name=name)


def test_a_file_that_is_removed_while_it_is_attached_again_is_there() -> None:
    article = make_article()
    old = services.add_attachment(article=article, upload=pdf(), title="Quyết định")
    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_listing")
            hold_advisory_lock("news_file_rows")
            again = start(
                services.add_attachment, article=article, upload=pdf(), title="Quyết định"
            )
            wait_until_blocked(again)
            Attachment.objects.all().delete()
            default_storage.delete(old.file.name)
        attachment = result_of(again)
    assert default_storage.exists(attachment.file.name)


def test_a_file_that_is_attached_again_while_it_is_removed_stays() -> None:
    article = make_article()
    old = services.add_attachment(article=article, upload=pdf(), title="Quyết định")
    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_file_rows")
            removal = start(services.remove_attachment, attachment=old)
            wait_until_blocked(removal)
            # Written by a transaction that has the lock, before the removal gets it.
            Attachment.objects.create(
                article=article, file=old.file.name, extension="pdf", size=1, sha256="0" * 64
            )
        result_of(removal)
    assert default_storage.exists(old.file.name)


# --- The form of an article ---------------------------------------------------------------------


def editor() -> Client:
    client = Client()
    User = get_user_model()  # noqa: N806 – a class
    user = User.objects.filter(username="bien-tap").first()
    client.force_login(user or User.objects.create_superuser("bien-tap"))
    return client


def test_a_double_click_makes_one_article() -> None:
    make_category()
    clients = [editor(), editor()]
    user = get_user_model().objects.get()
    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_new_article", user.pk)
            data = form_of(_continue="1", token="1" * 32)
            jobs = [start(client.post, f"{LIST}add/", data) for client in clients]
            wait_until_blocked(*jobs)
        assert [result_of(job).status_code for job in jobs] == [302, 302]
    assert Article.objects.count() == 1


def test_of_two_who_save_the_same_version_at_once_one_is_told_of_the_other() -> None:
    article = make_article(status=Status.DRAFT)
    data = [form_of(article, _continue="1", title=title) for title in ("Một", "Hai")]
    clients = [editor(), editor()]
    with threads() as start:
        with transaction.atomic():
            Article.objects.select_for_update().get(pk=article.pk)
            jobs = [
                start(client.post, change_url(article), values)
                for client, values in zip(clients, data, strict=True)
            ]
            wait_until_blocked(*jobs)
        assert sorted(result_of(job).status_code for job in jobs) == [200, 302]
