"""What stands in a migration of the next version: the last one must go on working beside it.

docs/adr/0016-expand-then-contract.md says why, and how to do what is refused here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from tests.last_release import ROOT, files_of_last_release

Key = tuple[str, str]

# They change the state of the models alone, or add what nobody uses yet, or lock nobody out.
HARMLESS = (
    operations.CreateModel,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.RemoveConstraint,
    operations.RunPython,
    AddIndexConcurrently,
    AddConstraintNotValid,
    ValidateConstraint,
    AddTrigger,
)
# Each locks out those who read or write its table, from its statement to the end of the migration.
LOCKING = (
    operations.AddField,
    operations.AlterField,
    operations.RemoveConstraint,
    AddConstraintNotValid,
    RemoveTrigger,
)
# Of what the last version may still read, write or be stopped by.
CONTRACTING = (
    operations.RemoveField,
    operations.DeleteModel,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.AlterUniqueTogether,
    operations.AlterIndexTogether,
    operations.RemoveIndex,
)
HOSTILE_SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|VIEW|FUNCTION|TYPE|INDEX)|RENAME|TRUNCATE|SET\s+NOT\s+NULL"
    r"|ALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE|ADD\s+COLUMN|LOCK\s+TABLE"
    r"|CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY))",
    re.IGNORECASE,
)
VARCHAR = re.compile(r"varchar\((\d+)\)")


def objections(migration: Migration, before: ProjectState, new: set[Key]) -> Iterator[str]:
    """Say what in a migration the last version may not survive.

    Args:
        before: the models as they were before this migration; it is changed.
        new: the models that the last version does not know; those made here are added.
    """
    app = migration.app_label
    locking: Operation | None = None
    for operation in migration.operations:
        model = getattr(operation, "model_name", "").lower()
        if isinstance(operation, operations.CreateModel):
            new.add((app, operation.name_lower))
        if (app, model) not in new:
            for objection in _of_operation(operation, migration, before):
                yield f"{app}.{migration.name}: {operation.describe()}: {objection}"
            if locking is not None and not _replaces(locking, operation):
                yield (
                    f"{app}.{migration.name}: {operation.describe()}: it must stand in a migration "
                    "of its own: a table stays locked while Django thinks about this operation"
                )
            if isinstance(operation, LOCKING):
                locking = operation
        operation.state_forwards(app, before)


def _replaces(former: Operation, operation: Operation) -> bool:
    """Whether two operations are what a trigger that is declared anew takes."""
    return (
        isinstance(former, RemoveTrigger)
        and isinstance(operation, AddTrigger)
        and operation.trigger.name == former.name
    )


def _of_operation(
    operation: Operation, migration: Migration, before: ProjectState
) -> Iterator[str]:
    if not migration.atomic and isinstance(operation, LOCKING):
        yield "outside a transaction it would wait for the table, and everybody else behind it"
    if isinstance(operation, HARMLESS):
        return
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for part in operation.database_operations:
            yield from _of_operation(part, migration, before)
    elif isinstance(operation, operations.RunSQL):
        yield from _of_sql(operation.sql)
    elif isinstance(operation, operations.AddField):
        yield from _of_new_field(operation.field)
    elif isinstance(operation, operations.AlterField):
        model = before.models[migration.app_label, operation.model_name_lower]
        yield from _of_changed_field(model.fields[operation.name], operation.field)
    elif isinstance(operation, RemoveTrigger):
        added = [other for other in migration.operations if isinstance(other, AddTrigger)]
        if operation.name not in [other.trigger.name for other in added]:
            yield "the last version may rest on this trigger"
    elif isinstance(operation, operations.AddIndex):
        yield "nobody could write meanwhile; use AddIndexConcurrently"
    elif isinstance(operation, operations.AddConstraint):
        yield "nobody could write meanwhile; use AddConstraintNotValid, then ValidateConstraint"
    elif isinstance(operation, CONTRACTING):
        yield "the last version still uses it"
    else:
        yield "nobody has thought about this kind of operation yet"


def _of_sql(sql: Any) -> Iterator[str]:
    parts = [sql] if isinstance(sql, str) else [p if isinstance(p, str) else p[0] for p in sql]
    for part in parts:
        found = HOSTILE_SQL.search(re.sub(r"--.*", "", part))
        if found:
            yield f"“{' '.join(found[0].split())}”"


def _of_new_field(field: models.Field[Any, Any]) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and not field.has_db_default():
        yield "rows of the last version lack it; give it null=True or db_default"
    if isinstance(field, models.GeneratedField):
        yield "it writes the whole table anew, and nobody can read it meanwhile"
    if field.unique or field.db_index:
        yield "it makes an index, and nobody can write meanwhile; use AddIndexConcurrently"


def _of_changed_field(old: models.Field[Any, Any], new: models.Field[Any, Any]) -> Iterator[str]:
    if old.null and not new.null:
        yield "the last version may write NULL"
    if (new.unique and not old.unique) or (new.db_index and not old.db_index):
        yield "it makes an index, and nobody can write meanwhile; use AddIndexConcurrently"
    if old.has_db_default() and not new.has_db_default():
        yield "the last version may leave it to the database"
    if old.db_column != new.db_column:
        yield "the last version asks for the old name"
    before, after = old.db_type(connection), new.db_type(connection)
    if before != after and not _is_wider(str(before), str(after)):
        yield f"{before} → {after}: only wider texts need no new table and fit the last version"


def _is_wider(before: str, after: str) -> bool:
    length = VARCHAR.fullmatch(before)
    wider = VARCHAR.fullmatch(after)
    return bool(length) and (after == "text" or bool(wider and int(wider[1]) >= int(length[1])))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_migrations_since_the_last_version_let_it_go_on() -> None:
    released = files_of_last_release()
    version = tomllib.loads(released["pyproject.toml"].decode())["project"]["version"]
    loader = MigrationLoader(None)
    new: set[Key] = set()
    found = []
    for key in dict.fromkeys(
        node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)
    ):
        migration = loader.graph.nodes[key]
        path = f"{type(migration).__module__.replace('.', '/')}.py"
        if not (ROOT / path).exists() or path in released:
            continue
        objected = list(objections(migration, loader.project_state(key, at_end=False), new))
        since = getattr(migration, "unused_since", None)
        if objected and (since is None or numbers(since) > numbers(version)):
            found += objected
    assert found == [], (
        f"Version {version} would not survive beside these migrations. docs/adr/0016 says how to "
        "do it in two versions; where an earlier version has stopped using what goes, the "
        "migration names it: unused_since = '0.2.0'."
    )


def test_released_migrations_stay_as_they_are() -> None:
    """Live databases have run them: a change would reach new ones alone."""
    released = {
        name: content
        for name, content in files_of_last_release().items()
        if "/migrations/" in name and not name.startswith("tests/")
    }
    assert released
    now = {name: (ROOT / name).read_bytes() for name in released if (ROOT / name).exists()}
    assert [name for name, content in released.items() if now.get(name) != content] == []


# --- The rules themselves -------------------------------------------------------------------------


def of(*planned: Operation, **attributes: Any) -> list[str]:
    """What is objected to these operations, after those that the loader knows."""
    migration = type("Migration", (Migration,), {"operations": list(planned), **attributes})(
        "next", "news"
    )
    return list(objections(migration, MigrationLoader(None).project_state(), set()))


CHECK = models.CheckConstraint(condition=models.Q(title__gt=""), name="rule")
INDEX = models.Index(fields=["title"], name="titles")


@pytest.mark.parametrize(
    "planned",
    [
        [operations.AddField("article", "note", models.TextField(null=True))],
        [operations.AddField("article", "note", models.TextField(db_default=""))],
        [operations.AlterField("article", "title", models.CharField(max_length=900))],
        [operations.AlterField("article", "title", models.TextField())],
        [AddIndexConcurrently("article", INDEX)],
        [AddConstraintNotValid("article", CHECK)],
        [ValidateConstraint("article", "rule")],
        [operations.RunSQL("CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT'")],
        # What the last version does not know cannot disturb it.
        [
            operations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]),
            operations.AddField("thing", "note", models.TextField(default="")),
            operations.RemoveField("thing", "note"),
        ],
        # The column stays; the next version removes it.
        [
            operations.SeparateDatabaseAndState(
                state_operations=[operations.RemoveField("article", "summary")]
            )
        ],
    ],
    ids=str,
)
def test_what_expands_is_let_through(planned: list[Operation]) -> None:
    assert of(*planned) == []


@pytest.mark.parametrize(
    "planned",
    [
        [operations.AddField("article", "note", models.TextField(default=""))],
        [operations.AddField("article", "note", models.TextField(null=True, db_index=True))],
        [operations.AlterField("article", "title", models.CharField(max_length=10))],
        [operations.AlterField("article", "published_at", models.DateTimeField())],
        [operations.AlterField("article", "title", models.CharField(max_length=900, unique=True))],
        [operations.AlterField("article", "title", models.IntegerField())],
        [operations.RemoveField("article", "summary")],
        [
            operations.AddField("article", "note", models.TextField(null=True)),
            operations.AddField("article", "more", models.TextField(null=True)),
        ],
        [operations.RenameField("article", "summary", "sapo")],
        [operations.DeleteModel("Series")],
        [operations.AddIndex("article", INDEX)],
        [operations.AddIndex("article", GinIndex(fields=["title"], name="gin"))],
        [operations.AddConstraint("article", CHECK)],
        [RemoveTrigger("article", "article_added_is_listed")],
        [operations.RunSQL("ALTER TABLE news_article DROP COLUMN summary")],
        [operations.RunSQL([("DROP  FUNCTION\nnews_relist", None)])],
        [operations.RunSQL("CREATE INDEX titles ON news_article (title)")],
        [operations.SeparateDatabaseAndState([operations.RemoveField("article", "summary")])],
    ],
    ids=str,
)
def test_what_the_last_version_would_not_survive_is_named(planned: list[Operation]) -> None:
    assert len(of(*planned)) == 1


def test_a_rule_is_validated_when_nobody_is_locked_out_any_more() -> None:
    (objection,) = of(
        AddConstraintNotValid("article", CHECK), ValidateConstraint("article", "rule")
    )
    assert "in a migration of its own" in objection


def test_triggers_of_many_tables_are_not_replaced_while_one_of_them_is_locked() -> None:
    """This one, of before the first release, kept readers from all articles for 0.7 s."""
    loader, key = MigrationLoader(None), ("news", "0004_lock_order")
    before = loader.project_state(key, at_end=False)
    objected = list(objections(loader.graph.nodes[key], before, set()))
    assert len([o for o in objected if "in a migration of its own" in o]) == 7


def test_only_indexes_are_made_outside_a_transaction() -> None:
    assert of(AddIndexConcurrently("article", INDEX), atomic=False) == []
    assert len(of(AddConstraintNotValid("article", CHECK), atomic=False)) == 1
