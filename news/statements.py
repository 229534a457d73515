"""Statements that a page or a form runs each time, prepared once on a connection.

Here because it is below all who need it: the search, the frame of a page, the sending of a comment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from psycopg import Cursor

NOW = datetime.max.replace(tzinfo=UTC)
"""Stands for the moment of a reading in a statement that the ORM compiles once in a process."""


def filled(params: Iterable[Any], values: Mapping[Any, Any]) -> list[Any]:
    """The parameters of a statement that was compiled once, for one run of it.

    Args:
        params: as they were compiled.
        values: what to put in place of each that stands for something, as NOW does.
    """
    return [values.get(param, param) for param in params]


def fetch_all(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows.

    Django writes the values into the text of a statement, which suits those it composes. One that
    stays the same costs more to read and to plan than to run: sent apart from its values, it is
    read once on each connection, and planned once if one plan suits all values, which PostgreSQL
    finds out in the first five runs (settings: `prepare_threshold`).

    Args:
        statement: always the same text, with a `%s` for each of the values.
    """
    with connection.cursor() as cursor:
        cursor.cursor = Cursor(connection.connection)
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def fetch_row(statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """The same for a statement that returns one row."""
    (row,) = fetch_all(statement, values)
    return row
