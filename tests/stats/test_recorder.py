"""The counter of a process: its memory, its thread, and what it does while the database is away."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection

from portal.middleware import PublicPage
from stats import recorder as module
from stats import writing
from stats.models import DailyTotal
from stats.recorder import Recorder
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
    own: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_REJECTIONS", 3)
    real = writing.write_batch

    def refuse_first(batch: Any, writer: Any) -> Any:
        if batch.number == 1:
            raise DataError("no")
        return real(batch, writer)

    monkeypatch.setattr(writing, "write_batch", refuse_first)
    look(own, 1)
    wait_for(lambda: own._batch.number == 2)
    look(own, 2)
    wait_for(lambda: page_views() == 1)


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
