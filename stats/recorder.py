"""The counter of this process: page views into memory at once, into the database each second.

A beacon costs no statement: it adds to the batch in memory and is answered from what the last batch
brought back. A thread of its own writes, so that a slow or absent database slows no page.
What a process killed without notice takes along is what it counted in the last two seconds.
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

from stats import recording, writing
from stats.batch import Batch
from stats.figures import Figures
from stats.recording import Kind
from stats.writing import ArticleFigures

logger = logging.getLogger("stats")

INTERVAL_SECONDS = 1.0
# While the database is away it is asked again this often.
RETRY_SECONDS = 2.0
ERASE_SECONDS = 60.0
# A stop waits so long for the last batch: less than the server grants a worker (10 s).
STOP_SECONDS = 6.0
# Answers older than this are left out: what is printed in the page is younger then, since no cache
# gives a page out longer (s-maxage and stale-while-revalidate of `portal.middleware.PublicPage`).
FRESH_SECONDS = 90.0
MAX_ARTICLES = 10_000
# A batch that the database refuses (it is there, and says no) is given up after so many times.
MAX_REFUSALS = 60


@dataclass(frozen=True, slots=True)
class _Known:
    """Figures of an article and when they were read."""

    figures: ArticleFigures
    at: float


class Recorder:
    """Counts for one process. Threads may call everything here; a fork begins anew."""

    def __init__(self) -> None:
        # Tests write when they want to, by flush().
        self.writes_by_itself = True
        self.reset()

    def reset(self) -> None:
        """Forget everything, as a new process does."""
        self._lock = threading.Lock()  # of what is counted: never held while the database works
        self._writing = threading.Lock()  # of what is written
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._id = uuid.uuid4()
        self._batch = Batch(1)
        self._unwritten: Batch | None = None
        self._refusals = 0
        self._figures: Figures | None = None
        self._figures_at = 0.0
        self._articles: dict[int, _Known] = {}

    def add(self, kind: Kind, visitor: bytes, at: float, article: int, reader: bytes) -> None:
        """Count one page view; see `Batch.add`."""
        with self._lock:
            was_empty = not self._batch
            self._batch.add(kind, visitor, at, article, reader)
        if was_empty and self.writes_by_itself:
            if self._thread is None:
                self._start()
            self._wake.set()

    def figures(self, within: float = FRESH_SECONDS) -> Figures | None:
        """The figures of the last batch, if they are at most `within` seconds old and of today."""
        known, at = self._figures, time.time()
        if known is None or abs(at - self._figures_at) > within:
            return None
        return known if known.day == recording.day_of(at) else None

    def article(self, article: int) -> ArticleFigures | None:
        """The figures of an article, if they are not older than a page in a cache."""
        known = self._articles.get(article)
        if known is None or abs(time.time() - known.at) > FRESH_SECONDS:
            return None
        return known.figures

    def flush(self) -> None:
        """Write what was counted so far.

        Raises:
            django.db.Error: it stays in memory for the next time.
        """
        with self._writing:
            # First the batch that failed, unchanged: it may have been written all the same. Then
            # the one that was gathered since, and not what comes in meanwhile: under load there
            # is always some, and the writing would never rest.
            for _ in range(2 if self._unwritten else 1):
                if (batch := self._next()) is None:
                    return
                figures, articles = writing.write(batch, self._id)
                self._unwritten = None
                if batch.left_out:
                    logger.warning("memory was full: %d visitors not counted", batch.left_out)
                self._keep(figures, articles)

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Write the last batch and end the thread; waits `timeout` seconds at most."""
        self._stopping.set()
        self._wake.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _next(self) -> Batch | None:
        if self._unwritten is None:
            with self._lock:
                if self._batch:
                    self._unwritten, self._batch = self._batch, Batch(self._batch.number + 1)
        return self._unwritten

    def _keep(self, figures: Figures, articles: dict[int, ArticleFigures]) -> None:
        at = time.time()
        self._figures, self._figures_at = figures, at
        if len(self._articles) + len(articles) > MAX_ARTICLES:
            self._articles = {}
        self._articles |= {article: _Known(known, at) for article, known in articles.items()}

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="visits", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        somebody_left, erase_at = True, time.monotonic()
        while True:
            self._wake.wait(ERASE_SECONDS if somebody_left else None)
            self._wake.clear()
            self._stopping.wait(INTERVAL_SECONDS)
            while not self._written() and not self._stopping.wait(RETRY_SECONDS):
                pass
            if self._stopping.is_set():
                # What came in while that was written.
                while self._batch and not self._unwritten and self._written():
                    pass
                if self._unwritten:
                    logger.error("the database is away: the last page views are lost")
                connection.close()
                return
            if time.monotonic() >= erase_at:
                somebody_left, erase_at = self._erased(), time.monotonic() + ERASE_SECONDS

    def _written(self) -> bool:
        """Write; say whether it is done, and what to do about it if it is not."""
        try:
            self.flush()
        except (OperationalError, InterfaceError):
            if not self._refusals:
                logger.warning("the database is away: visits are kept in memory")
            self._refusals = max(self._refusals, 1)
            connection.close()
            return False
        except Exception:
            self._refusals += 1
            logger.exception("visits could not be written")
            connection.close()
            if self._refusals > MAX_REFUSALS:
                logger.error("a batch of visits is given up")
                self._unwritten, self._refusals = None, 0
            return False
        if self._refusals:
            logger.warning("visits are written again")
        self._refusals = 0
        return True

    def _erased(self) -> bool:
        try:
            return writing.erase()
        except DatabaseError:
            connection.close()
            return True


recorder = Recorder()
# A child of a fork has the memory of its parent, but not its thread.
os.register_at_fork(after_in_child=recorder.reset)
atexit.register(recorder.stop)
