"""What the tests about erasing ask of the whole database."""

from __future__ import annotations

from django.db import connection


def values_by_column(prefix: str = "") -> dict[str, list[str]]:
    """Every value of the tables whose name begins so, as text, by table and column."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(prefix):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            names = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    found.setdefault(f"{table}.{name}", []).append(str(value))
    return found


def columns_with(words: str) -> set[str]:
    """The columns that hold these words somewhere."""
    return {
        column
        for column, values in values_by_column().items()
        if any(words in value for value in values)
    }
