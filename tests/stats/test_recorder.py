"""The counter of a process: its memory, its thread, and what it does while the database is away."""

from __future__ import annotations

import os
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
import time_machine
from django.db import DataError, OperationalError, connection

from news import transactions
from portal.middleware import PublicPage
from stats import recorder as module
from stats import writing
from stats.models import DailyTotal
from stats.recorder import Recorder, recorder
from stats.recording import Kind
from tests.factories import make_article
from tests.portal.running import PATIENCE, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("middle_of_an_hour"),
]


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A recorder that writes by itself, faster than a real one."""
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.01)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    recorder = Recorder()
    yield recorder
    recorder.stop(PATIENCE)
    assert recorder._thread is None or not recorder._thread.is_alive()


def look(recorder: Recorder, number: int, article: int = 0) -> None:
    key = number.to_bytes(16, "big")
    recorder.add(Kind.PERSON, key, time.time(), article, b"r" + key[1:])


def page_views() -> int:
    return sum(DailyTotal.objects.values_list("page_views", flat=True))


def test_thread_begins_with_the_first_page_view_and_writes(own: Recorder) -> None:
    assert own._thread is None
    look(own, 1)
    wait_for(lambda: page_views() == 1)
    look(own, 2)
    wait_for(lambda: page_views() == 2)
    # In memory a moment after they stand in the database.
    wait_for(lambda: (figures := own.figures()) and (figures.total, figures.online) == (2, 2))


def test_stop_writes_what_waits(own: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 3600)
    for number in range(100):
        look(own, number)
    own.stop(PATIENCE)
    assert page_views() == 100


def test_what_comes_in_during_a_write_waits_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = Recorder()
    own.writes_by_itself = False
    real, writes = writing.write_batch, []

    def while_another_looks(batch: Any, writer: Any) -> Any:
        writes.append(batch.number)
        look(own, len(writes))
        return real(batch, writer)

    monkeypatch.setattr(writing, "write_batch", while_another_looks)
    look(own, 0)
    own.flush()
    assert writes == [1]
    own.flush()
    assert writes == [1, 2]


def test_stop_also_writes_what_comes_in_during_the_last_write(
    own: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing.write_batch
    is_late = threading.Event()

    def while_another_looks(batch: Any, writer: Any) -> Any:
        if not is_late.is_set():
            is_late.set()
            look(own, 2)
        return real(batch, writer)

    monkeypatch.setattr(writing, "write_batch", while_another_looks)
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 3600)
    look(own, 1)
    own.stop(PATIENCE)
    assert page_views() == 2


def test_database_that_does_not_answer_holds_up_nobody(
    own: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answers = threading.Event(), threading.Event()
    real = writing.write_batch

    def silent(*args: Any) -> Any:
        asked.set()
        assert answers.wait(PATIENCE)
        return real(*args)

    monkeypatch.setattr(writing, "write_batch", silent)
    look(own, 0)
    assert asked.wait(PATIENCE)
    for number in range(1, 1000):
        look(own, number)  # whoever waited for the answer here would wait for ever
    answers.set()
    wait_for(lambda: page_views() == 1000)


def test_database_that_is_away_loses_nothing(
    own: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = threading.Semaphore(0)
    back = threading.Event()
    real = writing.write_batch

    def away(*args: Any) -> Any:
        tried.release()
        if back.is_set():
            return real(*args)
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(writing, "write_batch", away)
    look(own, 0)
    for number in range(1, 1000):
        look(own, number)
        if number % 250 == 0:
            assert tried.acquire(timeout=PATIENCE)
    assert page_views() == 0
    back.set()
    wait_for(lambda: page_views() == 1000)
    assert DailyTotal.objects.get().visits == 1000
    wait_for(lambda: caplog.records[-1].message == "database available again, page views written")
    # Said once when it begins and once when it is over, not each second.
    assert [record.message for record in caplog.records if record.name == "stats"] == [
        "database unavailable, keeping page views in memory",
        "database available again, page views written",
    ]


def test_confirmation_that_was_lost_does_not_count_a_batch_twice(
    own: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing.write_batch
    lost = threading.Event()

    def unconfirmed(*args: Any) -> Any:
        answer = real(*args)
        if not lost.is_set():
            lost.set()
            raise OperationalError("the connection was lost after the commit")
        return answer

    monkeypatch.setattr(writing, "write_batch", unconfirmed)
    look(own, 1)
    assert lost.wait(PATIENCE)
    look(own, 2)
    # The third batch is begun with the second in hand, so this order sees the second written.
    wait_for(lambda: own._batch.number == 3 and own._unwritten is None)
    assert page_views() == 2
    assert DailyTotal.objects.get().visits == 2


def test_session_that_the_database_ended_is_opened_anew(
    own: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[int] = []
    real = writing.write_batch

    def write(*args: Any) -> Any:
        answer = real(*args)
        sessions.append(connection.connection.info.backend_pid)
        return answer

    monkeypatch.setattr(writing, "write_batch", write)
    look(own, 1)
    wait_for(lambda: page_views() == 1 and sessions)
    with connection.cursor() as cursor:
        # Not every other session: beside a browser this thread has two, and needs both.
        cursor.execute("SELECT pg_terminate_backend(%s, %s)", [sessions[0], PATIENCE * 1000])
    look(own, 2)
    wait_for(lambda: page_views() == 2 and len(set(sessions)) == 2)


def test_batch_that_the_database_refuses_for_good_does_not_stop_the_counting(
    own: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "MAX_REJECTIONS", 3)
    real = writing.write_batch

    def refuse_first(batch: Any, writer: Any) -> Any:
        if batch.number == 1:
            raise DataError("no")
        return real(batch, writer)

    monkeypatch.setattr(writing, "write_batch", refuse_first)
    look(own, 1)
    look(own, 1)
    wait_for(lambda: own._batch.number == 2)
    look(own, 2)
    wait_for(lambda: page_views() == 1)
    assert "writing failed 4 times, dropping batch of 2 page views" in caplog.messages


def test_stop_while_the_database_is_unavailable_says_how_many_page_views_are_lost(
    own: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = threading.Event()

    def unavailable(*args: Any) -> Any:
        tried.set()
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(writing, "write_batch", unavailable)
    monkeypatch.setattr(module, "RETRY_SECONDS", 3600)
    for number in range(3):
        look(own, number)
    assert tried.wait(PATIENCE)
    wait_for(lambda: own._unwritten is not None)
    for number in range(2):
        look(own, number)
    own.stop(PATIENCE)
    assert caplog.messages[-1] == "database unavailable, dropping batch of 5 page views"
    assert page_views() == 0


def test_failing_deletion_does_not_end_the_counting(
    own: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> bool:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(writing, "delete_expired", fail)
    look(own, 1)
    wait_for(lambda: "deleting expired visits failed" in caplog.messages)
    look(own, 2)
    wait_for(lambda: page_views() == 2)


def test_deletion_that_a_deadlock_undid_is_done_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transactions, "_pause", lambda *seconds: None)
    deadlock = OperationalError("deadlock detected")
    deadlock.__cause__ = psycopg.errors.DeadlockDetected()
    failures = [deadlock]

    def fail_once(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "DELETE FROM stats_presence" in sql and failures:
            raise failures.pop()
        assert connection.in_atomic_block  # whose statements may take longer
        return execute(sql, *rest)

    with connection.execute_wrapper(fail_once):
        assert Recorder()._delete_expired() is False
    assert failures == caplog.messages == []


def test_full_batch_says_how_many_visitors_are_not_counted(
    own: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    own.writes_by_itself = False
    monkeypatch.setattr("stats.batch.MAX_KEYS", 2)
    for number in range(5):
        look(own, number)
    own.flush()
    assert caplog.messages == ["memory full, 3 visitors not counted"]
    total = DailyTotal.objects.get()
    assert (total.visits, total.page_views) == (2, 5)


def test_figures_of_yesterday_are_not_told_after_midnight(own: Recorder) -> None:
    own.writes_by_itself = False
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    with time_machine.travel(midnight - timedelta(seconds=10), tick=False) as clock:
        look(own, 1)
        own.flush()
        assert own.figures() is not None
        clock.shift(9.5)
        assert own.figures() is not None
        clock.shift(1)
        assert own.figures() is None


def test_memory_for_the_figures_of_articles_is_bounded(
    own: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.writes_by_itself = False
    monkeypatch.setattr(module, "MAX_ARTICLES", 2)
    articles = [make_article().pk for _ in range(3)]
    for article in articles:
        look(own, 1, article)
        own.flush()
    assert own.article(articles[-1]) is not None
    assert len(own._articles) <= 2


def test_child_of_a_fork_counts_nothing_that_its_parent_counted() -> None:
    look(recorder, 1)
    with warnings.catch_warnings():
        # This process has threads; the child does nothing but look and end.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(bool(recorder._batch) or recorder._thread is not None)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert recorder._batch.page_views == 1


def test_answers_are_kept_as_long_as_a_cache_gives_out_a_page() -> None:
    seconds = re.findall(r"(?:s-maxage|stale-while-revalidate)=(\d+)", PublicPage.CACHE_CONTROL)
    assert len(seconds) == 2
    assert sum(map(int, seconds)) == module.FRESH_SECONDS


def test_figures_that_have_grown_old_are_not_told(own: Recorder) -> None:
    own.writes_by_itself = False
    article = make_article()
    look(own, 1, article.pk)
    own.flush()
    assert own.figures() is not None
    assert own.article(article.pk) is not None
    own._figures_at -= module.FRESH_SECONDS + 1
    own._articles[article.pk] = module._CachedFigures(
        own._articles[article.pk].figures, time.time() - module.FRESH_SECONDS - 1
    )
    assert own.figures() is None
    assert own.article(article.pk) is None
