"""Ask what may never answer, such as a database that hangs or a folder of another machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")


class TimedCall(Generic[T]):
    """A function that is called in a thread of its own, and waited for during a limited time.

    While a call hangs, no other is begun: those who ask meanwhile wait for that one. So a monitor
    that asks every second occupies one thread and one connection of the database at most.
    """

    def __init__(self, function: Callable[[], T], seconds: float) -> None:
        self.function, self.seconds = function, seconds
        self._lock = threading.Lock()
        self._running: Future[T] | None = None

    def __call__(self) -> T:
        """Return what the function returns.

        Raises:
            TimeoutError: it takes longer than `seconds`.
            Exception: what the function raises.
        """
        with self._lock:
            if (running := self._running) is None:
                running = self._running = Future()
                threading.Thread(target=self._run, args=[running], daemon=True).start()
        return running.result(self.seconds)

    def _run(self, running: Future[T]) -> None:
        try:
            result = self.function()
        except Exception as error:
            self._end()
            running.set_exception(error)
        else:
            self._end()
            running.set_result(result)

    def _end(self) -> None:
        connection.close()
        with self._lock:
            self._running = None
