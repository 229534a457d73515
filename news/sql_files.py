"""Migration operations for the SQL of the apps: their functions stand in `<app>/sql/*.sql`."""

from __future__ import annotations

import re

from django.conf import settings
from django.db.migrations import RunSQL


def create_functions(path: str) -> RunSQL:
    """Create the functions of a file; reversed, drop them.

    Args:
        path: the file, from the root of the repository: `news/sql/listings.sql`. Each function in
            it begins with `CREATE OR REPLACE FUNCTION name(`, and its name is not used twice.
    """
    sql = (settings.BASE_DIR / path).read_text()
    names = re.findall(r"^CREATE OR REPLACE FUNCTION (\w+)\(", sql, re.MULTILINE)
    return RunSQL(sql, f"DROP FUNCTION {', '.join(names)}")


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
