"""Fixtures of the tests that run things as they ship. Root of a Debian machine runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings

from portal.error_pages import write_error_pages
from tests.deploy.backend import Backend, Reply, running_backend
from tests.deploy.nginx import Nginx, open_folder, running_nginx
from tests.deploy.postgresql import PostgreSQL
from tests.deploy.unit import Machine, Service
from tests.portal import running
from tests.portal.running import hold_port

HOST = "portal.example.gov.vn"
NUMBERS = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.deploy)


@pytest.fixture(autouse=True, scope="session")
def _as_root() -> None:
    assert os.geteuid() == 0, "tests/deploy mounts folders and changes accounts: run it as root"


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that every account may pass through, as the folders of a server."""
    path = Path(tempfile.mkdtemp(prefix="congtin-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL 15. A test that stops it starts it again."""
    folder = Path(tempfile.mkdtemp(prefix="congtin-"))
    folder.chmod(0o711)
    server = PostgreSQL(folder / "postgresql")
    server.start()
    yield server
    server.remove()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated(postgresql: PostgreSQL) -> str:
    """The name of a database with the tables of the site, at rest, for others to copy."""
    url = postgresql.create_database("migrated")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url},
        check=True,
    )
    return "migrated"


@pytest.fixture
def database(postgresql: PostgreSQL, migrated: str) -> str:
    """The DATABASE_URL of an empty, migrated database of this test."""
    return postgresql.create_database(f"site_{next(NUMBERS)}", migrated)


@pytest.fixture
def machine(folder: Path, database: str) -> Machine:
    """A machine on which the site is installed and has run before: its static files are there."""
    machine = Machine(
        folder,
        SECRET_KEY="k" * 60,
        ALLOWED_HOSTS=HOST,
        DATABASE_URL=database,
        BEHIND_PROXY="true",
    )
    machine.lay_out_data()
    running.prepare()
    shutil.copytree(running.SHARED / "static", machine.data / "static")
    machine.own(machine.data / "static")
    return machine


@pytest.fixture
def site(machine: Machine) -> Iterator[Service]:
    """congtin.service, active on that machine."""
    service = Service(machine)
    try:
        service.start()
        yield service
    finally:
        service.close()


@pytest.fixture(scope="module")
def files() -> Iterator[Path]:
    """PORTAL_DATA of a site of which nginx alone runs: pictures, a style sheet, a secret."""
    with open_folder() as data:
        write_error_pages(data / "error-pages")
        for name, content in {
            "secret": "mat khau",
            "static/site.css": "a { color: red }\n" * 100,
            "media/anh/a.webp": "RIFF" * 1000,
            "media/tep/a.pdf": "%PDF past the application",
        }.items():
            path = data / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        yield data


@pytest.fixture(scope="module")
def _one_backend() -> Iterator[Backend]:
    with running_backend() as backend:
        yield backend


@pytest.fixture
def backend(_one_backend: Backend) -> Backend:
    """An application that answers `Reply()` until the test says otherwise."""
    _one_backend.answer = lambda request: Reply()
    return _one_backend


@pytest.fixture(scope="module")
def nginx(_one_backend: Backend, files: Path) -> Iterator[Nginx]:
    """nginx before that application."""
    with (
        open_folder() as folder,
        running_nginx(folder, backend=_one_backend.port, data=files) as nginx,
    ):
        yield nginx


@pytest.fixture(scope="module")
def down(files: Path) -> Iterator[Nginx]:
    """nginx before an application that is not there."""
    with (
        open_folder() as folder,
        hold_port() as held,
        running_nginx(folder, backend=held.getsockname()[1], data=files) as nginx,
    ):
        yield nginx
