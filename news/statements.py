"""Statements that a page or a form runs each time, prepared once on a connection.

Here because it is below both who reads the frame of a page and who stores a comment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor


def fetch_row(statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """Run a statement that returns one row, and return it.

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
        row: tuple[Any, ...] = cursor.fetchone()
        return row
