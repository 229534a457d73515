"""A backup of a site at work, restored elsewhere: the same rows, figures and pages."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from tests.deploy.postgresql import PASSWORD, PostgreSQL
from tests.deploy.unit import Machine, Service
from tests.portal.running import PATIENCE, Site, environment_of, lay_out_database, wait_for

pytestmark = pytest.mark.processes

# Pictures that come and go, drafts, comments and ratings: as quickly as one process can.
WRITER = """
import itertools, pathlib
from news import services
from news.models import Article
from tests.factories import make_article, make_comment, make_image, make_rating
stop, images = pathlib.Path({stop!r}), []
oldest = Article.objects.published().earliest("published_at")
for number in itertools.count(1):
    images.append(make_image())
    make_article(status=Article.Status.DRAFT)
    make_comment(oldest)
    make_rating(oldest)
    if len(images) > 2:
        services.delete_images(pictures=[images.pop(0)])
    stop.with_name("begun").touch()
    if stop.exists():
        break
print(number)
"""
# The rows of each table, and the figures that readers see.
COUNTS = """
import json
from django.db import connection
from django.db.models import Sum
from comments.models import Comment
from news.models import Article
from news.stored_files import files_of_rows
from portal.backups.making import count_rows, stored_files
from ratings.models import RatingSummary
from stats.models import ArticleViews, DailyTotal
from pathlib import Path
from django.conf import settings
article = Article.objects.published().exclude(lead_image=None).latest("published_at")
print(json.dumps({
    "rows": count_rows(connection),
    "figures": [
        DailyTotal.objects.aggregate(Sum("visits"), Sum("page_views")),
        ArticleViews.objects.aggregate(Sum("views")),
        RatingSummary.objects.aggregate(Sum("count"), Sum("total")),
        Comment.objects.filter(is_shown=True).count(),
    ],
    "missing files": sorted(files_of_rows() - stored_files(Path(settings.MEDIA_ROOT)).keys()),
    "pages": ["/", article.category.get_absolute_url(), article.get_absolute_url()],
}))
"""


def manage(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py on a data folder, whatever comes of it."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment_of(data) | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def back_up(data: Path, folder: Path, **environment: str) -> Path:
    """Make a backup and return its path."""
    folder.mkdir(exist_ok=True)
    before = set(folder.glob("*.tar"))
    done = manage(data, "backup", str(folder), **environment)
    assert done.returncode == 0, done.stderr
    (made,) = set(folder.glob("*.tar")) - before
    return made


def restore(backup: Path, data: Path, **environment: str) -> str:
    """Restore a backup into a new data folder and return what was printed."""
    data.mkdir(exist_ok=True)
    done = manage(data, "restore", str(backup), **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def counts_of(data: Path, **environment: str) -> dict:
    done = manage(data, "shell", "--verbosity=0", "--command", COUNTS, **environment)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def manifest_of(backup: Path) -> dict:
    with tarfile.open(backup) as archive:
        file = archive.extractfile("manifest.json")
        assert file is not None
        return dict(json.load(file))


def page(site: Site, path: str) -> bytes:
    """A page as every reader gets it, by the one name that all sites here go by."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        response = connection.getresponse()
        assert response.status == 200, path
        return response.read()
    finally:
        connection.close()


def assert_same_page(one: Site, other: Site, path: str) -> None:
    """Two sites show the same, asked in one day: a page has the date of today on it."""
    day, are_same = date.today(), page(one, path) == page(other, path)
    if date.today() != day:  # midnight fell between the two, and what is in store is of yesterday
        wait_for(lambda: page(one, path) == page(other, path))
    else:
        assert are_same, path


@contextmanager
def serving(data: Path, *arguments: str, **environment: str) -> Iterator[Site]:
    site = Site(data, *arguments, **environment)
    try:
        site.wait_until_it_answers()
        yield site
        site.process.terminate()
        site.process.wait(timeout=PATIENCE)
    finally:
        site.end()


@contextmanager
def writing(site: Site, folder: Path) -> Iterator[None]:
    """Somebody writes all the time, from before the block until after it."""
    stop = folder / "stop"
    writer = subprocess.Popen(
        [
            *(sys.executable, "manage.py", "shell", "--verbosity=0"),
            *("--command", WRITER.format(stop=str(stop))),
        ],
        cwd=settings.BASE_DIR,
        env=environment_of(site.data),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: (folder / "begun").exists() or writer.poll() is not None)
        yield
        assert writer.poll() is None, "the writer gave up"
    finally:
        stop.touch()
        written = writer.communicate(timeout=PATIENCE)[0]
    assert int(written) > 1


