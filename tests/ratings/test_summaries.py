"""The summaries equal the ratings, whatever way these change; the database itself sees to it."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article
from ratings import services
from ratings.models import RANKED_FROM, NetworkCount, Rating, RatingSummary, RatingSwitch
from ratings.raters import NetworkHashes
from tests.contention import at_once, result_of, threads, wait_until_blocked
from tests.factories import make_article, make_category, make_rating

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


def make_networks() -> NetworkHashes:
    """Somewhere nobody has rated from before."""
    return NetworkHashes(uuid4(), uuid4())


def stars(article: Article) -> list[int]:
    return RatingSummary.objects.get(pk=article.pk).stars


# --- Triggers -------------------------------------------------------------------------------------


def test_ratings_written_and_deleted_in_bulk_are_summed_up() -> None:
    first, second = make_article(), make_article()
    Rating.objects.bulk_create(
        [Rating(article=a, rater=uuid4(), score=s) for a in (first, second) for s in (1, 5, 5)]
    )
    assert (stars(first), stars(second)) == ([1, 0, 0, 0, 2], [1, 0, 0, 0, 2])
    Rating.objects.filter(score=1).delete()
    assert stars(first) == [0, 0, 0, 0, 2]
    Rating.objects.filter(article=second).update(score=3)
    assert stars(second) == [0, 0, 2, 0, 0]
    assert services.find_wrong_summaries() == []


def test_scores_exchanged_between_two_ratings_are_seen() -> None:
    article = make_article()
    for score in (2, 2):
        make_rating(article, score)
    low, high = Rating.objects.order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ratings_rating SET score = CASE id WHEN %s THEN 1 ELSE 3 END", [low.pk]
        )
    assert stars(article) == [1, 0, 1, 0, 0]
    assert high.score == 2


def test_rating_moved_to_another_article_takes_its_star_along() -> None:
    old, new = make_article(), make_article()
    make_rating(old, 4)
    Rating.objects.update(article=new)
    assert (stars(old), stars(new)) == ([0, 0, 0, 0, 0], [0, 0, 0, 1, 0])


def test_ratings_go_with_their_article() -> None:
    article = make_article(status="draft")
    make_rating(article)
    RatingSwitch.objects.create(article=article, is_on=False)
    article.delete()
    assert not Rating.objects.exists()
    assert not RatingSummary.objects.exists()
    assert not RatingSwitch.objects.exists()


def test_emptied_table_leaves_no_summary() -> None:
    make_rating(make_article())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ratings_rating")
    assert not RatingSummary.objects.exists()


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"score": 0}, "ratings_rating_score_1_to_5"),
        ({"score": 6}, "ratings_rating_score_1_to_5"),
        ({"article_id": 0}, "ratings_rating_of_an_article"),
        ({"again": True}, "ratings_rating_once_per_rater_and_article"),
    ],
)
def test_impossible_rating_is_refused_by_name(values: dict[str, Any], rule: str) -> None:
    article, rater = make_article(), uuid4()
    fields = {"article_id": article.pk, "rater": rater, "score": 3}
    if values.pop("again", False):
        Rating.objects.create(**fields)
    with pytest.raises(IntegrityError, match=rule):
        Rating.objects.create(**fields | values)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"count": 2}, "ratings_summary_count_is_the_sum_of_its_stars"),
        ({"total": 9}, "ratings_summary_total_is_the_sum_of_its_scores"),
        (
            {"stars_4": 2, "stars_1": -1, "total": 7},
            "ratings_summary_stars_are_not_negative",
        ),
    ],
)
def test_impossible_summary_is_refused_by_name(values: dict[str, Any], rule: str) -> None:
    make_rating(make_article(), 4)
    with pytest.raises(IntegrityError, match=rule):
        RatingSummary.objects.update(**values)


@pytest.mark.parametrize("times", [1, 2])
def test_switch_stands_once_for_the_site_and_not_for_two_things(times: int) -> None:
    if times == 2:
        RatingSwitch.objects.create(is_on=True)
        with pytest.raises(IntegrityError, match="ratings_switch_once_for_the_site"):
            RatingSwitch.objects.create(is_on=False)
    else:
        with pytest.raises(IntegrityError, match="ratings_switch_of_a_category_or_an_article"):
            RatingSwitch.objects.create(article=make_article(), category=make_category())


# --- Rating ---------------------------------------------------------------------------------------


def test_change_is_one_statement_and_a_new_rating_three() -> None:
    article, rater, networks = make_article(), uuid4(), make_networks()
    make_rating(article, networks=networks)  # the first of its hour purges what is outdated
    costs = []
    for score in (3, 4):
        with CaptureQueriesContext(connection) as captured:
            services.rate_article(article=article, rater=rater, score=score, networks=networks)
        words = [query["sql"].split()[0] for query in captured]
        costs.append([word for word in words if word in {"SELECT", "INSERT", "UPDATE", "DELETE"}])
    assert costs == [["UPDATE", "INSERT", "INSERT"], ["UPDATE"]]


def test_refused_rating_leaves_nothing_behind(settings: Any) -> None:
    settings.RATINGS_PER_NETWORK_AND_ARTICLE = 1
    networks, article = make_networks(), make_article()
    make_rating(article, networks=networks)
    for _ in range(3):
        with pytest.raises(services.TooManyRatingsError):
            make_rating(article, networks=networks)
    assert sorted(NetworkCount.objects.values_list("count", flat=True)) == [1, 1]
    assert stars(article) == [0, 0, 0, 1, 0]


def test_rating_that_the_database_refuses_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    article, tries = make_article(), iter([None])
    monkeypatch.setattr(services, "_count_new_rating", lambda *args: next(tries))
    with pytest.raises(IntegrityError, match="ratings_rating_score_1_to_5"), transaction.atomic():
        make_rating(article, 6, networks=make_networks())


def test_counters_begin_anew_with_the_hour_and_the_old_ones_are_forgotten(settings: Any) -> None:
    settings.RATINGS_PER_NETWORK_AND_ARTICLE = 1
    networks, article, now = make_networks(), make_article(), timezone.now()
    make_rating(article, networks=networks, at=now - timedelta(hours=3))
    make_rating(article, networks=networks, at=now)
    assert NetworkCount.objects.count() == 2
    assert Rating.objects.count() == 2


def test_command_forgets_counters_whose_hour_is_over() -> None:
    now = timezone.now()
    for hours in (0, 2, 30):
        NetworkCount.objects.create(
            network=uuid4(), article_number=0, hour=now - timedelta(hours=hours)
        )
    out = StringIO()
    call_command("purge_rating_limits", stdout=out)
    assert "2" in out.getvalue()
    assert NetworkCount.objects.count() == 1


# --- At once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_64_raters_who_change_their_minds_20_times_at_once_are_summed_up_exactly() -> None:
    articles = [make_article() for _ in range(3)]
    raters = [uuid4() for _ in range(64)]

    def change_their_mind(rater: UUID) -> None:
        chance = random.Random(rater.int)  # noqa: S311 – nothing secret
        for _ in range(20):
            article = chance.choice(articles)
            if chance.random() < 0.1:
                services.withdraw_rating(article=article, rater=rater)
            else:
                services.rate_article(article=article, rater=rater, score=chance.randint(1, 5))

    at_once([partial(change_their_mind, rater) for rater in raters])
    assert services.find_wrong_summaries() == []
    assert sum(s.count for s in RatingSummary.objects.all()) == Rating.objects.count() > 100


@pytest.mark.parametrize("way", ["deleted", "changed"])
@pytest.mark.django_db(transaction=True)
def test_ratings_written_together_lock_their_summaries_in_the_order_of_the_articles(
    way: str,
) -> None:
    """So that they wait at the first article without holding the second one, rated meanwhile."""
    first, second = make_article(), make_article()
    for article in (second, first):  # the order of the rows, against that of the articles
        make_rating(article, 4)

    def write_all() -> None:
        ratings = Rating.objects.filter(score=4)
        with transaction.atomic(), connection.cursor() as cursor:
            # These read the index of the summaries, and so would have the order by chance.
            cursor.execute("SET LOCAL enable_mergejoin = off; SET LOCAL enable_nestloop = off")
            _ = ratings.delete() if way == "deleted" else ratings.update(score=5)

    with threads() as start:
        with transaction.atomic():
            make_rating(first, 1)
            writing = start(write_all)
            wait_until_blocked(writing)
            make_rating(second, 1)
        result_of(writing)
    assert services.find_wrong_summaries() == []


@pytest.mark.django_db(transaction=True)
def test_deleting_an_article_while_it_is_rated_ends_neither_in_an_error() -> None:
    for _ in range(5):
        article = make_article(status="draft")
        make_rating(article)

        def rate(article: Article = article) -> str:
            try:
                for _ in range(10):
                    make_rating(article)
            except Article.DoesNotExist:
                return "gone"
            return "rated"

        def delete(article: Article = article) -> str:
            Article.objects.get(pk=article.pk).delete()
            return "deleted"

        assert "deleted" in at_once([rate] * 4 + [delete] + [rate] * 4)
    assert not Rating.objects.exists()
    assert not RatingSummary.objects.exists()


# --- Proof ----------------------------------------------------------------------------------------


def test_command_finds_and_mends_wrong_summaries() -> None:
    right, wrong, missing, never = (make_article() for _ in range(4))
    for article in (right, wrong, missing):
        make_rating(article, 4)
    RatingSummary.objects.filter(pk=wrong.pk).update(count=2, total=9, stars_5=1)
    RatingSummary.objects.filter(pk=missing.pk).delete()
    RatingSummary.objects.create(article=never, count=1, total=1, stars_1=1)
    out = StringIO()
    with pytest.raises(CommandError, match="3"):
        call_command("rebuild_rating_summaries", "--check", stdout=out)
    assert [f"Bài viết {a.pk}:" in out.getvalue() for a in (right, wrong, missing, never)] == [
        False, True, True, True
    ]  # fmt: skip
    with pytest.raises(CommandError, match="đã được sửa: 3"):
        call_command("rebuild_rating_summaries", stdout=out)
    assert (stars(wrong), stars(missing)) == ([0, 0, 0, 1, 0], [0, 0, 0, 1, 0])
    assert stars(never) == [0, 0, 0, 0, 0]
    call_command("rebuild_rating_summaries", stdout=out)
    call_command("rebuild_rating_summaries", "--check", stdout=out)
    assert "khớp" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_rating_that_is_given_during_the_repair_is_in_the_summary() -> None:
    article = make_article()
    make_rating(article, 4)
    RatingSummary.objects.filter(pk=article.pk).update(count=2, total=9, stars_5=1)
    with threads() as start:
        with transaction.atomic():
            make_rating(article, 1)
            repair = start(services.repair_summaries)
            wait_until_blocked(repair)
        result_of(repair)
    assert services.find_wrong_summaries() == []
    assert stars(article) == [1, 0, 0, 1, 0]


# --- Reading --------------------------------------------------------------------------------------


def summarise(articles: list[Article], counts: list[int], score: int = 5) -> None:
    RatingSummary.objects.bulk_create(
        [
            RatingSummary(article=a, count=n, total=score * n, **{f"stars_{score}": n})
            for a, n in zip(articles, counts, strict=True)
        ]
    )


def test_best_rated_are_read_from_an_index_however_many_there_are() -> None:
    articles = [make_article() for _ in range(4)]
    summarise(articles[:2], [4, 5])
    summarise(articles[2:], [9, 7], score=2)
    order = admin.site.get_model_admin(RatingSummary).ordering
    ranked = RatingSummary.objects.filter(count__gte=RANKED_FROM).order_by(*order)
    assert [s.article_id for s in ranked] == [articles[n].pk for n in (1, 2, 3)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        assert "ratings_summary_by_average" in (plan := ranked.all()[:10].explain())
        assert "Sort" not in plan


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([0, 0, 0, 11, 9], 4.5), ([0, 0, 0, 13, 7], 4.4), ([0, 0, 1, 0, 2], 4.3), ([0] * 5, None)],
)
def test_average_is_rounded_as_at_school(counts: list[int], shown: float | None) -> None:
    summary = RatingSummary.from_stars(counts)
    assert summary.figures == {"count": sum(counts), "average": shown}


def test_summary_made_of_its_stars_is_the_one_of_the_table() -> None:
    article = make_article()
    for score in (1, 4, 4, 5):
        make_rating(article, score)
    kept = RatingSummary.objects.get()
    made = RatingSummary.from_stars(kept.stars)
    assert (made.count, made.total) == (kept.count, kept.total) == (4, 14)
    assert made.as_json == {"count": 4, "average": 3.5, "stars": [1, 0, 0, 2, 1]}
    assert RatingSummary.from_stars([None] * 5).as_json == RatingSummary().as_json


def test_ratings_are_counted_by_vietnamese_days() -> None:
    from datetime import UTC, date, datetime

    article = make_article()
    for hour, score in ((16, 5), (17, 1), (18, 2)):  # 23:00, then midnight and after
        make_rating(article, score, at=datetime(2026, 11, 20, hour, tzinfo=UTC))
    rows = list(Rating.objects.by_day())
    assert [(row["day"], row["count"], row["total"]) for row in rows] == [
        (date(2026, 11, 21), 2, 3),
        (date(2026, 11, 20), 1, 5),
    ]
    assert rows[0]["stars_1"] == 1
