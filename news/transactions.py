"""Run work again that was undone because another transaction was in its way.

Locks are taken in one order (docs/database.md), so this is for what no order can rule out.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, connection
from django.db.models import Model, ProtectedError, RestrictedError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
_DEADLOCK = frozenset({"40P01", "40001"})
_NO_ROW, _IN_USE = "02000", "23503"
# Meanwhile a row that was named is deleted, the same row is inserted, or the row itself is deleted.
_CONFLICT = _DEADLOCK | {_IN_USE, "23505", _NO_ROW}

# Seconds to wait at least and at most, before each further attempt.
PAUSES = [(0.02, 0.1), (0.1, 0.5)]


def retry_on_deadlock(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate a function so that it runs again, twice at most, after a deadlock.

    Only where it begins the transaction: inside that of a caller nothing can be done again, and the
    error is raised at once. The function must be one transaction, or of such transactions that
    doing one again changes nothing, and have no effect outside the database before its end.
    Arguments that are instances of models get their values of before the attempt back.

    Raises the error of the third attempt.
    """
    return _retry(work, _DEADLOCK)


def retry_on_conflict(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate as `retry_on_deadlock`, and also for what was deleted or inserted meanwhile.

    For functions that look before they write, such as a view that validates its form: they see the
    reason when they look again, and say it in a sentence.
    """
    return _retry(work, _CONFLICT)


def _retry(
    work: Callable[Arguments, Result], sqlstates: frozenset[str]
) -> Callable[Arguments, Result]:
    @functools.wraps(work)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if connection.in_atomic_block:
            return work(*args, **kwargs)
        rows = [row for row in (*args, *kwargs.values()) if isinstance(row, Model)]
        for shortest, longest in PAUSES:
            before = [row.__getstate__() for row in rows]
            try:
                return work(*args, **kwargs)
            except DatabaseError as error:
                if not _is_one_of(error, sqlstates):
                    raise
            _put_back(rows, before)
            _pause(shortest, longest)
        return work(*args, **kwargs)

    run.is_repeated = True  # type: ignore[attr-defined]  # a mark, for tests
    return run


def _pause(shortest: float, longest: float) -> None:
    """Wait so many seconds, by chance, so that the two do not meet again."""
    time.sleep(random.uniform(shortest, longest))  # noqa: S311


def _is_one_of(error: DatabaseError, sqlstates: frozenset[str]) -> bool:
    if isinstance(error, (ProtectedError, RestrictedError)):
        # Django has seen, before PostgreSQL did, that rows refer to what is to be deleted.
        return _IN_USE in sqlstates
    # Django's own error: `save(force_update=True)` has met no row, it is deleted meanwhile.
    met_no_row = type(error) is DatabaseError and error.__cause__ is None
    sqlstate = _NO_ROW if met_no_row else getattr(error.__cause__, "sqlstate", None)
    return sqlstate in sqlstates


def _put_back(rows: Iterable[Model], states: Iterable[dict[str, Any]]) -> None:
    for row, state in zip(rows, states, strict=True):
        row.__dict__.clear()
        row.__dict__.update(state)
