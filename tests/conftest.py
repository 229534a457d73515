"""Fixtures that every test may use. Data come from `tests/factories.py` or from services."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client, TransactionTestCase, override_settings
from django.utils import translation

from tests.portal.running import PATIENCE, wait_for

SLOW = ("processes", "browser")  # markers, see pyproject.toml


def pytest_configure(config: pytest.Config) -> None:
    """Take signals as anybody does, for us and for the processes that the tests start.

    A shell that starts the tests in the background has Ctrl-C ignored, nohup the loss of the
    terminal, and children inherit that.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left alone with one at the end.

    Those are the demo site, then all that start servers, then all that drive a browser. Which comes
    first among equals is left to chance, as is the order of the tests in a file.
    """

    def place(item: pytest.Item) -> int:
        slow = ("demo" in getattr(item, "fixturenames", ()), *map(item.get_closest_marker, SLOW))
        return next((number for number, is_so in enumerate(slow) if is_so), len(slow))

    of_file: dict[Path, int] = {}
    for item in items:
        of_file[item.path] = min(place(item), of_file.get(item.path, place(item)))
    items.sort(key=lambda item: of_file[item.path])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """End the sessions that are left when the tests are done, and say what they did last.

    A thread of the live server keeps its session while a browser keeps its connection, and a
    database with a session cannot be dropped.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000), state, left(query, 200) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        for _ended, state, query in cursor.fetchall():
            print(f"\na session was left, {state}: {query}")


@pytest.fixture(autouse=True, scope="session")
def _quick_flush() -> Iterator[None]:
    """Empty only the tables that have rows after a test with `django_db(transaction=True)`.

    Django's `flush` truncates all of them and makes content types, permissions and groups again:
    0.36 s of a processor for each such test, against 0.04 s.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_tables())
        yield


def empty_tables() -> None:
    """Truncate the tables that have rows, save what migrations and their receivers write."""
    kept = {"django_migrations", "django_content_type"}
    kept |= {"auth_permission", "auth_group", "auth_group_permissions"}
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in kept]
        asked = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables]  # noqa: S608
        cursor.execute(" UNION ALL ".join(asked))
        if filled := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")


@pytest.fixture(scope="module")
def module_data(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A transaction around all tests of a module, for a data set that is made once.

    Each test still has a transaction of its own inside it (a savepoint). Files of the data set are
    not in the media folder of a test. Not for modules with `django_db(transaction=True)`.
    """
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=media):
        yield
        transaction.set_rollback(True)


@pytest.fixture
def empty_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Give the alias of a new database beside that of the tests."""
    with django_db_blocker.unblock():
        alias, name = "empty", f"{connection.settings_dict['NAME']}_empty"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        connections.databases[alias] = {**connections.databases["default"], "NAME": name}
        yield alias
        connections[alias].close()
        del connections.databases[alias], connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path, settings: Any) -> None:
    """No test sees the files of another, or of the developer's site."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _visits_stay_in_memory() -> Iterator[None]:
    """Nothing is written behind the back of a test: it calls `recorder.flush()` where it counts."""
    from stats.recorder import recorder

    recorder.writes_by_itself = False
    yield
    recorder.reset()


@pytest.fixture(autouse=True)
def _patient_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that is slow because the machine is busy finds what it finds."""
    monkeypatch.setattr("news.search.finding.TIMEOUT", timedelta(seconds=PATIENCE))


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True, scope="session")
def _plain_static_files() -> Iterator[None]:
    """Serve static files as they are: collecting them is the server's affair."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    with override_settings(STORAGES=storages):
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Hash passwords quickly: hundreds of tests log somebody in, and none is about the hashing."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def middle_of_an_hour() -> Iterator[None]:
    """Let no day and no limit of an hour or a minute end during the test; the clock runs on."""
    with time_machine.travel(datetime.now(UTC).replace(minute=20, second=5), tick=True):
        yield


@pytest.fixture(scope="session")
def real_input() -> Path:
    """The folder of real articles, which are not ours to keep in the repository."""
    folder = Path(os.environ.get("REAL_INPUT", settings.BASE_DIR.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real input: {folder} does not exist (set REAL_INPUT)")
    return folder


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Any]:
    """A real chromium, shared by the browser tests; each opens a context of its own.

    It ends before the test database does: while it keeps a connection to the live server open, the
    thread behind that one keeps a session of the database.
    """
    from playwright.sync_api import expect, sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "the browser tests need chromium: see .ci/test"
    # The driver keeps an event loop in this thread; Django would take us for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def site_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the browser finds the site: the test's own database, served by threads.

    They end before the next test begins: what a page sends when it is left, as its view to be
    counted, would else be found there.
    """
    yield str(request.getfixturevalue("live_server").url)
    wait_for(lambda: not [t for t in threading.enumerate() if "process_request_thread" in t.name])


@pytest.fixture
def open_page(browser: Any, site_url: str) -> Iterator[Callable[..., Any]]:
    """Open pages, each of a fresh browser with the given options of a context of Playwright.

    Requests outside the site and errors in the console fail the test. A page's `problems` are those
    so far; what a test brings about itself it names, by a part of the message, in `forgiven`.
    """
    pages = []

    def open_one(**options: Any) -> Any:
        context = browser.new_context(**{"locale": "vi-VN", "base_url": site_url} | options)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        problems: list[str] = []
        page.problems, page.forgiven = problems, []
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on(
            "console",
            lambda message: problems.append(message.text) if message.type == "error" else None,
        )
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((site_url, "data:", "blob:", "about:"))
                else problems.append(f"request to another host: {request.url}")
            ),
        )
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.context.close()
    for page in pages:
        left = [p for p in page.problems if not any(part in p for part in page.forgiven)]
        assert left == []


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """A fresh page."""
    return open_page()


@pytest.fixture
def scriptless(open_page: Callable[..., Any]) -> Any:
    """A fresh page of a browser without JavaScript."""
    return open_page(java_script_enabled=False)


@pytest.fixture
def sign_in(page: Any, site_url: str) -> Callable[[Any], None]:
    """Sign a user in on the page, past the form: that is a test of its own."""

    def sign(user: Any) -> None:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": site_url}]
        )

    return sign
