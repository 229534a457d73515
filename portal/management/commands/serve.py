"""`make run`: everything from an empty folder to a site that answers."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
from argparse import ArgumentParser

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.utils.translation import gettext as _
from gunicorn.systemd import sd_notify

from news.failures import reason_of_system
from portal.demo import staff
from portal.error_pages import write_error_pages
from portal.management.commands.migrate import ATTEMPTS, TableInUseError
from portal.models import SiteIdentity
from portal.server import Server, listening_socket, unavailable
from portal.version import VERSION

# Between two attempts to reach the database: each is told in the journal, with its reason.
RETRY_SECONDS = 3.0

logger = logging.getLogger("portal")


class Command(BaseCommand):
    help = "Prepare the database and the files, then serve the site with the production server."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--no-demo", action="store_true", help="start with an empty site")
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="only prepare: for an update, while the version before still serves",
        )

    def handle(
        self,
        *args: object,
        host: str,
        port: int,
        no_demo: bool,
        prepare: bool,
        **options: object,
    ) -> None:
        self.step(f"Cổng Tin {VERSION}")
        if prepare:
            self.prepare_files()
            self.migrate(attempts=ATTEMPTS)
            return
        with self.listen(host, port) as listener:
            self.prepare_and_run(listener, no_demo=no_demo)

    def prepare_and_run(self, listener: socket.socket, *, no_demo: bool) -> None:
        # First what nginx gives out by itself while it waits for us.
        self.prepare_files()
        self.step(_("Database: starting and bringing up to date …"))
        self.wait_and_migrate(listener)
        with_demo = settings.PORTAL_LOCAL and not no_demo
        if with_demo and not SiteIdentity.objects.exists():
            self.step(_("Demo content: loading, once only …"))
            call_command("load_demo", stdout=self.stdout)
        logins = staff.ensure_logins(settings.PORTAL_DATA) if with_demo else []
        # The workers open connections of their own: forked processes must not share a socket.
        connections.close_all()

        host, port = listener.getsockname()[:2]

        def ready() -> None:
            self.announce(f"http://{host}:{port}/", logins)

        Server(listener, when_ready=ready).run()

    def prepare_files(self) -> None:
        self.step(_("Style sheets and scripts: collecting …"))
        try:
            self.collect_static()
            write_error_pages(settings.ERROR_PAGES_ROOT)
        except OSError as error:
            raise CommandError(
                _("The disk is full or cannot be written to: %(path)s (%(error)s).")
                % {
                    "path": error.filename or settings.STATIC_ROOT,
                    "error": reason_of_system(error),
                }
            ) from None

    def step(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()

    def listen(self, host: str, port: int) -> socket.socket:
        """Report a port that is in use before anything is prepared."""
        try:
            return listening_socket(host, port)
        except OSError as error:
            raise CommandError(
                _("Port %(port)s cannot be used (%(error)s). Choose another: PORT=8001 make run")
                % {"port": port, "error": reason_of_system(error)}
            ) from None

    def wait_and_migrate(self, listener: socket.socket) -> None:
        """Bring the database up to date, and wait for one that is not there, without end.

        A server that starts late, a restart, a password that somebody is about to mend, a table
        that somebody uses: the site comes by itself. Meanwhile whoever asks gets the page for 503.
        """
        with contextlib.ExitStack() as meanwhile:
            is_waiting = False
            while True:
                try:
                    return self.migrate()
                except TableInUseError as error:
                    reason = " ".join(str(error.__cause__).split())
                except OperationalError as error:
                    reason = " ".join(str(error).split())
                    self.step(
                        _("The site waits for the database, which does not answer: %(reason)s")
                        % {"reason": reason}
                    )
                connections.close_all()
                if not is_waiting:
                    is_waiting = True
                    meanwhile.enter_context(unavailable(listener))
                # To systemd we are started: it is the database that is late.
                sd_notify(f"READY=1\nSTATUS=Waiting for the database: {reason}", logger)
                time.sleep(RETRY_SECONDS)

    def migrate(self, attempts: int = 1) -> None:
        """Bring the database up to date; a table in use is tried so often.

        Raises OperationalError if it is not there, TableInUseError if others hold a table.
        """
        try:
            call_command(
                "migrate", verbosity=0, interactive=False, attempts=attempts, stdout=self.stdout
            )
        except InconsistentMigrationHistory:
            raise CommandError(
                _(
                    "The data in %(folder)s were made by a version before the release, and this "
                    "version cannot use them: back up what is still needed, then remove this "
                    "folder (with DATABASE_URL: empty the database) and start again."
                )
                % {"folder": settings.PORTAL_DATA}
            ) from None

    def collect_static(self) -> None:
        """Collect the static files of this version, unless that has been done to its end."""
        # The workers inherit what this reads. One that is forked after an update could not find
        # its manifest: the files in the folder of the code are those of the next version.
        manifest = getattr(staticfiles_storage, "manifest_name", "no manifest")
        stamp = settings.STATIC_ROOT / f".collected-{manifest}"
        if not stamp.exists():
            # Files of other versions are kept: they may be running, and caches have their pages.
            call_command("collectstatic", verbosity=0, interactive=False)
            stamp.touch()

    def announce(self, address: str, logins: list[staff.Login]) -> None:
        lines = ["", _("The portal runs: %(address)s") % {"address": address}]
        if logins:
            lines.append(_("Staff log in at %(address)s") % {"address": f"{address}admin/"})
            lines += [
                f"    {login.username:<10} {login.password}   {login.role}" for login in logins
            ]
        lines += [_("All data lies in %(folder)s") % {"folder": settings.PORTAL_DATA}]
        lines += [_("Ctrl-C stops everything."), ""]
        self.stdout.write("\n".join(str(line) for line in lines))
        self.stdout.flush()
