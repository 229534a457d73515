"""How long a process that answers requests waits for the database.

A server has few threads, and each that waits is missing to all other readers: with a table locked
by somebody, 24 readers at two processes of four threads are answered in three waves, or in six if
one of the processes has taken them all. So a statement of its own, as the pages of readers send
them, waits for a lock only briefly: it never needs one that others hold for longer, save while a
table is being altered. A transaction is the work of somebody, a comment or an article, that others
may be working on too: it waits longer.

Commands of manage.py wait as long as it takes: `portal.wsgi` alone sets these limits.
"""

from typing import Any

# Milliseconds, as PostgreSQL reads them.
STATEMENT_LIMITS = {
    "lock_timeout": 250,
    "statement_timeout": 5_000,
    # The connection of a thread that hangs within a transaction is closed, and its locks with it.
    "idle_in_transaction_session_timeout": 60_000,
}
TRANSACTION_LIMITS = {
    # An import holds the lists for about a second at a time.
    "lock_timeout": 3_000,
    # A category with 100,000 articles moves within it.
    "statement_timeout": 30_000,
}

# Milliseconds. A migration that waits for a table lets nobody else pass: whoever asks for the table
# queues behind it. So it waits for less than a page of a reader does.
MIGRATION_LOCK_TIMEOUT = 100

# How a server that has vanished is noticed: libpq's parameters of a connection over the network.
NETWORK_LIMITS = {
    # Milliseconds until data that nobody confirms end a connection, also one that is being made.
    "tcp_user_timeout": 1_500,
    # Seconds of silence until the server is asked whether it lives, and until it is asked again.
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}


def limit_requests(database: dict[str, Any]) -> None:
    """Put the limits into an entry of Django's DATABASES; what its OPTIONS say has precedence.

    The server is told STATEMENT_LIMITS when a connection is made, and TRANSACTION_LIMITS at the
    beginning of each transaction (`base`): so the latter hold with a pooler in transaction mode
    too, and for the former docs/deploy.md says how.
    """
    options = database["OPTIONS"]
    limits = " ".join(f"-c {name}={value}" for name, value in STATEMENT_LIMITS.items())
    limits = f"{limits} {options.get('options', '')}".strip()
    database["OPTIONS"] = {**NETWORK_LIMITS, **options, "options": limits}
    database["TRANSACTION_LIMITS"] = TRANSACTION_LIMITS
