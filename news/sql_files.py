"""Migration operations for the SQL of the apps: their functions stand in `<app>/sql/*.sql`."""

from __future__ import annotations

import hashlib
import re

from django.conf import settings
from django.db.migrations import RunSQL


class CreateFunctions(RunSQL):
    """A file of functions, run as it is now, and the digest it had when the migration was written.

    A change of the file reaches a live database by a further migration only. So
    tests/test_database.py demands that the last operation for a file has the digest of the file.
    """

    def __init__(self, path: str, digest: str, sql: str, reverse_sql: str) -> None:
        super().__init__(sql, reverse_sql)
        self.path = path
        self.digest = digest


def create_functions(path: str, *, digest: str, reverse_sql: str | None = None) -> CreateFunctions:
    """Create the functions of a file, or replace them.

    Args:
        path: the file, from the root of the repository: `news/sql/listings.sql`. Each function in
            it begins with `CREATE OR REPLACE FUNCTION name(`, and its name is not used twice.
        digest: `digest_of` the file when the migration is written.
        reverse_sql: what the way back runs. By default it drops the functions, which is right
            where they are created for the first time; ADR 13 says what to write for a change.
    """
    sql = (settings.BASE_DIR / path).read_text()
    if reverse_sql is None:
        names = re.findall(r"^CREATE OR REPLACE FUNCTION (\w+)\(", sql, re.MULTILINE)
        reverse_sql = f"DROP FUNCTION {', '.join(names)}"
    return CreateFunctions(path, digest, sql, reverse_sql)


def digest_of(path: str) -> str:
    """The first characters of the SHA-256 of a file, enough to tell its versions apart."""
    return hashlib.sha256((settings.BASE_DIR / path).read_bytes()).hexdigest()[:12]


def drop_functions_of_removed_triggers() -> RunSQL:
    """Reversed, drop the functions that no trigger calls any more: pgtrigger leaves them behind.

    It stands before the operations that add the triggers, so that it comes last on the way back.
    """
    return RunSQL(
        RunSQL.noop,
        r"""
        DO $$
        DECLARE
            unused regprocedure;
        BEGIN
            FOR unused IN
                SELECT oid FROM pg_proc WHERE proname LIKE 'pgtrigger\_%'
                AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgfoid = pg_proc.oid)
            LOOP
                EXECUTE 'DROP FUNCTION ' || unused;
            END LOOP;
        END $$
        """,
    )
