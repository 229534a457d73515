"""`manage.py migrate` beside a site that serves."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from portal.management.commands import migrate
from tests.contention import result_of, threads
from tests.portal.running import wait_for

IN_USE = "đang chờ một bảng"
# A rating; it waits for the table no longer than a page does (STATEMENT_LIMITS).
RATE = "LOCK TABLE ratings_rating IN ROW EXCLUSIVE MODE"
LIMIT = "SET lock_timeout = 5000"


def connect(database: str) -> psycopg.Connection:
    parameters = connections[database].get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.connect(**{name: parameters[name] for name in names if name in parameters})


@pytest.fixture
def behind(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that lacks the triggers of the ratings."""
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.05)
    call_command("migrate", database=empty_database, verbosity=0)
    call_command("migrate", "ratings", "0001", database=empty_database, verbosity=0)
    return empty_database


@pytest.fixture
def long_import(behind: str) -> Iterator[psycopg.Connection]:
    """Somebody who has written ratings in a transaction that does not end."""
    with connect(behind) as writer:
        writer.execute(RATE)
        yield writer


def test_a_migration_lets_others_pass_and_is_tried_again(
    behind: str, long_import: psycopg.Connection
) -> None:
    said = StringIO()
    with threads() as start, connect(behind) as rater:
        job = start(call_command, "migrate", database=behind, verbosity=0, stdout=said)
        while said.getvalue().count(IN_USE) < 3:
            rater.execute(LIMIT)
            rater.execute(RATE)
            rater.rollback()
            assert not job.done(), said.getvalue()
        long_import.rollback()
        result_of(job)
    with connect(behind) as database:
        row = database.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'ratings_rating'::regclass"
            " AND NOT tgisinternal"
        ).fetchone()
    assert row is not None
    assert row[0] > 0


def test_a_table_that_stays_in_use_is_said_in_a_sentence(
    behind: str, long_import: psycopg.Connection
) -> None:
    with pytest.raises(CommandError, match="Một bảng bị chiếm giữ quá lâu"):
        call_command("migrate", database=behind, verbosity=0, attempts=2, stdout=StringIO())


def test_two_hosts_migrate_one_after_the_other(behind: str) -> None:
    said = StringIO()
    with threads() as start, connect(behind) as other_host:
        other_host.execute("SELECT pg_advisory_xact_lock(hashtext('portal_migrate'))")
        job = start(call_command, "migrate", database=behind, verbosity=0, stdout=said)
        wait_for(lambda: "Máy chủ khác đang cập nhật" in said.getvalue())
        assert not job.done()
        other_host.rollback()
        result_of(job)
    assert said.getvalue().count("Máy chủ khác") == 1
