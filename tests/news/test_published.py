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


@pytest.fixture(params=["written so", "changed after publication"])
def articles(request: pytest.FixtureRequest) -> list[Article]:
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
        fields = {
            "status": status,
            "published_at": published_at,
            "expires_at": expires_at,
            "first_published_at": None if status in ("draft", "in_review") else published_at,
        }
        if request.param == "written so":
            made.append(make_article(**fields))
        else:
            article = make_article(status_reason="Số liệu chưa được kiểm chứng.")
            Article.objects.filter(pk=article.pk).update(**fields)
            article.refresh_from_db()
            made.append(article)
    return made


def ids(rows: list[tuple[int]]) -> set[int]:
    return {pk for (pk,) in rows}


def test_every_copy_of_the_rule_chooses_the_same_articles(articles: list[Article]) -> None:
    of_site = Listing.objects.filter(category=None)
    for moment in MOMENTS:
        published = ids(Article.objects.published(moment).values_list("pk"))

        hidden = ids(of_site.hidden(moment).values_list("article"))
        assert ids(of_site.visible(moment).values_list("article")) == published, moment
        assert ids(of_site.values_list("article")) - hidden == published, moment
        listed = ListedArticles(None, at=moment)
        assert {article.pk for article in listed[0 : len(published) + 1]} == published, moment
        counted = sum(month.count for month in months(None, moment))
        assert counted == len(listed) == len(published), moment

        with finding.time_limit():
            found = finding.find_articles(parse("bài viết"), finding.Filters(), moment)
        assert set(found.articles) == published, moment
        assert len(published) <= suggestions.TITLES
        titles = suggestions.articles_by_title("bài viết", moment)
        assert {article.pk for article in titles} == published, moment

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM news_article WHERE status = 'published'"
                " AND news_is_shown(published_at, expires_at, %s)",
                [moment],
            )
            assert ids(cursor.fetchall()) == published, moment


def test_staff_are_told_the_state_by_the_same_rule(articles: list[Article]) -> None:
    for moment in MOMENTS:
        with time_machine.travel(moment, tick=False):
            states = {article.pk: state_of(article) for article in articles}
            published = ids(Article.objects.published().values_list("pk"))
            assert {pk for pk, state in states.items() if state == "published"} == published
            for state in STATES:
                chosen = ids(in_state(Article.objects.all(), state).values_list("pk"))
                assert chosen == {pk for pk in states if states[pk] == state}, (moment, state)


def test_page_of_an_article_answers_from_its_publication_on(articles: list[Article]) -> None:
    for moment in MOMENTS:
        readable = Article.objects.readable(moment)

        assert not Article.objects.published(moment).difference(readable), moment
        assert set(readable) == {
            article
            for article in articles
            if article.status in ("published", "withdrawn") and article.published_at <= moment
        }, moment


def test_article_and_queryset_agree_on_what_has_been_public(articles: list[Article]) -> None:
    for moment in MOMENTS:
        with time_machine.travel(moment, tick=False):
            chosen = Article.objects.has_been_public()
            assert set(chosen) == {one for one in articles if one.has_been_public}, moment
            assert set(chosen) == set(Article.objects.has_been_public(moment)), moment
            assert set(Article.objects.readable()) <= set(chosen), moment
            unfinished = [Article.Status.DRAFT, Article.Status.IN_REVIEW]
            assert not chosen.filter(status__in=unfinished), moment


def test_what_has_been_public_is_told_by_the_first_publication_alone() -> None:
    seen = make_article(published_at=NOON + AN_HOUR, first_published_at=NOON)
    make_article(status="unpublished", published_at=NOON, first_published_at=NOON + AN_HOUR)
    with time_machine.travel(NOON, tick=False):
        assert [one for one in Article.objects.all() if one.has_been_public] == [seen]
        assert list(Article.objects.has_been_public()) == [seen]
