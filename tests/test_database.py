"""The functions and triggers of the database are those of the source, and migrations go back."""

from __future__ import annotations

import re

import pgtrigger
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from news.sql_files import CreateFunctions, digest_of

# Without what belongs to an extension.
FUNCTIONS = """
    SELECT oid::regprocedure::text, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = oid AND deptype = 'e'
    )
"""
TRIGGERS = """
    SELECT tgname || ' ON ' || tgrelid::regclass, pg_get_triggerdef(oid) || tgenabled::text
    FROM pg_trigger WHERE NOT tgisinternal
"""
SCHEMA = {
    "functions": FUNCTIONS,
    "triggers": TRIGGERS,
    "columns": """
        SELECT attrelid::regclass || '.' || attname,
            concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                attstorage, attcollation::regcollation, pg_get_expr(adbin, adrelid))
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "tables": """
        SELECT oid::regclass::text, reloptions::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    """,
    "extensions": "SELECT extname, extversion FROM pg_extension",
}


def rows(statement: str, database: str = "default") -> dict[str, str]:
    with connections[database].cursor() as cursor:
        cursor.execute(statement)
        return dict(cursor.fetchall())


def schema(database: str) -> dict[str, dict[str, str]]:
    return {kind: rows(statement, database) for kind, statement in SCHEMA.items()}


@pytest.mark.django_db
def test_functions_and_triggers_of_the_database_are_those_of_the_source() -> None:
    functions, triggers = rows(FUNCTIONS), rows(TRIGGERS)
    with connection.cursor() as cursor:
        for trigger in triggers:
            cursor.execute(f"DROP TRIGGER {trigger}")
        # An index made of a function goes with it.
        cursor.execute(f"DROP FUNCTION {', '.join(functions)} CASCADE")
        for path in sorted(settings.BASE_DIR.glob("*/sql/*.sql")):
            cursor.execute(path.read_text())
    pgtrigger.install()

    assert rows(FUNCTIONS) == functions
    assert rows(TRIGGERS) == triggers


def test_last_migration_of_each_file_of_functions_has_its_digest() -> None:
    loader = MigrationLoader(None)
    last: dict[str, str] = {}
    for key in dict.fromkeys(
        node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)
    ):
        for operation in loader.graph.nodes[key].operations:
            if isinstance(operation, CreateFunctions):
                last[operation.path] = operation.digest

    paths = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in settings.BASE_DIR.glob("*/sql/*.sql")
    ]
    forgotten = [
        f'create_functions("{path}", digest="{digest_of(path)}", reverse_sql=RunSQL.noop)'
        for path in sorted(paths)
        if last.get(path) != digest_of(path)
    ]
    assert not forgotten, (
        "These files have changed since their last migration, and a live database would keep the"
        " old functions. Write a migration with these operations, and read in"
        " docs/adr/0013-triggers-and-functions-have-a-source.md what its way back needs:\n"
        + "\n".join(forgotten)
    )


def named_in_the_paper(heading: str) -> set[str]:
    """The names in the second column of the table below a heading of docs/database.md."""
    paper = (settings.BASE_DIR / "docs" / "database.md").read_text(encoding="utf-8")
    section = paper.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[2] for line in section.splitlines() if line.startswith("|")]
    return set(re.findall(r"`(\w+)`", " ".join(cells)))


@pytest.mark.django_db
def test_paper_names_every_function_and_every_trigger() -> None:
    functions = {signature.split("(")[0] for signature in rows(FUNCTIONS)}

    assert named_in_the_paper("Functions") == {
        name for name in functions if "pgtrigger_" not in name
    }
    assert named_in_the_paper("Triggers") == {trigger.name for _, trigger in pgtrigger.registered()}


def test_migrations_go_to_zero_and_back_to_the_same_schema(empty_database: str) -> None:
    call_command("migrate", database=empty_database, verbosity=0)
    before = schema(empty_database)

    # The tables of all other apps point to the users of the portal, and go before them.
    for app in ("portal", "comments_captcha"):
        call_command("migrate", app, "zero", database=empty_database, verbosity=0)
    left = schema(empty_database)
    call_command("migrate", database=empty_database, verbosity=0)

    # pgtrigger's own function, which is the same for all triggers.
    assert list(left["functions"]) == ["_pgtrigger_should_ignore(name)"]
    assert left["triggers"] == {}
    ours = tuple(f"{app}_" for app in ("portal", "stats", "comments", "ratings", "news"))
    assert [table for table in left["tables"] if table.startswith(ours)] == []
    assert schema(empty_database) == before


@pytest.mark.django_db
def test_serve_refuses_a_database_of_the_former_migrations_in_words() -> None:
    recorder = MigrationRecorder(connection)
    former = [("portal", "0002_redirects"), ("news", "0002_relations")]
    recorder.migration_qs.exclude(name="0001_initial").filter(app__in=["portal", "news"]).delete()
    for app, name in former:
        recorder.record_applied(app, name)
    applied, before = recorder.applied_migrations().keys(), schema("default")

    with pytest.raises(CommandError) as refusal:
        call_command("serve", "--no-demo", "--port=0")

    assert str(refusal.value).startswith(f"Dữ liệu trong {settings.PORTAL_DATA} do một phiên bản")
    assert "xóa thư mục này" in str(refusal.value)
    assert recorder.applied_migrations().keys() == applied
    assert schema("default") == before
