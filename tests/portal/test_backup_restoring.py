"""What a restore refuses before it touches anything, and how it begins again.

tests/deploy/test_backup.py restores whole sites.
"""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from portal.backups import BackupError, programs, restoring
from portal.backups.making import make_backup
from portal.backups.manifest import Manifest, Part
from portal.backups.programs import PREAMBLE
from portal.management.commands import restore
from tests.contention import threads
from tests.factories import make_image


def manifest(**values: Any) -> Manifest:
    empty: dict[str, Any] = {
        "version": "9.9.9",
        "made_at": "",
        "postgresql": 15,
        "pg_dump": 15,
        "migrations": [],
        "counts": {},
        "parts": {"database.dump": Part(1, "")},
        "missing_files": [],
    }
    return Manifest(**empty | values)


def test_backup_of_a_later_version_is_refused() -> None:
    restoring.check_version(manifest(migrations=["news.0001_initial"]))
    with pytest.raises(BackupError, match=r"phiên bản 9\.9\.9 .* cập nhật phần mềm trước"):
        restoring.check_version(manifest(migrations=["news.0001_initial", "news.9001_later"]))


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    huge = {"database.dump": Part(1, ""), "media/a": Part(1 << 60, "")}
    with pytest.raises(BackupError, match="Dung lượng trống"):
        restoring.check_space(tmp_path / "media", manifest(parts=huge))


@pytest.mark.django_db
class TestEmptySite:
    @pytest.fixture
    def media(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A media folder beside a database without tables."""
        monkeypatch.setattr(restoring, "TABLES", "SELECT 0")
        media = tmp_path / "media"
        media.mkdir()
        return media

    def test_database_with_tables_is_refused_and_the_way_to_empty_it_is_said(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(BackupError, match=r"đã có bảng.* (xóa thư mục|dropdb) "):
            restoring.check_empty(tmp_path / "media")

    def test_media_with_files_are_refused(self, media: Path) -> None:
        (media / "images").mkdir()
        with pytest.raises(BackupError, match=f"trong {media} đã có tệp"):
            restoring.check_empty(media)

    @pytest.mark.parametrize("name", [None, "lost+found", ".restoring"])
    def test_media_without_files_of_a_site_are_empty(self, media: Path, name: str | None) -> None:
        if name:
            (media / name).mkdir()
        restoring.check_empty(media)
        media.joinpath("lost+found").mkdir(exist_ok=True)

    def test_what_an_interrupted_restore_left_is_removed(self, media: Path) -> None:
        for folder in (".restoring/tep", "images/2026", "lost+found"):
            (media / folder).mkdir(parents=True)
        (media / "images/2026/a.webp").touch()
        restoring.check_empty(media)
        assert [path.name for path in media.iterdir()] == ["lost+found"]

    def test_files_without_the_mark_of_a_restore_are_never_removed(self, media: Path) -> None:
        (media / "images").mkdir()
        restoring.settle(media)
        assert (media / "images").exists()

    def test_mark_beside_a_loaded_database_is_removed_and_the_files_stay(
        self, media: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The restore was killed between the commit and its last step."""
        for folder in (".restoring", "images"):
            (media / folder).mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(restoring, "TABLES", "SELECT 1")
            with pytest.raises(BackupError, match="đã có bảng"):
                restoring.check_empty(media)
        assert [path.name for path in media.iterdir()] == ["images"]
        # So they are not taken for leftovers later, when the database was emptied.
        with pytest.raises(BackupError, match=f"trong {media} đã có tệp"):
            restoring.check_empty(media)


@pytest.mark.django_db(transaction=True)
def test_second_restore_at_once_is_refused() -> None:
    def restore() -> None:
        with restoring._only_one():
            pass

    with restoring._only_one(), threads() as start:
        assert "lượt khôi phục khác" in str(start(restore).exception())
    restore()


@pytest.mark.django_db(transaction=True)
def test_failing_database_leaves_the_media_empty(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database has tables, so psql refuses the first that it is told to create."""
    image = make_image()
    folder = tmp_path / "backups"
    folder.mkdir()
    made = make_backup(folder, lambda step, done, total: None)
    settings.MEDIA_ROOT = tmp_path / "restored"
    monkeypatch.setattr(restoring, "TABLES", "SELECT 0")
    with pytest.raises(CommandError, match=r"vẫn trống như trước: ERROR: .*already exists"):
        call_command("restore", made.path)
    assert list((tmp_path / "restored").iterdir()) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM news_image")
        assert cursor.fetchall() == [(image.file.name,)]


@pytest.mark.django_db(transaction=True)
def test_interrupt_after_the_commit_costs_no_files(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image()
    folder = tmp_path / "backups"
    folder.mkdir()
    made = make_backup(folder, lambda step, done, total: None)
    settings.MEDIA_ROOT = tmp_path / "restored"
    tables = restoring.TABLES
    monkeypatch.setattr(restoring, "TABLES", "SELECT 0")

    def load(*arguments: Any) -> None:
        monkeypatch.setattr(restoring, "TABLES", tables)
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "load_dump", load)
    with pytest.raises(KeyboardInterrupt):
        call_command("restore", made.path)
    assert (tmp_path / "restored" / image.file.name).exists()
    assert not (tmp_path / "restored" / ".restoring").exists()


@pytest.mark.django_db(transaction=True)
def test_session_that_still_loads_has_ended_before_tables_are_looked_for() -> None:
    left = connection.copy()
    try:
        with left.cursor() as cursor:
            cursor.execute(PREAMBLE.decode())
            cursor.execute("CREATE TABLE half_loaded ()")
        assert restoring.has_tables()
        with pytest.raises(OperationalError), left.cursor() as cursor:
            cursor.execute("COMMIT")
    finally:
        left.close()
    assert "half_loaded" not in connection.introspection.table_names()


def test_restored_site_is_not_called_unrestored_for_what_comes_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def count(manifest: Manifest) -> None:
        raise BackupError("other rows")

    monkeypatch.setattr(restore, "restore_backup", lambda *arguments: manifest())
    monkeypatch.setattr(restoring, "check_counts", count)
    with pytest.raises(CommandError, match=r"^Đã khôi phục .* cập nhật xong\. other rows"):
        call_command("restore", "a.tar")


def test_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Việc khôi phục chưa hoàn tất\. .*none\.tar: "):
        call_command("restore", tmp_path / "none.tar")


def test_root_does_not_restore_into_the_folder_of_another_account(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_DATA = Path("/")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(Path, "stat", lambda self: type("Stat", (), {"st_uid": 1000}))
    with pytest.raises(CommandError, match="không dùng root"):
        call_command("restore", tmp_path / "a.tar")


def test_program_is_killed_if_waiting_for_its_end_is_interrupted() -> None:
    """Else psql would commit later, when the files are already removed."""
    here = threading.main_thread().ident
    interrupt = threading.Timer(0.2, signal.pthread_kill, [here, signal.SIGINT])
    with pytest.raises(KeyboardInterrupt), programs._running(["sleep", "60"]) as process:
        interrupt.start()
    assert process.returncode == -signal.SIGKILL
