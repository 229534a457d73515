"""The embedded PostgreSQL, and Django's database backend for it.

base         the backend: settings name this package as ENGINE
embedded     the server as one process of several uses it
cluster      the files of the database and the server that works on them
account      the system account of the server
log          its log file
connection   where its socket is
binaries, files, processes    PostgreSQL's programs, lock files, /proc
"""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot work here; the message says what to do."""

    def __init__(self, reason: str):
        super().__init__(
            f"{reason}\nTo use a PostgreSQL server of your own instead, set DATABASE_URL."
        )
