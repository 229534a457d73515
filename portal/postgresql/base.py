"""Django's PostgreSQL backend, which starts the embedded server when it is needed.

Settings: see `portal.embedded.database_settings`.
"""

from typing import Any

from django.db.backends.postgresql import base

from portal import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; where the server does not answer, have it started and connect once more.

        Raises psycopg.OperationalError, as Django expects, with the sentence that says what to do.
        """
        server = embedded.for_folder(self.settings_dict["DATA_FOLDER"])
        try:
            server.join()
            try:
                return super().get_new_connection(conn_params)
            except self.Database.OperationalError:
                server.recover()
        except embedded.EmbeddedPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error
        return super().get_new_connection(conn_params)
