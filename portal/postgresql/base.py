"""Django's PostgreSQL backend, for the embedded server and for one of your own.

It starts the embedded server when it is needed (for the settings see
`portal.postgresql.connection.database_settings`), checks the health of a connection once a second
at most, asks a server that does not answer no more often than it must, and sets the limits of
transactions and migrations (`portal.postgresql.limits`).
"""

import time
from typing import Any

from django.db.backends.postgresql import base, operations, schema

from portal.postgresql import EmbeddedPostgresError, embedded
from portal.postgresql.limits import MIGRATION_LOCK_TIMEOUT

# A request that comes sooner does not check the connection: the check costs a round trip, as much
# as a statement of the page itself. If the server was restarted in between, that one request fails,
# and Django closes the connection.
HEALTHY_FOR_SECONDS = 1.0

# A server that has not answered for SILENT_SECONDS is not asked again for so long, by any thread:
# each would wait as long as the first. One that refuses at once may be asked at once.
SILENT_SECONDS = 1.0
SPARED_SECONDS = 2.0
_spared_until = 0.0


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """What ran; of a prepared statement, whose values go apart, the text that was given."""
        return str(super().last_executed_query(cursor, sql, params) or sql)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """A migration gives up a table that it does not get at once; `migrate` tries it again."""

    def __enter__(self) -> Any:
        editor = super().__enter__()
        # Outside a transaction indexes are made beside the writers: who waits stops nobody.
        if self.atomic_migration and not self.collect_sql:
            self.execute(f"SET LOCAL lock_timeout = {MIGRATION_LOCK_TIMEOUT:d}")
        return editor


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor
    ops_class = DatabaseOperations
    healthy_until = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; where the embedded server does not answer, have it started and connect again.

        Raises psycopg.OperationalError, as Django expects, with the sentence that says what to do.
        """
        if "DATA_FOLDER" not in self.settings_dict:
            return self._connect(conn_params)
        server = embedded.for_folder(self.settings_dict["DATA_FOLDER"])
        try:
            server.ensure_started()
            try:
                return super().get_new_connection(conn_params)
            except self.Database.OperationalError:
                server.recover()
        except EmbeddedPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error
        return super().get_new_connection(conn_params)

    def _connect(self, conn_params: dict[str, Any]) -> Any:
        if time.monotonic() < _spared_until:
            raise self.Database.OperationalError(
                "The database server did not answer a moment ago and is not asked again yet."
            )
        asked_at = time.monotonic()
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            _spare_if_silent_since(asked_at)
            raise

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:
        """Begin or end transactions; each that begins has limits of its own.

        `transaction.atomic()` comes here at its outermost beginning.
        """
        super().set_autocommit(autocommit, *args, **kwargs)
        limits = self.settings_dict.get("TRANSACTION_LIMITS")
        if limits and not autocommit:
            statement = "; ".join(f"SET LOCAL {name} = {limits[name]:d}" for name in limits)
            try:
                with self.wrap_database_errors, self.connection.cursor() as cursor:
                    cursor.execute(statement)
            except BaseException:
                # atomic() has not begun: it would leave a connection that commits nothing.
                self.close()
                raise

    def is_usable(self) -> bool:
        """Whether the connection answers; a good answer holds for HEALTHY_FOR_SECONDS."""
        now = time.monotonic()
        if self.connection is not None and not self.errors_occurred and now < self.healthy_until:
            return True
        is_usable = bool(super().is_usable())
        if not is_usable:
            _spare_if_silent_since(now)
        self.healthy_until = now + HEALTHY_FOR_SECONDS if is_usable else 0.0
        return is_usable

    def close(self) -> None:
        self.healthy_until = 0.0
        super().close()


def _spare_if_silent_since(asked_at: float) -> None:
    global _spared_until
    now = time.monotonic()
    if now - asked_at > SILENT_SECONDS:
        _spared_until = now + SPARED_SECONDS
