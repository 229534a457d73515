"""The articles around an article and on the home page, while others delete some of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from news import reading
from news.models import Article, FeaturedSlot
from news.models.articles import ArticleQuerySet
from tests.factories import make_article, make_category, make_series, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def delete_between_statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[Article], None]:
    """Delete an article after its id has been read and before its card is."""
    for_lists = ArticleQuerySet.for_lists

    def delete(article: Article) -> None:
        def deleting(self: ArticleQuerySet) -> ArticleQuerySet:
            Article.objects.filter(pk=article.pk).delete()
            return for_lists(self)

        monkeypatch.setattr(ArticleQuerySet, "for_lists", deleting)

    return delete


def test_home_page_does_without_a_featured_article_deleted_meanwhile(
    delete_between_statements: Callable[[Article], None],
) -> None:
    kept, deleted = make_article(), make_article()
    FeaturedSlot.objects.create(position=1, article=deleted)
    delete_between_statements(deleted)
    page = reading.front_page(1, 1)
    assert (page.featured, page.newest) == ([kept], [])


def test_box_of_a_category_does_without_an_article_deleted_meanwhile(
    delete_between_statements: Callable[[Article], None],
) -> None:
    category = make_category()
    kept, deleted = make_article(category=category), make_article(category=category)
    delete_between_statements(deleted)
    assert reading.newest_by_category([category], 5) == {category.pk: [kept]}


def test_neighbour_deleted_meanwhile_is_left_out(
    delete_between_statements: Callable[[Article], None],
) -> None:
    at = timezone.now() - timedelta(days=3)
    category = make_category()
    here, deleted, newer = (
        make_article(category=category, published_at=at + timedelta(hours=n)) for n in range(3)
    )
    delete_between_statements(deleted)
    assert reading.articles_around(here, []).newer == [newer]


def test_article_of_the_same_series_is_not_repeated_as_a_related_one() -> None:
    series, tag = make_series(), make_tag()
    here, both = (make_article(series=series, tags=[tag]) for _ in range(2))
    related = make_article(tags=[tag])
    around = reading.articles_around(here, [tag.pk])
    assert (around.in_series, around.related) == ([both], [related])


def test_featured_place_is_free_again_after_its_day() -> None:
    now = timezone.now()
    old = make_article(published_at=now - timedelta(days=9))
    new = make_article(published_at=now - timedelta(days=1))
    FeaturedSlot.objects.create(position=1, article=old, until=now + timedelta(hours=1))
    assert reading.front_page(1, 1, now).featured == [old]
    assert reading.front_page(1, 1, now + timedelta(hours=1)).featured == [new]


def test_article_is_not_related_to_itself() -> None:
    tag = make_tag()
    here, related = (make_article(tags=[tag]) for _ in range(2))
    assert reading.articles_around(here, [tag.pk]).related == [related]


def test_featured_article_is_not_repeated_among_the_newest() -> None:
    articles = [make_article() for _ in range(3)]
    FeaturedSlot.objects.create(position=1, article=articles[0])
    page = reading.front_page(1, 3)
    assert page.featured == [articles[0]]
    assert page.newest == [articles[2], articles[1]]
