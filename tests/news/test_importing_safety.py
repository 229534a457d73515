"""The import as a process: stopped in the middle, and told on the way."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from news.importing import service
from news.importing.service import BATCH_RECORDS
from news.models import Article, Category, Listing, OldAddress, Tag
from tests.portal.running import PATIENCE

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

COUNT = 2 * BATCH_RECORDS + 50
# The database of the tests has another name than the one of the settings.
RUN = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.core.management import call_command
call_command("import_articles", sys.argv[2], report=sys.argv[3])
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "tin.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(COUNT):
            record = {
                "id": f"cu:{number}",
                "title": f"Tin số {number}",
                "body_html": "<p>Nội dung.</p>" * 20,
                "category": f"Mục {number % 5}",
                "tags": [f"từ khóa {number % 7}", "chung"],
                "url": f"/tin/{number}.html",
                "published_at": "2024-03-05",
            }
            file.write(json.dumps(record) + "\n")
    return path


def run_import(path):
    out = StringIO()
    call_command(
        "import_articles",
        str(path),
        report=path.with_suffix(f".{os.urandom(4).hex()}.csv"),
        stdout=out,
        verbosity=0,
    )
    return out.getvalue()


def start_import(path):
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            RUN,
            connection.settings_dict["NAME"],
            str(path),
            str(path.with_suffix(".csv")),
        ],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_LOCAL": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(process, sql):
    """Wait until a statement finds something, while the process lives."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            if cursor.fetchone():
                return
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"the import ended too early:\n{process.stdout.read()}")
    raise AssertionError("the import did not come that far")


WAITS_FOR_ADDRESSES = """
    SELECT 1 FROM pg_locks
    WHERE relation = 'news_oldaddress'::regclass AND mode = 'RowExclusiveLock' AND NOT granted
"""


def assert_all_is_there():
    assert Article.objects.count() == COUNT
    assert OldAddress.objects.count() == COUNT
    assert Article.tags.through.objects.count() == 2 * COUNT
    assert Listing.objects.filter(category=None).count() == COUNT
    assert (Category.objects.count(), Tag.objects.count()) == (5, 8)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_import_that_is_stopped_leaves_no_half_record_and_the_next_run_finishes(path, end):
    with start_import(path) as process, transaction.atomic(), connection.cursor() as cursor:
        # The articles of a batch are written before their addresses, which have to wait here.
        cursor.execute("LOCK TABLE news_oldaddress IN SHARE MODE")
        wait_until(process, WAITS_FOR_ADDRESSES)
        process.send_signal(end)
        process.communicate(timeout=PATIENCE)
    whole = Article.objects.count()
    assert whole % BATCH_RECORDS == 0
    assert OldAddress.objects.count() == whole
    assert Article.tags.through.objects.count() == 2 * whole
    assert f"unchanged: {whole}\n" in _plain(run_import(path))
    assert_all_is_there()


def _plain(summary):
    """The numbers of a summary under the names of the code, whatever language it is in."""
    lines = [line for line in summary.splitlines() if line.startswith("  ")]
    numbers = [line.rpartition(": ")[2] for line in lines]
    return "".join(
        f"{name}: {number}\n" for name, number in zip(service.OUTCOMES, numbers, strict=False)
    )


def test_progress_is_told_on_the_way(path, monkeypatch):
    class Terminal(StringIO):
        def isatty(self):
            return True

    # A second passes between two looks at the clock: however fast the machine, every batch is told.
    clock = SimpleNamespace(monotonic=itertools.count().__next__)
    monkeypatch.setattr("news.management.commands.import_articles.time", clock)
    terminal = Terminal()
    call_command(
        "import_articles",
        str(path),
        report=path.with_suffix(".csv"),
        stdout=StringIO(),
        stderr=terminal,
    )
    assert "\r" in terminal.getvalue()
    assert str(BATCH_RECORDS) in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")
