"""A batch into the tables: whole, once, and exact however many write at the same time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stats import figures, services, writing
from stats.batch import Batch
from stats.models import (
    ArticleViews,
    DailyArticleViews,
    DailyTotal,
    HourlyArticleViews,
    OpeningBalance,
    Presence,
    Writer,
)
from stats.recorder import Recorder, recorder
from stats.recording import Kind
from tests.contention import at_once, threads, wait_until_blocked
from tests.factories import make_article
from tests.stats.visitors import GOOGLEBOT, see

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]
NOON = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def at(**ahead: float) -> float:
    return (NOON + timedelta(**ahead)).timestamp()


def totals() -> dict[date, tuple[int, int, int, int]]:
    return {
        row.day: (row.visits, row.page_views, row.bot_visits, row.bot_page_views)
        for row in DailyTotal.objects.all()
    }


def test_people_and_bots_are_counted_apart(clock: Any) -> None:
    for number in range(3):
        see(number, at())
        see(number, at(minutes=1))
    see(0, at(), agent=GOOGLEBOT)
    recorder.flush()
    assert totals() == {NOON.date(): (3, 6, 1, 1)}


def test_visit_goes_on_over_batches_until_half_an_hour_passes(clock: Any) -> None:
    for minutes in (0, 29, 58, 88, 120):
        see(1, at(minutes=minutes))
        recorder.flush()
    # 88 is half an hour after 58, and 120 more than that after 88.
    assert totals() == {NOON.date(): (3, 5, 0, 0)}


def test_visit_over_midnight_is_one_of_the_day_on_which_it_began(clock: Any) -> None:
    before, after = NOON.replace(hour=23, minute=55), NOON.replace(hour=23, minute=55)
    after += timedelta(minutes=10)
    for moment in (before, after):
        clock.move_to(moment)
        see(1, moment.timestamp())
        recorder.flush()
    assert totals() == {before.date(): (1, 1, 0, 0), after.date(): (0, 1, 0, 0)}
    assert figures.read_figures().online == 1


def test_midnight_inside_a_batch_parts_the_days(clock: Any) -> None:
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    article = make_article()
    for number in range(10):
        moment = midnight + timedelta(seconds=number - 5)
        see(number, moment.timestamp(), article.pk)
    recorder.flush()
    assert totals() == {NOON.date(): (5, 5, 0, 0), midnight.date(): (5, 5, 0, 0)}
    assert [(row.day, row.views) for row in DailyArticleViews.objects.order_by("day")] == [
        (NOON.date(), 5),
        (midnight.date(), 5),
    ]


def test_article_is_read_once_by_one_person_in_half_an_hour(clock: Any) -> None:
    article, other = make_article(), make_article()
    for minutes in (0, 1, 10, 39, 75):
        see(1, at(minutes=minutes), article.pk)
        see(2, at(minutes=minutes), other.pk)
        recorder.flush()
    see(3, at(minutes=75), article.pk)
    see(3, at(minutes=75), article.pk, agent=GOOGLEBOT)
    recorder.flush()
    assert [(row.article_id, row.views, row.bot_views) for row in
            DailyArticleViews.objects.order_by("article_id")] == [
        (article.pk, 3, 1), (other.pk, 2, 0)
    ]  # fmt: skip
    assert dict(ArticleViews.objects.values_list("article", "views")) == {
        article.pk: 3,
        other.pk: 2,
    }
    assert dict(
        HourlyArticleViews.objects.filter(article=article).values_list("hour", "views")
    ) == {NOON: 1, NOON + timedelta(hours=1): 2}


@pytest.mark.parametrize("status", ["draft", "in_review", "unpublished", "scheduled"])
def test_article_that_nobody_can_read_has_no_views(status: str) -> None:
    if status == "scheduled":
        article = make_article(published_at=timezone.now() + timedelta(hours=1))
    else:
        article = make_article(status=status)
    now = timezone.now().timestamp()
    see(1, now, article.pk)
    see(1, now, article.pk, agent=GOOGLEBOT)
    recorder.flush()
    assert not DailyArticleViews.objects.exists()
    assert not ArticleViews.objects.exists()
    # The page view is one all the same; who sent it was somewhere on the site.
    assert list(totals().values()) == [(1, 1, 1, 1)]


def test_withdrawn_article_is_read_under_its_notice() -> None:
    article = make_article(status="withdrawn")
    see(1, timezone.now().timestamp(), article.pk)
    recorder.flush()
    assert ArticleViews.objects.get().views == 1


def test_made_up_articles_leave_no_row_and_do_not_break_the_batch() -> None:
    article = make_article()
    now = timezone.now().timestamp()
    for made_up in (article.pk + 1, 10**18 - 1):
        see(1, now, made_up)
        see(1, now, made_up, agent=GOOGLEBOT)
    see(1, now, article.pk)
    recorder.flush()
    assert list(DailyArticleViews.objects.values_list("article", "views")) == [(article.pk, 1)]
    # One person, one bot, one reader.
    assert Presence.objects.count() == 3


def test_batch_costs_as_many_statements_for_one_visitor_as_for_five_hundred() -> None:
    articles = [make_article() for _ in range(3)]
    now = timezone.now().timestamp()
    costs = []
    for visitors in (range(1), range(500)):
        for number in visitors:
            see(number, now, articles[number % 3].pk)
        with CaptureQueriesContext(connection) as captured:
            recorder.flush()
        costs.append(len(captured))
    # Reading the articles, six writes between two statements of the transaction, two figures.
    assert costs == [11, 11]


def test_batch_that_was_written_is_not_written_again() -> None:
    article = make_article()
    batch, writer = Batch(1), uuid.uuid4()
    now = timezone.now().timestamp()
    batch.add(Kind.PERSON, b"a" * 16, now, article.pk, b"b" * 16)
    first = writing.write_batch(batch, writer)
    assert writing.write_batch(batch, writer) == first
    assert totals() == {timezone.localdate(): (1, 1, 0, 0)}
    assert ArticleViews.objects.get().views == 1


def test_batch_answers_with_what_the_tables_hold_then(clock: Any) -> None:
    article = make_article()
    services.set_opening_balance(figure=3_750_188)
    services.set_article_opening_balance(article=article, figure=1_000)
    DailyTotal.objects.create(day=NOON.date() - timedelta(days=1), visits=7)
    DailyTotal.objects.create(day=NOON.date().replace(day=1), visits=20)
    DailyTotal.objects.create(day=date(2026, 10, 31), visits=400)
    for number in range(4):
        see(number, at(), article.pk)
    recorder.flush()
    known = recorder.figures()
    # Days before the opening balance are history that it holds already.
    assert known == figures.Figures(NOON.date(), 3_750_192, 4, 4, 7, 31)
    assert known == figures.read_figures()
    assert recorder.article(article.pk) == writing.ArticleFigures(
        1_004, {"count": 0, "average": None, "stars": [0, 0, 0, 0, 0]}
    )


def test_figure_of_the_month_goes_from_its_first_day_to_today(clock: Any) -> None:
    for day in (date(2026, 10, 31), date(2026, 11, 1), NOON.date(), date(2026, 11, 23)):
        DailyTotal.objects.create(day=day, visits=1)
    known = figures.read_figures(NOON)
    assert (known.month, known.today, known.yesterday) == (2, 1, 0)


def test_rating_of_an_article_comes_back_with_its_views() -> None:
    from ratings.models import Rating

    article = make_article()
    for score in (5, 4, 4, 4):
        Rating.objects.create(article=article, rater=uuid.uuid4(), score=score)
    see(1, timezone.now().timestamp(), article.pk)
    recorder.flush()
    known = recorder.article(article.pk)
    assert known is not None
    # Rounded by the one rule: 4,25 is told as 4,3.
    assert known.rating == {"count": 4, "average": 4.3, "stars": [0, 0, 0, 3, 1]}


def test_online_are_the_people_of_the_last_five_minutes(clock: Any) -> None:
    for number in range(6):
        see(number, at(minutes=number))
        see(number, at(minutes=number), agent=GOOGLEBOT)
    clock.move_to(NOON + timedelta(minutes=5))
    recorder.flush()
    assert recorder.figures() == figures.read_figures()
    for minutes, online in ((5, 5), (6, 4), (9.99, 1), (10, 0), (1000, 0)):
        assert figures.read_figures(NOON + timedelta(minutes=minutes)).online == online


def test_online_ends_five_minutes_after_the_last_page_view(clock: Any) -> None:
    see(1, at())
    recorder.flush()
    five = timedelta(minutes=5)
    assert figures.read_figures(NOON + five - timedelta(milliseconds=1)).online == 1
    assert figures.read_figures(NOON + five).online == 0


def test_page_view_that_is_written_late_does_not_move_the_last_one_back(clock: Any) -> None:
    """Two processes write the same visitor; the one with the earlier page view comes second."""
    see(1, at(minutes=10))
    recorder.flush()
    see(1, at())
    recorder.flush()
    see(1, at(minutes=35))
    recorder.flush()
    assert totals() == {NOON.date(): (1, 3, 0, 0)}


def test_bots_alone_leave_no_hours_and_no_figure_of_an_article() -> None:
    article = make_article()
    see(1, timezone.now().timestamp(), article.pk, agent=GOOGLEBOT)
    recorder.flush()
    assert DailyArticleViews.objects.get().bot_views == 1
    assert not HourlyArticleViews.objects.exists()
    assert not ArticleViews.objects.exists()


def test_hours_are_kept_as_long_as_the_list_of_a_day_needs_them(clock: Any) -> None:
    see(1, at(), make_article().pk)
    recorder.flush()
    writing.delete_expired(NOON + timedelta(hours=48))
    assert HourlyArticleViews.objects.exists()
    writing.delete_expired(NOON + timedelta(hours=48, seconds=1))
    assert not HourlyArticleViews.objects.exists()


def test_who_has_left_is_erased(clock: Any) -> None:
    article = make_article()
    see(1, at(), article.pk)
    see(2, at(minutes=20))
    recorder.flush()
    assert writing.delete_expired(NOON + timedelta(minutes=29)) is True
    assert Presence.objects.count() == 3
    assert writing.delete_expired(NOON + timedelta(minutes=31)) is True
    assert Presence.objects.count() == 1
    assert writing.delete_expired(NOON + timedelta(minutes=51)) is False
    assert not Presence.objects.exists()
    assert HourlyArticleViews.objects.exists()
    writing.delete_expired(NOON + timedelta(days=3))
    assert not HourlyArticleViews.objects.exists()
    writing.delete_expired(NOON + timedelta(days=31))
    assert not Writer.objects.exists()
    assert totals() == {NOON.date(): (2, 2, 0, 0)}


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_the_same_visitors_at_once_count_each_once() -> None:
    """Each meets the visitors, the articles and the days in an order of its own."""
    articles = [make_article() for _ in range(20)]
    days = [timezone.now() - timedelta(days=back) for back in range(3)]
    looks = [
        ((number * 3 + back).to_bytes(16, "big"), moment.timestamp(), article.pk)
        for back, moment in enumerate(days)
        for number, article in enumerate(articles * 10)
    ]
    own = [Recorder() for _ in range(4)]

    def write(recorder: Recorder) -> None:
        recorder.writes_by_itself = False
        for _ in range(5):
            for key, at, article in random.sample(looks, len(looks)):
                recorder.add(Kind.PERSON, key, at, article, b"r" + key[1:])
            recorder.flush()

    at_once([partial(write, recorder) for recorder in own])
    assert totals() == {timezone.localdate(day): (200, 200 * 4 * 5, 0, 0) for day in days}
    for views, rows, each in (
        (ArticleViews, 20, 30),
        (DailyArticleViews, 60, 10),
        (HourlyArticleViews, 60, 10),
    ):
        assert list(views.objects.values_list("views", flat=True)) == [each] * rows


@pytest.mark.django_db(transaction=True)
def test_batch_sent_by_two_sessions_at_once_is_written_once() -> None:
    article = make_article()
    batch, writer = Batch(1), uuid.uuid4()
    batch.add(Kind.PERSON, b"a" * 16, timezone.now().timestamp(), article.pk, b"b" * 16)
    at_once([lambda: writing.write_batch(batch, writer)] * 4)
    assert totals() == {timezone.localdate(): (1, 1, 0, 0)}
    assert ArticleViews.objects.get().views == 1


@pytest.mark.django_db(transaction=True)
def test_article_deleted_during_the_write_does_not_end_in_a_deadlock() -> None:
    article, other = make_article(), make_article()
    now = timezone.now().timestamp()
    see(1, now, article.pk)
    recorder.flush()
    see(2, now, article.pk)
    see(3, now, other.pk)
    writes: list[Future] = []

    def write_meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        """After the first rows that a batch writes too, let a batch wait for them."""
        result = execute(sql, *rest)
        if "DELETE" in sql and "stats_" in sql and not writes:
            writes.append(start(recorder.flush))
            wait_until_blocked(*writes)
        return result

    with threads() as start, connection.execute_wrapper(write_meanwhile):
        article.delete()
    # Written after the deletion, the article is one that does not exist.
    assert isinstance(writes[0].exception(), IntegrityError)
    recorder.flush()
    assert list(ArticleViews.objects.values_list("article", "views")) == [(other.pk, 1)]
    assert totals() == {timezone.localdate(): (3, 3, 0, 0)}


@pytest.mark.django_db(transaction=True)
def test_article_deleted_while_its_views_wait_does_not_hold_up_the_others() -> None:
    article, other = make_article(), make_article()
    now = timezone.now().timestamp()
    see(1, now, article.pk)
    see(2, now, other.pk)
    article.delete()
    recorder.flush()
    assert list(ArticleViews.objects.values_list("article", "views")) == [(other.pk, 1)]


def test_views_go_with_their_article() -> None:
    article = make_article()
    see(1, timezone.now().timestamp(), article.pk)
    recorder.flush()
    article.delete()
    assert not DailyArticleViews.objects.exists()
    assert DailyTotal.objects.get().page_views == 1


CONSTRAINTS: list[tuple[str, Callable[[Any], Any]]] = [
    ("stats_dailytotal_visits_not_negative",
     lambda a: DailyTotal.objects.create(day=NOON, visits=-1)),
    ("stats_dailytotal_bot_page_views_not_negative",
     lambda a: DailyTotal.objects.create(day=NOON, bot_page_views=-1)),
    ("stats_dailyarticleviews_views_not_negative",
     lambda a: DailyArticleViews.objects.create(article=a, day=NOON, views=-1)),
    ("stats_dailyarticleviews_one_row_a_day",
     lambda a: [DailyArticleViews.objects.create(article=a, day=NOON) for _ in range(2)]),
    ("stats_hourlyarticleviews_one_row_an_hour",
     lambda a: [HourlyArticleViews.objects.create(article=a, hour=NOON) for _ in range(2)]),
    ("stats_articleviews_opening_balance_not_negative",
     lambda a: ArticleViews.objects.create(article=a, opening_balance=-1)),
    ("stats_openingbalance_is_one_row",
     lambda a: OpeningBalance.objects.create(id=2, figure=1, since=NOON)),
    ("stats_openingbalance_figure_not_negative",
     lambda a: OpeningBalance.objects.create(figure=-1, since=NOON)),
    ("stats_presence_kind",
     lambda a: Presence.objects.create(key=uuid.uuid4(), kind=4, arrived_at=NOON,
                                       last_seen_at=NOON, counted_in=uuid.uuid4())),
]  # fmt: skip


@pytest.mark.parametrize(("name", "write"), CONSTRAINTS, ids=[name for name, _ in CONSTRAINTS])
def test_tables_hold_their_rules(name: str, write: Callable[[Any], Any]) -> None:
    article = make_article()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(article)


@pytest.mark.parametrize("figure", [0, services.MAX_FIGURE])
def test_opening_balance_may_be_nothing_or_the_largest_figure(figure: int) -> None:
    assert services.set_opening_balance(figure=figure).figure == figure
    views = services.set_article_opening_balance(article=make_article(), figure=figure)
    assert views.opening_balance == figure


@pytest.mark.parametrize("figure", [-1, services.MAX_FIGURE + 1])
def test_opening_balance_beyond_reason_is_refused(figure: int) -> None:
    with pytest.raises(ValueError, match="not a number of visits"):
        services.set_opening_balance(figure=figure)
    with pytest.raises(ValueError, match="not a number of visits"):
        services.set_article_opening_balance(article=make_article(), figure=figure)


def test_opening_balance_changed_keeps_its_day_and_the_views_counted_here(clock: Any) -> None:
    article = make_article()
    services.set_opening_balance(figure=1, since=date(2026, 1, 1))
    assert services.set_opening_balance(figure=2).since == date(2026, 1, 1)
    see(1, at(), article.pk)
    recorder.flush()
    assert services.set_article_opening_balance(article=article, figure=5).total == 6
