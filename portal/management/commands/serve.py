"""`make run`: everything from an empty folder to a site that answers."""

from __future__ import annotations

import hashlib
import os
import socket
from argparse import ArgumentParser

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.utils.translation import gettext as _

from portal.demo import staff
from portal.models import SiteIdentity
from portal.server import Server
from portal.version import VERSION


class Command(BaseCommand):
    help = "Prepare the database and the files, then serve the site with the production server."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--no-demo", action="store_true", help="start with an empty site")

    def handle(self, *args: object, host: str, port: int, no_demo: bool, **options: object) -> None:
        self.step(f"Cổng Tin {VERSION}")
        self.check_port(host, port)
        self.step(_("Database: starting and bringing up to date …"))
        self.migrate()
        self.step(_("Style sheets and scripts: collecting …"))
        self.collect_static()
        with_demo = settings.PORTAL_LOCAL and not no_demo
        if with_demo and not SiteIdentity.objects.exists():
            self.step(_("Demo content: loading, once only …"))
            call_command("load_demo", stdout=self.stdout)
        logins = staff.ensure_logins(settings.PORTAL_DATA) if with_demo else []
        # The workers open connections of their own: forked processes must not share a socket.
        connections.close_all()

        def ready() -> None:
            self.announce(f"http://{host}:{port}/", logins)

        Server(f"{host}:{port}", when_ready=ready).run()

    def step(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()

    def check_port(self, host: str, port: int) -> None:
        """Report a port that is in use before anything is prepared."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    _(
                        "Port %(port)s cannot be used (%(error)s). "
                        "Choose another: PORT=8001 make run"
                    )
                    % {"port": port, "error": error.strerror}
                ) from None

    def migrate(self) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
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
        """Collect the static files if any of them changed since the last time."""
        digest = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                stat = os.stat(storage.path(path))
                digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
        stamp = settings.STATIC_ROOT / ".collected"
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        # Files of earlier versions are kept: cached pages still refer to them.
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(digest.hexdigest())

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
