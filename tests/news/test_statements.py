"""Statements that are prepared once on a connection."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from news.statements import fetch_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def migration() -> Iterator[psycopg.Connection]:
    """The connection of somebody who changes tables, and a table of theirs."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("CREATE TABLE widened (name varchar(10))")
        other.execute("INSERT INTO widened VALUES ('Yên Hà')")
        yield other
        other.execute("DROP TABLE widened")


def test_a_column_that_is_widened_fails_no_statement_that_was_prepared_before(
    migration: psycopg.Connection,
) -> None:
    statement = "SELECT name FROM widened WHERE name <> %s"
    assert fetch_all(statement, [""]) == [("Yên Hà",)]
    migration.execute("ALTER TABLE widened ALTER name TYPE varchar(20)")
    assert fetch_all(statement, [""]) == [("Yên Hà",)]
    assert fetch_all(statement, [""]) == [("Yên Hà",)]
