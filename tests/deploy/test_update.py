"""An update without a gap: the next version takes over from the last one, and gives it back.

The last version (`.ci/last-release`) fills a database with its own migrations and its own demo.
While readers read and others write, the next version brings the database up to date, then both
serve, then the next alone, then the last one again. Nobody may notice, and nothing may be missing.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from portal.postgresql.embedded import EmbeddedPostgres
from tests.deploy.people import People
from tests.deploy.versions import Version, environment, last_version, next_version, stop
from tests.portal.running import PATIENCE, wait_for

pytestmark = pytest.mark.deploy


@pytest.fixture
def database(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server that both versions are told of, as of one on a host of its own."""
    server = EmbeddedPostgres(tmp_path / "database")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def versions(tmp_path: Path, database: EmbeddedPostgres) -> tuple[Version, Version]:
    """The last version and the next one: two hosts of one site."""
    where = database.connection_parameters()
    shared = {
        "DATABASE_URL": "postgres://{user}@/{dbname}?host={host}&port={port}".format(**where),
        "MEDIA_ROOT": str(tmp_path / "media"),
        "STATIC_ROOT": str(tmp_path / "static"),
    }
    last, following = last_version(tmp_path), next_version(tmp_path)
    for version, name in ((last, "host-1"), (following, "host-2")):
        (tmp_path / name).mkdir()
        version.environment = environment(PORTAL_DATA=str(tmp_path / name), **shared)
    last.collect_static()
    return last, following


def answers(listener: socket.socket) -> bool:
    connection = http.client.HTTPConnection(*listener.getsockname(), timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def test_next_version_takes_over_and_gives_back_without_a_gap(
    tmp_path: Path, database: EmbeddedPostgres, versions: tuple[Version, Version]
) -> None:
    last, following = versions
    with ExitStack() as ending:

        def start(version: Version, listener: socket.socket) -> subprocess.Popen[bytes]:
            process = version.serve(listener)
            ending.callback(stop, process)
            wait_for(lambda: answers(listener) or process.poll() is not None, 5 * PATIENCE)
            assert process.poll() is None, version.log.read_text()
            return process

        one, two = (
            ending.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1000))
            for _host in range(2)
        )
        on_one = start(last, one)
        staff = json.loads((tmp_path / "host-1" / "demo_staff.json").read_text())
        connect = ending.enter_context(
            psycopg.connect(**database.connection_parameters(), autocommit=True)
        )
        people = People(connect, [one], staff[0]["username"], staff[0]["password"])
        with people:
            people.go_on()
            following.manage("migrate", "--verbosity=0")
            people.go_on()  # the last version, in the database of the next one

            following.collect_static()
            on_two = start(following, two)
            people.use(one, two)
            people.go_on()  # both

            people.use(two)
            stop(on_one)
            one.close()
            people.go_on()  # the next version alone

            # Back again, as on one machine: whoever asks meanwhile waits in the socket. No
            # migration is reversed.
            last.collect_static()
            stop(on_two)
            start(last, two)
            people.go_on()
        people.expect_everything_is_kept()
        for version in versions:
            assert "ERROR" not in version.log.read_text()
