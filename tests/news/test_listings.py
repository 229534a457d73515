"""Lists of articles: what the database keeps about them, and what a page of a list shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import EmptyPage, Page, PageNotAnInteger
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from news.models import Article, Category, Listing, ListingMonth
from news.models.listings import ListedArticles, months
from news.paginator import StrictPaginator
from tests.contention import result_of, threads, wait_until_blocked
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def list_page(
    category: Category | None, number: int = 1, size: int = 20, **options: Any
) -> Page[Article]:
    return StrictPaginator(ListedArticles(category, **options), size).page(number)


def titles(category: Category | None, number: int = 1, size: int = 20) -> list[str]:
    return [article.title for article in list_page(category, number, size).object_list]


def assert_counts_are_true() -> None:
    """The counts by month are exactly what counting the rows would give."""
    counted: dict[tuple[int | None, object], int] = {}
    for category_id, published_at in Listing.objects.values_list("category_id", "published_at"):
        month = published_at.astimezone(VIETNAM).date().replace(day=1)
        counted[category_id, month] = counted.get((category_id, month), 0) + 1
    kept = {
        (row.category_id, row.month): row.count for row in ListingMonth.objects.filter(count__gt=0)
    }
    assert kept == counted


def test_published_article_stands_in_its_category_and_all_above_it() -> None:
    root = make_category("Tin tức")
    middle = make_category("Kinh tế", parent=root)
    leaf = make_category("Nông nghiệp", parent=middle)
    other = make_category("Thông báo")
    make_article("Vụ mùa", category=leaf)
    assert titles(leaf) == titles(middle) == titles(root) == titles(None) == ["Vụ mùa"]
    assert titles(other) == []


def test_article_of_two_categories_below_one_parent_is_listed_there_once() -> None:
    root = make_category("Tin tức")
    first, second = make_category("A", parent=root), make_category("B", parent=root)
    make_article("Hai nơi", category=first, more=[second])
    assert titles(root) == ["Hai nơi"]
    assert titles(second) == ["Hai nơi"]


def test_article_leaves_the_list_of_a_further_category_that_it_is_taken_out_of() -> None:
    first, second = make_category("A"), make_category("B")
    article = make_article("Hai nơi", category=first, more=[second])
    article.more_categories.remove(second)
    assert titles(second) == []
    assert titles(first) == ["Hai nơi"]


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn", "unpublished"])
def test_article_that_is_not_published_is_not_listed(status: str) -> None:
    category = make_category()
    make_article(category=category, status=status)
    assert titles(category) == []


def test_scheduled_article_appears_at_its_minute_with_no_job_running() -> None:
    category = make_category()
    at = timezone.now() + timedelta(days=2)
    make_article("Hẹn giờ", category=category, published_at=at)
    assert list_page(category, 1, 20).paginator.count == 0
    after = list_page(category, 1, 20, at=at + timedelta(seconds=1))
    assert [article.title for article in after.object_list] == ["Hẹn giờ"]


def test_expired_article_leaves_the_list_at_its_minute() -> None:
    category = make_category()
    ends = timezone.now() + timedelta(days=1)
    make_article("Hết hạn", category=category, expires_at=ends)
    assert titles(category) == ["Hết hạn"]
    after = list_page(category, 1, 20, at=ends)
    assert (after.paginator.count, after.object_list) == (0, [])


def test_bulk_update_moves_an_article_between_lists() -> None:
    old, new = make_category(), make_category()
    make_article("Chuyển", category=old)
    Article.objects.update(category=new)
    assert (titles(old), titles(new)) == ([], ["Chuyển"])
    assert_counts_are_true()


def test_moved_category_takes_its_articles_along() -> None:
    here, there = make_category("Ở đây"), make_category("Ở kia")
    child = make_category("Con", parent=here)
    make_article("Theo mẹ", category=child)
    child.parent = there
    child.save()
    assert (titles(here), titles(there)) == ([], ["Theo mẹ"])
    assert_counts_are_true()


def test_moved_category_takes_along_the_articles_that_have_it_as_a_further_one() -> None:
    here, there = make_category("Ở đây"), make_category("Ở kia")
    child = make_category("Con", parent=here)
    make_article("Tin", category=make_category("Chính"), more=[child])
    child.parent = there
    child.save()
    assert (titles(here), titles(there)) == ([], ["Tin"])
    assert_counts_are_true()


def test_article_leaves_the_lists_when_its_expiry_is_moved_into_the_past() -> None:
    article = make_article("Hết hạn", published_at=timezone.now() - timedelta(hours=2))
    for expires_at, shown in [
        (timezone.now() - timedelta(hours=1), []),
        (timezone.now() + timedelta(hours=1), ["Hết hạn"]),
        (None, ["Hết hạn"]),
    ]:
        Article.objects.filter(pk=article.pk).update(expires_at=expires_at)
        assert titles(None) == shown


def test_moved_category_passes_its_depth_on() -> None:
    root, other = make_category(), make_category()
    middle = make_category(parent=other)
    leaf = make_category(parent=middle)
    middle.parent = None
    middle.save()
    leaf.refresh_from_db()
    assert leaf.depth == 2
    assert root.depth == 1


def test_fourth_level_of_categories_is_refused_by_the_database() -> None:
    leaf = make_category(parent=make_category(parent=make_category()))
    with pytest.raises(DatabaseError, match="news_category_depth_1_to_3"), transaction.atomic():
        Category.objects.create(name="Sâu quá", slug="sau-qua", parent=leaf)


def test_category_that_would_become_its_own_grandparent_is_refused_by_the_database() -> None:
    root = make_category()
    child = make_category(parent=root)
    with pytest.raises(DatabaseError), transaction.atomic():
        Category.objects.filter(pk=root.pk).update(parent=child)


def test_deleted_article_leaves_no_row_and_no_count_behind() -> None:
    category, more = make_category(), make_category()
    article = make_article(category=category, more=[more])
    article.delete()
    assert Listing.objects.count() == 0
    assert_counts_are_true()


def delete_by_plain_sql(article: Article) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM news_article WHERE id = %s", [article.pk])


def test_article_deleted_by_plain_sql_leaves_no_row_and_no_count_behind() -> None:
    delete_by_plain_sql(make_article())
    connection.check_constraints()
    assert Listing.objects.count() == 0
    assert_counts_are_true()


def test_rows_of_the_listings_cannot_be_updated() -> None:
    make_article()
    with pytest.raises(DatabaseError, match="never updated"), transaction.atomic():
        Listing.objects.update(published_at=timezone.now())


def test_counts_stay_true_through_every_kind_of_change() -> None:
    root = make_category()
    categories = [make_category(parent=root) for _ in range(3)]
    now = timezone.now()
    articles = [
        make_article(
            category=categories[n % 3],
            more=[categories[(n + 1) % 3]] if n % 2 else [],
            published_at=now - timedelta(days=17 * n),
        )
        for n in range(24)
    ]
    Article.objects.filter(pk__in=[a.pk for a in articles[:5]]).update(
        status="withdrawn", status_reason="Nhầm số liệu."
    )
    Article.objects.filter(pk=articles[7].pk).update(published_at=now - timedelta(days=900))
    articles[9].more_categories.clear()
    articles[10].delete()
    assert_counts_are_true()
    assert list_page(root, 1, 50).paginator.count == 18


def test_month_of_an_article_is_the_vietnamese_one() -> None:
    """00:30 on 1 March in Việt Nam is still February in UTC."""
    make_article(published_at=datetime(2024, 3, 1, 0, 30, tzinfo=VIETNAM))
    assert [m.month.isoformat() for m in months(None)] == ["2024-03-01"]


def test_pages_together_are_the_whole_list_in_order() -> None:
    category = make_category()
    now = timezone.now()
    for n in range(45):
        make_article(
            f"Bài {n:02}",
            category=category,
            published_at=now - timedelta(days=4 * n, hours=1),
            expires_at=now - timedelta(minutes=1) if n % 7 == 0 else None,
        )
    expected = [f"Bài {n:02}" for n in range(45) if n % 7]
    found = [title for number in range(1, 6) for title in titles(category, number, 8)]
    assert found == expected
    assert list_page(category, 1, 8).paginator.num_pages == 5
    with pytest.raises(EmptyPage):
        list_page(category, 6, 8)


def test_articles_of_one_moment_are_neither_lost_nor_repeated_between_pages() -> None:
    category = make_category()
    at = timezone.now() - timedelta(days=1)
    for _ in range(11):
        make_article(category=category, published_at=at)
    ids = [a.pk for n in (1, 2, 3) for a in list_page(category, n, 4).object_list]
    assert sorted(ids) == sorted(Article.objects.values_list("pk", flat=True))


def test_first_page_of_an_empty_list_exists() -> None:
    page = list_page(make_category(), 1, 20)
    assert (page.object_list, page.paginator.num_pages, page.paginator.count) == ([], 1, 0)


def test_month_page_holds_that_month_only() -> None:
    for day in ((2024, 2, 28), (2024, 3, 1), (2024, 3, 31), (2024, 4, 1)):
        make_article(f"Ngày {day[2]}/{day[1]}", published_at=datetime(*day, 12, tzinfo=VIETNAM))
    page = list_page(None, 1, 20, month=datetime(2024, 3, 15).date())
    assert [a.title for a in page.object_list] == ["Ngày 31/3", "Ngày 1/3"]
    beyond = ListedArticles(None, month=datetime(2024, 3, 15).date())[0:20]
    assert [a.title for a in beyond] == ["Ngày 31/3", "Ngày 1/3"]


def test_list_costs_the_same_statements_however_long_it_is(
    django_assert_num_queries: Callable,
) -> None:
    category = make_category()
    make_article(category=category)
    with django_assert_num_queries(3):
        titles(category)
    for n in range(30):
        make_article(category=category, published_at=timezone.now() - timedelta(days=n + 1))
    with django_assert_num_queries(3):
        titles(category, 3, 10)


@pytest.mark.parametrize(
    "raw", ["0", "-1", "abc", "", "1e3", "01", "١", "²", " 1", "1\n", "1" * 10]
)
def test_page_number_that_is_not_plain_digits_is_refused(raw: str) -> None:
    with pytest.raises(PageNotAnInteger):
        StrictPaginator(range(100), 10).page(raw)


def test_page_number_of_plain_digits_is_read() -> None:
    assert StrictPaginator(range(100), 10).page("10").number == 10


@pytest.mark.django_db(transaction=True)
def test_parallel_publishers_neither_deadlock_nor_lose_a_count() -> None:
    """Each publishes in the month in which the other one has published and not yet committed."""
    march, april = (datetime(2024, month, 5, 12, tzinfo=VIETNAM) for month in (3, 4))
    mine = [make_article(status="draft"), make_article(status="draft")]
    theirs = [make_article(status="draft"), make_article(status="draft")]

    def publish(article: Article, at: datetime) -> None:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.first_published_at = at
        article.save()

    def publish_theirs() -> None:
        with transaction.atomic():
            publish(theirs[0], april)
            publish(theirs[1], march)

    with threads() as start:
        with transaction.atomic():
            publish(mine[0], march)
            other = start(publish_theirs)
            wait_until_blocked(other)
            publish(mine[1], april)
        result_of(other)
    assert list_page(None, 1, 50).paginator.count == 4
    assert_counts_are_true()


@pytest.mark.django_db(transaction=True)
def test_article_is_deleted_after_whoever_is_publishing() -> None:
    """They may have to count down and up in the same months."""
    old = make_article(published_at=timezone.now() - timedelta(days=100))
    with threads() as start:
        with transaction.atomic():
            make_article()
            deletion = start(delete_by_plain_sql, old)
            wait_until_blocked(deletion)
        result_of(deletion)
    assert Listing.objects.filter(category=None).count() == 1
    assert_counts_are_true()


@pytest.mark.django_db(transaction=True)
def test_publishing_while_a_category_moves_does_not_deadlock() -> None:
    """A new article locks its category at the commit; a moved category locks its new parent."""
    parent, moving = make_category("Mẹ"), make_category("Con")
    make_article(category=moving)
    with threads() as start:
        with transaction.atomic():
            make_article(category=parent)
            move = start(Category.objects.filter(pk=moving.pk).update, parent=parent)
            # It has locked the parent and waits for the listings, which this transaction holds.
            wait_until_blocked(move)
        result_of(move)
    assert list_page(parent, 1, 20).paginator.count == 2
    assert_counts_are_true()
