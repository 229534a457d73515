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

from tests.deploy.postgresql import PostgreSQL
from tests.deploy.unit import Machine, Service
from tests.portal import running

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
