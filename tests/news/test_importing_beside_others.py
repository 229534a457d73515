"""The import beside another import and beside a clerk: each waits, and nobody's work is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, QueryCanceled

from news.importing.batch import Batch, Options
from news.importing.records import Record
from news.importing.service import Importer
from news.models import Article, Category, OldAddress, Tag
from tests.contention import hold_advisory_lock, result_of, threads, wait_until_blocked
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db(transaction=True)

Status = Article.Status


def records(text: str = "Nội dung.", tag: str = "chung") -> list[Record]:
    return [
        Record(
            line=number,
            import_id=f"cu:{number}",
            title=f"Tin số {number}",
            body=f"<p>{text}</p>",
            status=Status.DRAFT,
            categories=(("Mục",),),
            tags=(tag,),
            addresses=(f"/tin/{number}.html",),
        )
        for number in range(3)
    ]


def run_import(**values: str) -> Counter[str]:
    importer = Importer(Options(), report=lambda *_: None)
    list(importer.run(records(**values)))
    return importer.counts


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of records of each transaction that an import begins."""
    sizes: list[int] = []
    written = Batch.write

    def counted(self: Any, batch: list[Any]) -> Any:
        sizes.append(len(batch))
        return written(self, batch)

    monkeypatch.setattr(Batch, "write", counted)
    return sizes


def test_of_two_imports_at_once_the_second_waits_and_finds_all_imported(
    attempts: list[int],
) -> None:
    with threads() as start:
        with transaction.atomic(), connection.cursor() as cursor:
            # An import writes its articles before their addresses.
            cursor.execute("LOCK TABLE news_oldaddress IN SHARE MODE")
            first = start(run_import)
            wait_until_blocked(first)
            second = start(run_import)
            wait_until_blocked(first, second)
        assert result_of(first) == {"created": 3}
        assert result_of(second) == {"unchanged": 3}
    assert (Article.objects.count(), OldAddress.objects.count()) == (3, 3)
    assert (Category.objects.count(), Tag.objects.count()) == (1, 1)
    # A batch that the database refuses would be written again, record by record.
    assert attempts == [3, 3]


def test_a_clerk_who_moves_a_category_and_an_import_into_it_do_not_deadlock(
    attempts: list[int],
) -> None:
    above, moved = make_category("Tin"), make_category("Mục")
    make_article(category=moved)

    def move() -> None:
        moved.parent, moved.slug = above, "muc-moi"
        moved.save()

    with threads() as start:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE news_oldaddress IN SHARE MODE")
            importing = start(run_import)
            wait_until_blocked(importing)
            clerk = start(move)
            wait_until_blocked(importing, clerk)
        assert result_of(importing) == {"created": 3}
        result_of(clerk)
    moved.refresh_from_db()
    assert moved.parent == above
    assert attempts == [3]


def test_an_import_waits_for_a_clerk_who_changes_and_publishes_an_article_and_keeps_the_change(
    attempts: list[int],
) -> None:
    run_import()
    article = Article.objects.get(import_id="cu:1")
    with threads() as start:
        with transaction.atomic():
            article.title = "Tên do biên tập viên đặt"
            article.save()
            importing = start(run_import, text="Nội dung mới.")
            wait_until_blocked(importing)
            # Publishing needs the lock of the listings, which the import may not hold by now.
            article.status, article.published_at = Status.PUBLISHED, article.created_at
            article.first_published_at = article.created_at
            article.save()
        assert result_of(importing) == {"updated": 2, "skipped": 1}
    article.refresh_from_db()
    assert (article.title, article.status) == ("Tên do biên tập viên đặt", Status.PUBLISHED)
    assert attempts == [3, 3]


def test_an_import_that_postgresql_cancels_for_a_deadlock_begins_the_batch_again(
    attempts: list[int],
) -> None:
    run_import()
    article = Article.objects.get(import_id="cu:1")

    def add_the_tag_and_change_the_article() -> None:
        with transaction.atomic():
            Tag.objects.create(name="mới", key="mới", slug="moi")
            article.summary = "Do biên tập viên viết."
            article.save()

    with threads() as start:
        with transaction.atomic():
            # The import locks its articles, then the listings, and then adds the new tag.
            hold_advisory_lock("news_listing")
            importing = start(run_import, tag="mới")
            wait_until_blocked(importing)
            clerk = start(add_the_tag_and_change_the_article)
            wait_until_blocked(importing, clerk, past_deadlock_check=True)
        assert result_of(importing) == {"updated": 2, "skipped": 1}
        result_of(clerk)
    assert attempts == [3, 3, 3]


@pytest.mark.parametrize(
    ("cause", "tries"),
    [
        (DeadlockDetected, 3),
        (QueryCanceled, 1),
    ],
    ids=["deadlock after deadlock", "not a deadlock"],
)
def test_an_import_gives_up(
    cause: type[Exception], tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def fail(self: Any, batch: list[Any]) -> None:
        begun.append(batch)
        raise OperationalError from cause()

    monkeypatch.setattr(Batch, "write", fail)
    with pytest.raises(OperationalError):
        run_import()
    assert len(begun) == tries


def test_no_import_is_written_while_another_one_runs(attempts: list[int]) -> None:
    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_import")
            importing = start(run_import)
            wait_until_blocked(importing)
            assert not Article.objects.exists()
        assert result_of(importing) == {"created": 3}
