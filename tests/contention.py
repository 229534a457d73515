"""Many at once: threads with a database connection each, and a look at who waits for a lock.

`at_once` begins jobs together. To force two transactions to meet, a test holds a lock, starts its
jobs, waits until they are blocked, and lets go. So a rule that needs a lock is seen to fail without
it, however fast or slow the machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction

from tests.portal.running import PATIENCE, wait_for

Start = Callable[..., Future]

# PostgreSQL takes a hundred connections unless told otherwise, and the tests run on every core.
CONNECTIONS = 20

_BLOCKED = """
    SELECT count(DISTINCT pid) FROM pg_locks
    WHERE NOT granted
    AND clock_timestamp() - waitstart >= %s * current_setting('deadlock_timeout')::interval
    AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Begin all the jobs together and return their results; as many as may run, run at a time."""
    gate = threading.Barrier(len(jobs))
    free = threading.BoundedSemaphore(CONNECTIONS)

    def run(job: Callable[[], Any]) -> Any:
        gate.wait(timeout=PATIENCE)
        with free:
            try:
                return job()
            finally:
                connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


@contextmanager
def threads() -> Iterator[Start]:
    """Give a function that calls another one in a thread; wait for all threads at the end."""

    def with_own_connection(job: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return job(*args, **kwargs)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        yield lambda *args, **kwargs: pool.submit(with_own_connection, *args, **kwargs)


def wait_until_blocked(*jobs: Future, past_deadlock_check: bool = False) -> None:
    """Wait until each of these jobs waits for a lock, and no other transaction does.

    With `past_deadlock_check`, until PostgreSQL has looked for a deadlock on their behalf as well:
    from then on it is the other side that is cancelled.
    """

    def are_blocked() -> bool:
        ended = [job for job in jobs if job.done()]
        assert not ended, f"ended without waiting: {[job.exception() or job for job in ended]}"
        with connection.cursor() as cursor:
            # Within a transaction the statistics are those of its first look.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(_BLOCKED, [3 if past_deadlock_check else 0])
            return cursor.fetchone() == (len(jobs),)

    wait_for(are_blocked)


def result_of(job: Future) -> Any:
    return job.result(timeout=PATIENCE)


def hold_advisory_lock(name: str, *more: int) -> None:
    """Take, until the end of the transaction, a lock that the code takes by this name."""
    numbers = "".join(f", {number:d}" for number in more)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock(hashtext(%s){numbers})", [name])


@contextmanager
def locked(*tables: str) -> Iterator[None]:
    """Hold the tables as ALTER TABLE does, on the connection of this thread."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        yield