def wait_for_a_whole_round(folder: Path) -> None:
    """Wait until the writer has written everything once more."""
    for _ in range(2):  # of the first it is not known when it began
        (folder / "begun").unlink(missing_ok=True)
        wait_for((folder / "begun").exists)


def test_demo_at_work_is_restored_elsewhere_row_by_row_and_page_by_page(
    folder: Path, postgresql: PostgreSQL
) -> None:
    """The demo → an embedded PostgreSQL → Debian's PostgreSQL 15 → another database there.

    What the writer writes no page shows yet, so that the pages of the demo stay as they were when
    the backup was made. Two sites are asked for a page in the same moment, both for the first time:
    neither has it in store, and both have the same date and the same people online.
    """
    backups = folder / "backups"
    with serving(folder / "demo") as demo:
        with writing(demo, folder):
            several = []
            for _ in range(3):
                several.append(back_up(demo.data, backups))
                wait_for_a_whole_round(folder)
        for backup in several:
            assert manifest_of(backup)["missing_files"] == []
        taken = manifest_of(several[-1])["counts"]
        assert taken["news_article"] > manifest_of(several[0])["counts"]["news_article"]

        restore(several[-1], folder / "embedded")
        embedded = counts_of(folder / "embedded")
        assert embedded["rows"] == taken
        assert embedded["missing files"] == []
        with serving(folder / "embedded", "--no-demo") as copy:
            for path in embedded["pages"]:
                assert_same_page(copy, demo, path)
            second = back_up(copy.data, backups)

    there = {"DATABASE_URL": postgresql.create_database("restored")}
    said = restore(second, folder / "debian", **there)
    assert "PostgreSQL 18" in said  # an older server: this is said, and done
    debian = counts_of(folder / "debian", **there)
    with (
        serving(folder / "embedded", "--no-demo") as one,
        serving(folder / "debian", "--no-demo", **there) as other,
    ):
        for path in debian["pages"]:
            assert_same_page(one, other, path)
        third = back_up(other.data, backups, **there)

    assert manifest_of(third)["pg_dump"] == 15
    elsewhere = {"DATABASE_URL": postgresql.create_database("restored_again")}
    assert "PostgreSQL 18" not in restore(third, folder / "again", **elsewhere)
    again = counts_of(folder / "again", **elsewhere)
    for restored in (debian, again):
        assert restored["figures"] == embedded["figures"]
        assert restored["missing files"] == []
        # Backups made since then have left a row each.
        later = {name: n for name, n in restored["rows"].items() if name != "portal_backup"}
        assert later == {name: taken[name] for name in later}
        assert later.keys() | {"portal_backup"} == taken.keys()


# --- The unit -------------------------------------------------------------------------------------


def made_by_the_unit(machine: Machine) -> dict:
    """Start the unit on a machine with one file, and return the manifest of what it makes."""
    backups, media = machine.srv / "backups", machine.data / "media"
    backups.mkdir(mode=0o700)
    media.mkdir()
    (media / "a.pdf").write_bytes(b"%PDF")
    machine.own(machine.srv / "backups")
    machine.own(machine.data)
    unit = Service(machine, "congtin-backup.service")
    try:
        unit.start()
        (made,) = backups.glob("*.tar")
        assert made.stat().st_mode & 0o777 == 0o600
        assert made.stat().st_uid == machine.data.stat().st_uid
        assert PASSWORD not in unit.journal()
        manifest = manifest_of(made)
        assert "media/a.pdf" in manifest["parts"]
        return manifest
    finally:
        unit.close()


def test_unit_backs_up_a_server_from_within_its_sandbox(machine: Machine) -> None:
    assert made_by_the_unit(machine)["postgresql"] == 15


def test_unit_backs_up_the_embedded_postgresql_too(folder: Path) -> None:
    machine = Machine(folder, SECRET_KEY="k" * 60, ALLOWED_HOSTS="portal.example.gov.vn")
    lay_out_database(machine.data)
    assert made_by_the_unit(machine)["postgresql"] == 18
