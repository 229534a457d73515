"""Many at once: real threads, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from tests.portal.running import PATIENCE

# PostgreSQL takes a hundred connections unless told otherwise, and the tests run on every core.
CONNECTIONS = 20


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
