"""`migrate` beside a site that serves: one at a time, and not for long in the way of readers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected, LockNotAvailable

# A migration that does not get its table at once (see `portal.postgresql.limits`) undoes what it
# did, lets those pass who wait behind it, and tries again.
ATTEMPTS = 60
PAUSE_SECONDS = 1.0


class TableInUseError(CommandError):
    """Others have held a table during every attempt; caused by the error of the last one."""


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--attempts", type=int, default=ATTEMPTS, help="how often a table in use is tried"
        )

    def handle(self, *args: Any, attempts: int, **options: Any) -> None:
        """Migrate. Raises TableInUseError; what was done until then is kept."""
        with self.alone(options["database"]):
            for attempt in range(1, attempts + 1):
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as error:
                    if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                        raise
                    self.say(
                        _(
                            "An update of the database waits for a table that others are using, "
                            "and is tried again: %(reason)s"
                        )
                        % {"reason": " ".join(str(error).split())}
                    )
                    if attempt == attempts:
                        raise TableInUseError(self.refusal()) from error
                time.sleep(PAUSE_SECONDS)

    def refusal(self) -> str:
        return _(
            "A table has been in use for too long, so the database is not up to date. What was "
            "done is kept. End the long transaction (see pg_stat_activity) and run migrate again."
        )

    @contextmanager
    def alone(self, database: str) -> Iterator[None]:
        """Wait until no other host migrates this database, and let none begin meanwhile.

        A lock of a transaction, on a connection of its own: one of a session would stay behind in
        a connection pooler, and who waits in a statement would hold up `CREATE INDEX CONCURRENTLY`.
        """
        keeper = connections[database].copy()
        try:
            keeper.set_autocommit(False)
            is_told = False
            while not self._has_lock(keeper):
                keeper.rollback()
                if not is_told:
                    self.say(_("Another host is migrating this database; waiting for it …"))
                    is_told = True
                time.sleep(PAUSE_SECONDS)
            yield
        finally:
            keeper.close()

    def _has_lock(self, keeper: Any) -> bool:
        with keeper.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('portal_migrate'))")
            return bool(cursor.fetchone()[0])

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
