"""A backup or a restore that is killed, or meets a full disk, at a moment that the test chooses.

It is stopped where it waits for a lock that the test holds: after the files were copied, or while
pg_dump is at work.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.deploy.postgresql import PASSWORD, PostgreSQL, children
from tests.deploy.test_backup import back_up, manage, manifest_of, restore
from tests.portal.running import PATIENCE, environment_of, wait_for

pytestmark = pytest.mark.processes

BEFORE_THE_SNAPSHOT = "SELECT pg_advisory_xact_lock(hashtext('news_file_rows'))"
# Its rows are neither counted nor dumped, but pg_dump locks every table.
WITHIN_PG_DUMP = "LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE"
MOMENTS = pytest.mark.parametrize("moment", [BEFORE_THE_SNAPSHOT, WITHIN_PG_DUMP])


@pytest.fixture
def data(folder: Path) -> Path:
    """The data folder of a site with some files; its database is another's."""
    media = folder / "data" / "media" / "tep"
    media.mkdir(parents=True)
    for number in range(3):
        (media / f"{number}.pdf").write_bytes(os.urandom(3_000_000))
    return folder / "data"


@pytest.fixture
def backups(folder: Path) -> Iterator[Path]:
    """A disk of its own, of 64 MB."""
    path = folder / "backups"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "backups", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@contextmanager
def stopped_at(
    lock: str, data: Path, url: str, *arguments: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A command of manage.py that waits for a lock; when the block is left, the lock is free."""
    with psycopg.connect(url) as connection:
        connection.execute(lock)
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=environment_of(data) | {"DATABASE_URL": url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"

            def is_stopped() -> bool:
                assert process.poll() is None, process.communicate()[0].decode()
                return connection.execute(waiting).fetchone() == (1,)

            wait_for(is_stopped)
            yield process
        except BaseException:
            process.kill()
            process.communicate()
            raise
        finally:
            connection.rollback()
            if process.returncode is not None and process.stdout is not None:
                process.stdout.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@MOMENTS
def test_killed_backup_leaves_the_earlier_one_and_the_next_tidies_up(
    moment: str, data: Path, backups: Path, database: str
) -> None:
    earlier = back_up(data, backups, DATABASE_URL=database)
    content = earlier.read_bytes()
    with stopped_at(moment, data, database, "backup", str(backups)) as process:
        process.kill()
        process.wait(PATIENCE)
    assert len([name for name in names(backups) if name.endswith(".tar.partial")]) == 1
    made = back_up(data, backups, DATABASE_URL=database)
    assert names(backups) == sorted([earlier.name, made.name])
    assert earlier.read_bytes() == content


@MOMENTS
def test_full_disk_is_a_sentence_and_costs_no_earlier_backup(
    moment: str, data: Path, backups: Path, database: str
) -> None:
    earlier = back_up(data, backups, DATABASE_URL=database)
    content = earlier.read_bytes()
    with (
        stopped_at(moment, data, database, "backup", str(backups), "--keep=1") as process,
        (backups / "others").open("wb", buffering=0) as others,
    ):
        room = os.statvfs(backups)
        os.posix_fallocate(others.fileno(), 0, room.f_bavail * room.f_frsize)
    said = process.communicate(timeout=PATIENCE)[0].decode()
    assert process.returncode == 1
    assert "Sao lưu không thành công." in said
    assert "đĩa đã đầy." in said or "No space left on device" in said
    assert "Các bản sao lưu trước vẫn còn nguyên." in said
    assert "Traceback" not in said
    assert names(backups) == [earlier.name, "others"]
    assert earlier.read_bytes() == content
    (backups / "others").unlink()
    back_up(data, backups, DATABASE_URL=database)


def test_too_small_a_disk_is_said_before_anything_is_written(
    data: Path, backups: Path, database: str
) -> None:
    with (data / "media" / "huge").open("wb") as huge:
        huge.truncate(10**12)
    done = manage(data, "backup", str(backups), DATABASE_URL=database)
    assert done.returncode == 1
    assert "bản sao lưu có thể cần 931 GB" in done.stderr
    assert names(backups) == []


def test_password_is_among_no_arguments(data: Path, backups: Path, database: str) -> None:
    with stopped_at(WITHIN_PG_DUMP, data, database, "backup", str(backups)) as process:
        (pg_dump,) = children(process.pid)
        arguments = Path(f"/proc/{pg_dump}/cmdline").read_text()
    assert process.wait(PATIENCE) == 0
    process.communicate()
    assert "pg_dump" in arguments
    assert PASSWORD not in arguments


def test_backup_of_an_older_version_is_brought_up_to_date(
    data: Path, backups: Path, database: str, postgresql: PostgreSQL, folder: Path
) -> None:
    assert manage(data, "migrate", "ratings", "0001", DATABASE_URL=database).returncode == 0
    made = back_up(data, backups, DATABASE_URL=database)
    assert "ratings.0002_triggers" not in manifest_of(made)["migrations"]
    url = postgresql.create_database("older_restore")
    restore(made, folder / "restored", DATABASE_URL=url)
    state = manage(folder / "restored", "showmigrations", "--plan", DATABASE_URL=url).stdout
    assert "[X]  ratings.0002_triggers" in state
    assert "[ ]" not in state


def test_killed_restore_leaves_an_empty_database_and_can_be_repeated(
    data: Path, backups: Path, database: str, postgresql: PostgreSQL, folder: Path
) -> None:
    made = back_up(data, backups, DATABASE_URL=database)
    url = postgresql.create_database("killed_restore")
    there = folder / "restored"
    (there / "media").mkdir(parents=True)
    # psql waits to create the same, and has the beginning of the script in its pipe by then.
    with stopped_at("CREATE EXTENSION pg_trgm", there, url, "restore", str(made)) as process:
        assert {"tep", ".restoring"} == {path.name for path in (there / "media").iterdir()}
        process.kill()
        process.wait(PATIENCE)
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'killed_restore'"
    wait_for(lambda: postgresql.psql(sessions) == "0")
    tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    assert postgresql.psql(tables, "killed_restore") == "0"
    restore(made, there, DATABASE_URL=url)
    assert [path.name for path in (there / "media").iterdir()] == ["tep"]
    refused = manage(there, "restore", str(made), DATABASE_URL=url)
    assert refused.returncode == 1
    assert "dropdb killed_restore && createdb --owner=portal killed_restore" in refused.stderr
