# ruff: noqa: S311 – chance decides when something is killed
"""SIGKILL in the middle of uploads, publications and imports: nothing half, and back by itself."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.deploy.conftest import HOST
from tests.deploy.nginx import Nginx, running_nginx
from tests.deploy.postgresql import PostgreSQL, children
from tests.deploy.sandbox import Machine
from tests.deploy.staff import Staff, article_form
from tests.deploy.test_full_disk import document, make_category, photo
from tests.deploy.unit import Service, kill
from tests.portal.running import PATIENCE, wait_for

# Whatever was killed: rows without their files, and published articles that no list has.
HALF = """
from django.core.files.storage import default_storage
from news.models import Article, Attachment, Image, Listing
from news.renditions import MasterName
paths = [image.file.name for image in Image.objects.all()]
paths += [copy.path for path in paths for copy in MasterName.parse(path).renditions()]
paths += Attachment.objects.values_list("file", flat=True)
half = [path for path in paths if not default_storage.exists(path)]
half += Article.objects.published().exclude(pk__in=Listing.objects.values("article"))
half += Article.objects.published().filter(attachments=None)
print(half)
"""
# A day later.
PURGE = """
from datetime import timedelta
from django.utils import timezone
from news.unused_files import purge_unused_files
print(len(list(purge_unused_files(now=timezone.now() + timedelta(days=2)))))
"""


def shell(site: Service, code: str) -> str:
    return site.manage("shell", "--verbosity=0", f"--command={code}").strip()


@pytest.fixture
def before(site: Service, machine: Machine) -> Iterator[Nginx]:
    with running_nginx(
        machine.folder / "nginx", backend=site.port, data=machine.data, name=HOST
    ) as nginx:
        yield nginx


class Newsroom:
    """Staff who publish articles with documents and send pictures, until the block ends."""

    def __init__(self, site: Service, nginx: Nginx) -> None:
        self.staff, self.category = Staff(site, nginx), make_category(site)
        self.answers: list[tuple[int, str]] = []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=[n]) for n in range(3)]

    def _work(self, number: int) -> None:
        for turn in range(10_000):
            if self.stopped.is_set():
                return
            title = f"Tin số {turn} của người {number}"
            article = article_form(self.category, title=title) | {
                "attachments-TOTAL_FORMS": "1",
                "attachments-0-title": title,
                "attachments-0-position": "0",
                "attachments-0-upload": document(random.randrange(1000, 400_000)),
            }
            picture = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-alt": title}
            picture["form-0-upload"] = photo()
            self.answers.append(self.staff.post("/admin/news/article/add/", article))
            self.answers.append(self.staff.post("/admin/news/image/add/", picture))

    def __enter__(self) -> Newsroom:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(PATIENCE)


def test_uploads_and_publications_that_are_killed_leave_nothing_half(
    site: Service, before: Nginx, postgresql: PostgreSQL
) -> None:
    def worker() -> None:
        kill(random.choice(children(site.main_pid)), signal.SIGKILL)

    def main_process() -> None:
        kill(site.main_pid, signal.SIGKILL)

    def database_session() -> None:
        os.kill(random.choice(children(postgresql.pid())), signal.SIGKILL)

    def database() -> None:
        postgresql.kill()
        postgresql.start()

    victims: list[Callable[[], None]] = [worker, main_process, database_session, database, worker]
    with Newsroom(site, before) as newsroom:
        for victim in victims:
            done = len(newsroom.answers)
            wait_for(lambda done=done: len(newsroom.answers) > done + 2)
            time.sleep(random.random())
            victim()
            wait_for(lambda: site.get()[0] == 200)
            wait_for(lambda: postgresql.is_running())
    assert {status for status, _ in newsroom.answers} <= {200, 302, 502, 503, 504}
    assert any(status == 302 for status, _ in newsroom.answers[-6:])
    failed = [page for status, page in newsroom.answers if status >= 500]
    print(f"{len(newsroom.answers)} forms, {len(failed)} of them met something killed")
    assert failed
    assert all('<html lang="vi"' in page for page in failed)
    assert shell(site, HALF) == "[]"
    print(f"files without a row, deleted a day later: {shell(site, PURGE)}")
    assert (shell(site, HALF), shell(site, PURGE)) == ("[]", "0")


# --- Imports --------------------------------------------------------------------------------------

RECORDS = 1200


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "tin.jsonl"
    with path.open("w") as file:
        for number in range(RECORDS):
            record = {
                "id": f"cu-{number}",
                "title": f"Tin cũ số {number}",
                "body": f"<p>Bà con về chợ Hạ rất đông, lần thứ {number}.</p>" * 20,
                "published_at": "2023-03-14T08:00:00+07:00",
                "category": f"Mục {number % 7}",
                "tags": [f"thẻ {number % 11}"],
                "url": f"/tin/{number}.html",
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def importing(path: Path, database: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_articles", str(path)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": database},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def counts(database: str) -> tuple[int, ...]:
    """Articles, listings, old addresses, categories, tags."""
    names = ("article", "listing", "oldaddress", "category", "tag")
    columns = ", ".join(f"(SELECT count(*) FROM news_{name})" for name in names)  # noqa: S608
    with psycopg.connect(database) as connection:
        return connection.execute(f"SELECT {columns}").fetchone() or ()


def test_import_that_is_killed_is_finished_by_running_it_again(
    records: Path, database: str, postgresql: PostgreSQL
) -> None:
    def begun(more_than: int) -> subprocess.Popen[str]:
        process = importing(records, database)
        wait_for(lambda: process.poll() is not None or counts(database)[0] > more_than)
        time.sleep(random.random() / 5)
        return process

    process = begun(0)
    process.kill()
    process.communicate()
    written = counts(database)[0]
    print("articles when the import was killed:", written)
    assert written % 200 == 0
    process = begun(written)
    postgresql.kill()
    said = process.communicate(timeout=PATIENCE)[0]
    postgresql.start()
    assert process.returncode in {0, 1}
    assert "Traceback" not in said
    process = importing(records, database)
    assert "Traceback" not in process.communicate()[0]
    expected = counts(database)
    assert expected[0] == expected[2] == RECORDS
    assert expected[3:] == (7, 11)
    said = importing(records, database).communicate()[0]
    assert f": {RECORDS}" in said
    assert counts(database) == expected
