"""Django's PostgreSQL backend, for the embedded server and for one of your own.

It starts the embedded server when it is needed (for the settings see
`portal.postgresql.connection.database_settings`), and checks the health of a connection once a
second at most.
"""

import time
from typing import Any

from django.db.backends.postgresql import base, operations

from portal.postgresql import EmbeddedPostgresError, embedded

# A request that comes sooner does not check the connection: the check costs a round trip, as much
# as a statement of the page itself. If the server was restarted in between, that one request fails,
# and Django closes the connection.
HEALTHY_FOR_SECONDS = 1.0


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """What ran; of a prepared statement, whose values go apart, the text that was given."""
        return str(super().last_executed_query(cursor, sql, params) or sql)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    healthy_until = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; where the embedded server does not answer, have it started and connect again.

        Raises psycopg.OperationalError, as Django expects, with the sentence that says what to do.
        """
        if "DATA_FOLDER" not in self.settings_dict:
            return super().get_new_connection(conn_params)
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

    def is_usable(self) -> bool:
        """Whether the connection answers; a good answer holds for HEALTHY_FOR_SECONDS."""
        now = time.monotonic()
        if self.connection is not None and not self.errors_occurred and now < self.healthy_until:
            return True
        is_usable = bool(super().is_usable())
        self.healthy_until = now + HEALTHY_FOR_SECONDS if is_usable else 0.0
        return is_usable

    def close(self) -> None:
        self.healthy_until = 0.0
        super().close()
