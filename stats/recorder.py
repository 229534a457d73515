"""Count the page views of this process in memory and write them to the database once a second.

A beacon costs no statement: it is added to the batch in memory and answered with the figures that
were read after the last batch. A thread of its own writes, so that a slow or unavailable database
slows no page. A process that is killed loses the page views of its last two seconds.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import uuid
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.dispatch import Signal

from stats import recording, writing
from stats.batch import Batch
from stats.figures import Figures
from stats.recording import Kind
from stats.writing import ArticleFigures

logger = logging.getLogger("stats")

INTERVAL_SECONDS = 1.0
# Pause between attempts while the database is unavailable.
RETRY_SECONDS = 2.0
DELETE_SECONDS = 60.0
# How long a stop waits for the last batch: less than the server gives a worker (10 s).
STOP_SECONDS = 6.0
# Figures older than this are not sent: those printed in the page are newer then, since no cache
# serves a page for longer (s-maxage and stale-while-revalidate of `portal.middleware.PublicPage`).
FRESH_SECONDS = 90.0
MAX_ARTICLES = 10_000
# A batch that the database rejects is dropped after so many attempts; see `_write`.
MAX_REJECTIONS = 60

batch_handled = Signal()
"""Sent after each attempt to write, with numbers of page views: `written`, `lost` (dropped) and
`waiting` (left in memory)."""


@dataclass(frozen=True, slots=True)
class _CachedFigures:
    """Figures of an article and when they were read."""

    figures: ArticleFigures
    at: float


class Recorder:
    """Counts for one process. Thread-safe; a forked child starts with an empty one."""

    def __init__(self) -> None:
        # Tests turn this off and call flush().
        self.writes_by_itself = True
        self.reset()

    def reset(self) -> None:
        """Start with nothing counted and a new writer id, as a new process does."""
        self._lock = threading.Lock()  # guards _batch; never held during a statement
        self._write_lock = threading.Lock()  # guards _unwritten; held while a batch is written
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._writer = uuid.uuid4()
        self._batch = Batch(1)
        self._unwritten: Batch | None = None
        self._rejections = 0
        self._figures: Figures | None = None
        self._figures_at = 0.0
        self._articles: dict[int, _CachedFigures] = {}

    def add(self, kind: Kind, visitor: bytes, at: float, article: int, reader: bytes) -> None:
        """Count one page view; the arguments are those of `Batch.add`."""
        with self._lock:
            was_empty = not self._batch
            self._batch.add(kind, visitor, at, article, reader)
        if was_empty and self.writes_by_itself:
            if self._thread is None:
                self._start_thread()
            self._wake.set()

    def figures(self, within: float = FRESH_SECONDS) -> Figures | None:
        """The figures read last, if they are at most `within` seconds old and of today."""
        figures, at = self._figures, time.time()
        if figures is None or abs(at - self._figures_at) > within:
            return None
        return figures if figures.day == recording.day_of(at) else None

    def article(self, article: int) -> ArticleFigures | None:
        """The figures of an article, if they are at most `FRESH_SECONDS` old."""
        cached = self._articles.get(article)
        if cached is None or abs(time.time() - cached.at) > FRESH_SECONDS:
            return None
        return cached.figures

    def flush(self) -> None:
        """Write what has been counted so far.

        Raises:
            django.db.Error: the batch stays in memory for the next attempt.
        """
        with self._write_lock:
            # First the batch that failed, unchanged: it may have been committed all the same. Then
            # the one counted since. What is counted meanwhile waits for the next call: under load
            # there is always more, and this would never end.
            for _ in range(2 if self._unwritten else 1):
                if (batch := self._next_batch()) is None:
                    return
                figures, articles = writing.write_batch(batch, self._writer)
                self._unwritten = None
                self._tell(written=batch.page_views)
                if batch.keys_left_out:
                    logger.warning("memory full, %d visitors not counted", batch.keys_left_out)
                self._cache_figures(figures, articles)

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Write the last batch and end the thread; waits `timeout` seconds at most."""
        self._stopping.set()
        self._wake.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _next_batch(self) -> Batch | None:
        if self._unwritten is None:
            with self._lock:
                if self._batch:
                    self._unwritten, self._batch = self._batch, Batch(self._batch.number + 1)
        return self._unwritten

    def _cache_figures(self, figures: Figures, articles: dict[int, ArticleFigures]) -> None:
        at = time.time()
        self._figures, self._figures_at = figures, at
        if len(self._articles) + len(articles) > MAX_ARTICLES:
            self._articles = {}
        self._articles |= {
            article: _CachedFigures(found, at) for article, found in articles.items()
        }

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="visits", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        keys_left, delete_at = True, time.monotonic()
        while True:
            self._wake.wait(DELETE_SECONDS if keys_left else None)
            self._wake.clear()
            self._stopping.wait(INTERVAL_SECONDS)
            while not self._write() and not self._stopping.wait(RETRY_SECONDS):
                pass
            if self._stopping.is_set():
                self._write_last()
                return
            if time.monotonic() >= delete_at:
                keys_left, delete_at = self._delete_expired(), time.monotonic() + DELETE_SECONDS

    def _write(self) -> bool:
        """Write; False if it has to be tried again.

        An unavailable database (OperationalError, InterfaceError) is waited for as long as it
        takes. A batch that fails otherwise is dropped after `MAX_REJECTIONS` attempts, so that
        counting goes on.
        """
        try:
            self.flush()
        except (OperationalError, InterfaceError):
            if not self._rejections:
                logger.warning("database unavailable, keeping page views in memory")
            self._rejections = max(self._rejections, 1)
            self._tell()
            connection.close()
            return False
        except Exception:
            self._rejections += 1
            logger.exception("writing page views failed")
            connection.close()
            lost = 0
            if self._rejections > MAX_REJECTIONS:
                if self._unwritten:
                    lost = self._unwritten.page_views
                    logger.error(
                        "writing failed %d times, dropping batch of %d page views",
                        self._rejections,
                        lost,
                    )
                self._unwritten, self._rejections = None, 0
            self._tell(lost=lost)
            return False
        if self._rejections:
            logger.warning("database available again, page views written")
        self._rejections = 0
        return True

    def _write_last(self) -> None:
        """Write what was counted during the last write, and close the connection."""
        while self._batch and not self._unwritten and self._write():
            pass
        if self._unwritten:
            lost = self._page_views_in_memory()
            logger.error("database unavailable, dropping batch of %d page views", lost)
            self._tell(lost=lost)
        connection.close()

    def _tell(self, written: int = 0, lost: int = 0) -> None:
        waiting = self._page_views_in_memory()
        batch_handled.send_robust(Recorder, written=written, lost=lost, waiting=waiting)

    def _page_views_in_memory(self) -> int:
        with self._lock:
            return self._batch.page_views + (self._unwritten.page_views if self._unwritten else 0)

    def _delete_expired(self) -> bool:
        try:
            return writing.delete_expired()
        except DatabaseError:
            logger.warning("deleting expired visits failed", exc_info=True)
            connection.close()
            return True


recorder = Recorder()
# A forked child has the memory of its parent, but not its thread.
os.register_at_fork(after_in_child=recorder.reset)
atexit.register(recorder.stop)
