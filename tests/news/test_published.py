"""What is published is written more than once (docs/database.md): all copies say the same."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from news.admin.article_states import STATES, in_state, state_of
from news.models import Article, Listing
from news.models.listings import ListedArticles, months
from news.search import finding, suggestions
from news.search.query import parse
from tests.factories import make_article

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 15, 5, tzinfo=UTC)
AN_HOUR, AN_INSTANT = timedelta(hours=1), timedelta(microseconds=1)
MOMENTS = [NOON - 2 * AN_HOUR, NOON - AN_INSTANT, NOON, NOON + AN_INSTANT, NOON + 2 * AN_HOUR]


@pytest.fixture
def articles() -> list[Article]:
    """One article of each status, publication time and time of expiry that can be together."""
    made = []
    for status, published_at, expires_at in itertools.product(
        Article.Status.values,
        [None, NOON - AN_HOUR, NOON, NOON + AN_HOUR],
        [None, NOON - AN_INSTANT, NOON, NOON + AN_INSTANT, NOON + 3 * AN_HOUR],
    ):
        if published_at is None and status not in ("draft", "in_review"):
            continue
        if published_at is not None and expires_at is not None and expires_at <= published_at:
            continue
        made.append(make_article(status=status, published_at=published_at, expires_at=expires_at))
    return made


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_copy_of_the_rule_chooses_the_same_articles(
    articles: list[Article], moment: datetime
) -> None:
    published = set(Article.objects.published(moment).values_list("pk", flat=True))

    of_site = Listing.objects.filter(category=None)
    everywhere = set(of_site.values_list("article", flat=True))
    hidden = set(of_site.hidden(moment).values_list("article", flat=True))
    assert set(of_site.visible(moment).values_list("article", flat=True)) == published
    assert everywhere - hidden == published
    listed = ListedArticles(None, at=moment)
    assert {article.pk for article in listed[0 : len(published) + 1]} == published
    assert sum(month.count for month in months(None, moment)) == len(listed) == len(published)

    with finding.time_limit():
        found = finding.find_articles(parse("bài viết"), finding.Filters(), moment)
    assert set(found.articles) == published
    titles = suggestions.articles_by_title("bài viết", moment)
    assert len(published) <= suggestions.TITLES
    assert {article.pk for article in titles} == published

    with time_machine.travel(moment, tick=False):
        assert {a.pk for a in articles if state_of(a) == "published"} == published
        for state in STATES:
            chosen = set(in_state(Article.objects.all(), state).values_list("pk", flat=True))
            assert chosen == {a.pk for a in articles if state_of(a) == state}


@pytest.mark.parametrize("moment", MOMENTS)
def test_function_of_the_database_says_of_dates_what_python_says(
    articles: list[Article], moment: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM news_article"
            " WHERE status = 'published' AND news_is_shown(published_at, expires_at, %s)",
            [moment],
        )
        chosen = {pk for (pk,) in cursor.fetchall()}

    assert chosen == set(Article.objects.published(moment).values_list("pk", flat=True))


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_published_is_readable(articles: list[Article], moment: datetime) -> None:
    published, readable = Article.objects.published(moment), Article.objects.readable(moment)

    assert not published.difference(readable)
    assert set(readable.filter(status="published")) == {
        article
        for article in articles
        if article.status == "published" and article.published_at <= moment
    }
