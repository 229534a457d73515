"""Two who need the same rows wait for each other in one order: docs/database.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from news import services
from news.models import Article, Attachment, Category, Listing, SearchEntry
from tests.contention import hold_advisory_lock, result_of, threads, wait_until_blocked
from tests.factories import make_article, make_category
from tests.workload.invariants import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def attach(article: Article) -> Attachment:
    upload = ContentFile(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", name="a.pdf")
    return services.add_attachment(article=article, upload=upload, title="Quyết định")


def test_a_file_that_is_attached_while_its_article_is_listed_anew_is_found_once() -> None:
    parent, moving = make_category("Mẹ"), make_category("Con")
    article = make_article(category=moving)
    with threads() as start:
        with transaction.atomic():
            Category.objects.filter(pk=moving.pk).update(parent=parent)
            attaching = start(attach, article)
            wait_until_blocked(attaching)
        result_of(attaching)
    assert SearchEntry.objects.filter(article=article).count() == 2
    assert list(broken_invariants()) == []


def test_a_text_that_is_changed_by_a_statement_while_its_article_is_listed_is_found() -> None:
    parent, moving = make_category("Mẹ"), make_category("Con")
    article = make_article(category=moving)

    def change_title() -> None:
        Article.objects.filter(pk=article.pk).update(title="Tên mới")

    with threads() as start:
        with transaction.atomic():
            Category.objects.filter(pk=moving.pk).update(parent=parent)
            change = start(change_title)
            wait_until_blocked(change)
        result_of(change)
    assert SearchEntry.objects.get(article=article).title == "tên mới"


def delete_past_the_service(article: Article) -> None:
    article.delete()


def delete_by_sql(article: Article) -> None:
    Attachment.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM news_article WHERE id = %s", [article.pk])


@pytest.mark.parametrize("delete", [delete_past_the_service, delete_by_sql])
def test_an_article_deleted_past_the_service_waits_for_its_category_that_moves(
    delete: Callable[[Article], None],
) -> None:
    """The deletion has locked nothing when it waits: the other goes on with all of its rows."""
    parent, moving = make_category("Mẹ"), make_category("Con")
    article = make_article(category=moving, published_at=timezone.now() + timedelta(days=1))
    attach(article)

    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_listing")
            deletion = start(delete, article)
            wait_until_blocked(deletion)
            Article.objects.select_for_update(nowait=True).get(pk=article.pk)
            Attachment.objects.select_for_update(nowait=True).get(article=article)
            SearchEntry.objects.select_for_update(nowait=True).filter(article=article).first()
            Category.objects.filter(pk=moving.pk).update(parent=parent)
        result_of(deletion)
    assert not Listing.objects.exists()
    assert list(broken_invariants()) == []


def moved(category: Category, parent: Category) -> None:
    category.parent = parent
    category.save()


def renamed_in_address(category: Category, parent: Category) -> None:
    category.slug, category.parent = "muc-moi", parent
    category.save()


def deleted(category: Category, parent: Category) -> None:
    category.delete()


@pytest.mark.parametrize("write", [moved, renamed_in_address, deleted])
def test_who_writes_a_category_has_locked_no_row_when_it_waits_for_the_listings(
    write: Callable[[Category, Category], None],
) -> None:
    category, parent = make_category("Con"), make_category("Mẹ")
    make_article(category=parent, more=[category])
    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_listing")
            writing = start(write, category, parent)
            wait_until_blocked(writing)
            rows: Any = Category.objects.select_for_update(nowait=True)
            assert len(rows.filter(pk__in=[category.pk, parent.pk])) == 2
            assert len(Article.more_categories.through.objects.select_for_update(nowait=True)) == 1
        result_of(writing)
    assert list(broken_invariants()) == []


def test_an_article_that_is_being_deleted_takes_no_file() -> None:
    article = make_article(status=Article.Status.DRAFT)
    with threads() as start:
        with transaction.atomic():
            services.delete_article(article=Article(pk=article.pk))
            attaching = start(attach, article)
            wait_until_blocked(attaching)
        with pytest.raises(services.ValidationError, match="vừa bị xóa"):
            result_of(attaching)
