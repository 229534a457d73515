"""Fixtures that every test may use. Data come from `tests/factories.py` or from services."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation


def pytest_configure(config: pytest.Config) -> None:
    """Take signals as anybody does, for us and for the processes that the tests start.

    A shell that starts the tests in the background has Ctrl-C ignored, nohup the loss of the
    terminal, and children inherit that.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


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
    from django.test import override_settings

    with override_settings(STORAGES=storages):
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Hash passwords quickly: hundreds of tests log somebody in, and none is about the hashing."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
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
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "the browser tests need chromium: see .ci/test"
    # The driver keeps an event loop in this thread; Django would take us for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def site_url(request: pytest.FixtureRequest) -> str:
    """Where the browser finds the site: the test's own database, served by a thread."""
    return str(request.getfixturevalue("live_server").url)


@pytest.fixture
def page(browser: Any, site_url: str) -> Iterator[Any]:
    """A fresh browser page, whose requests outside the site and script errors fail the test."""
    context = browser.new_context(locale="vi-VN", base_url=site_url)
    page = context.new_page()
    problems: list[str] = []
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
    page.problems = problems
    yield page
    context.close()
    assert problems == []
