"""SQL statements that are compiled once in a process and prepared once on a connection.

They serve the frame of a page and the search results, which run the same statements at each
request. Here because it is below both of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import NotSupportedError, connection
from psycopg import Cursor

NOW = datetime.max.replace(tzinfo=UTC)
"""A placeholder for the current time among the parameters of a compiled statement."""

Row = tuple[Any, ...]


def fill_params(params: Iterable[Hashable], values: Mapping[Hashable, object]) -> list[object]:
    """Return the parameters of one execution of a compiled statement.

    Args:
        params: as the ORM compiled them.
        values: what to put in place of each placeholder, such as NOW.
    """
    return [values.get(param, param) for param in params]


def fetch_all(statement: str, values: Sequence[Any]) -> list[Row]:
    """Execute a statement as a prepared statement and return its rows.

    Django's cursor puts the values into the text of a statement, so PostgreSQL parses and plans it
    each time. Here they are sent apart from the text: it is parsed once on each connection, and
    planned once if PostgreSQL finds in the first five executions that one plan suits all values
    (`prepare_threshold` in the settings).

    Args:
        statement: always the same text, with a `%s` for each of the values.
    """
    with connection.cursor() as cursor:
        prepared = cursor.cursor = Cursor(connection.connection)
        try:
            cursor.execute(statement, values)
        except NotSupportedError:
            # “cached plan must not change result type”: the migration of a newer version has
            # widened a column meanwhile. psycopg forgets its prepared statements with this one.
            if connection.in_atomic_block:
                raise
            prepared.execute("DEALLOCATE ALL", prepare=False)
            cursor.execute(statement, values)
        rows: list[Row] = cursor.fetchall()
        return rows


def fetch_row(statement: str, values: Sequence[Any]) -> Row:
    """Execute a statement that returns one row, and return that row."""
    (row,) = fetch_all(statement, values)
    return row
