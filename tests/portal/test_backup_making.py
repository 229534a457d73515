"""A backup that is made: whole while others write, and nothing half when it fails."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from news import services
from news.models import Article, Image
from news.stored_files import files_of_rows
from portal.backups import BackupError, making, programs
from portal.backups.archive import open_archive
from portal.backups.making import Made, delete_older, make_backup
from portal.models import Backup
from tests.contention import threads, wait_until_blocked
from tests.factories import make_article, make_image

pytestmark = pytest.mark.django_db(transaction=True)


def quiet(step: str, done: int, total: int) -> None:
    """Shows nothing."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def earlier(folder: Path) -> Path:
    path = folder / "congtin-20260101-020000.tar"
    path.write_text("earlier")
    return path


def restored_table(made: Made, table: str) -> str:
    """The rows of a table in the dump, as pg_restore writes them."""
    with tarfile.open(made.path) as archive, archive.extractfile("database.dump") as dump:  # type: ignore[union-attr]
        program = programs.find_program("pg_restore", made.manifest.pg_dump)
        return subprocess.run(
            [program.path, f"--table={table}", "--data-only", "--file=-"],
            input=dump.read(),
            capture_output=True,
            check=True,
        ).stdout.decode()


def test_backup_holds_rows_files_and_settings(folder: Path) -> None:
    article, image = make_article("Thông báo lịch tiếp công dân"), make_image()
    made = make_backup(folder, quiet)
    assert made.manifest.counts["news_article"] == 1
    assert article.title in restored_table(made, "news_article")
    stored = {f"media/{image.file.name}", *(f"media/{r.path}" for r in renditions(image))}
    assert made.manifest.media().keys() == stored
    assert made.manifest.missing_files == []
    with open_archive(made.path) as archive:
        archive.check("", quiet)
        with image.file.open() as file:
            assert archive.open(f"media/{image.file.name}").read() == file.read()
    assert sorted(path.name for path in folder.iterdir()) == [".lock", made.path.name]


def renditions(image: Image) -> list[Any]:
    from news.renditions import MasterName

    name = MasterName.parse(image.file.name)
    assert name is not None
    return name.renditions()


def test_sessions_are_left_out(folder: Path) -> None:
    Session.objects.create(session_key="s3cr3t", session_data="", expire_date=timezone.now())
    made = make_backup(folder, quiet)
    assert "django_session" not in made.manifest.counts
    assert "s3cr3t" not in restored_table(made, "django_session")


def test_command_prints_what_it_did_and_leaves_a_row(folder: Path, capsys: Any) -> None:
    for day in ("01", "02", "03"):
        (folder / f"congtin-202601{day}-020000.tar").touch()
    (folder / "congtin-old-notes.txt").touch()
    call_command("backup", folder, keep=2)
    row = Backup.objects.get()
    left = sorted(path.name for path in folder.glob("congtin-*"))
    assert left == ["congtin-20260103-020000.tar", row.name, "congtin-old-notes.txt"]
    assert row.size == (folder / row.name).stat().st_size
    said = capsys.readouterr().out
    assert f"Bản sao lưu: {folder / row.name}" in said
    assert "Đã xóa: congtin-20260101-020000.tar, congtin-20260102-020000.tar" in said


def test_fewer_than_one_is_not_kept(folder: Path) -> None:
    with pytest.raises(CommandError, match="ít nhất một"):
        call_command("backup", folder, keep=0)


def test_only_what_is_called_like_a_backup_is_deleted(folder: Path) -> None:
    others = ["congtin-20260101-020000.tar.gpg", "congtin.tar", "congtin-20260101.tar"]
    for name in [*others, "congtin-20260101-020000.tar", "congtin-20260102-020000.tar"]:
        (folder / name).touch()
    assert [path.name for path in delete_older(folder, 1)] == ["congtin-20260101-020000.tar"]
    assert all((folder / name).exists() for name in others)


def test_files_are_found_through_links_and_nothing_else_is(tmp_path: Path) -> None:
    media, elsewhere = tmp_path / "media", tmp_path / "elsewhere"
    assert making.stored_files(media) == {}
    for folder in (media / "tep", media / ".restoring", media / "lost+found", elsewhere):
        folder.mkdir(parents=True)
        (folder / "a.pdf").write_bytes(b"1234")
    (media / "songs").symlink_to(elsewhere)
    (media / "gone.pdf").symlink_to(tmp_path / "nowhere")
    os.mkfifo(media / "pipe")
    found = making.stored_files(media)
    assert {name: file.size for name, file in found.items()} == {"tep/a.pdf": 4, "songs/a.pdf": 4}


# --- While others write ---------------------------------------------------------------------------


def meanwhile(when: Callable[[int, int], bool], do: Callable[[], None]) -> Any:
    """A `progress` that does something once, as soon as files of the given sizes are copied."""
    pending = [do]

    def progress(step: str, done: int, total: int) -> None:
        if pending and when(done, total):
            pending.pop()()

    return progress


def test_picture_that_comes_after_the_first_look_is_in_the_backup(folder: Path) -> None:
    make_image()
    added: list[Image] = []
    at_the_end = meanwhile(lambda done, total: done == total, lambda: added.append(make_image()))
    made = make_backup(folder, at_the_end)
    assert f"media/{added[0].file.name}" in made.manifest.parts
    assert made.manifest.counts["news_image"] == 2
    assert made.manifest.missing_files == []


def test_picture_that_is_deleted_before_the_snapshot_is_not(folder: Path) -> None:
    images = [make_image() for _ in range(2)]

    def delete() -> None:
        services.delete_images(pictures=images[:1])

    made = make_backup(folder, meanwhile(lambda done, total: done == total, delete))
    stored = [name for name in made.manifest.media() if images[0].file.name[:-5] in name]
    assert stored == []
    assert made.manifest.counts["news_image"] == 1
    with open_archive(made.path) as archive:
        archive.check("", quiet)


def test_picture_that_is_deleted_after_the_snapshot_is_in_the_backup(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image()
    dump = making.dump_database

    def delete_first(*arguments: Any) -> None:
        services.delete_images(pictures=[image])
        dump(*arguments)

    monkeypatch.setattr(making, "dump_database", delete_first)
    made = make_backup(folder, quiet)
    assert not Path(image.file.storage.path(image.file.name)).exists()
    assert f"media/{image.file.name}" in made.manifest.parts
    assert image.file.name in restored_table(made, "news_image")


def test_late_picture_cannot_be_deleted_between_the_snapshot_and_its_copy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_image()
    take_snapshot, late = making._take_snapshot, []
    with threads() as start:

        def delete_late_one(connection: Any) -> str:
            snapshot = take_snapshot(connection)
            wait_until_blocked(start(services.delete_images, pictures=late))
            return snapshot

        monkeypatch.setattr(making, "_take_snapshot", delete_late_one)
        made = make_backup(
            folder, meanwhile(lambda done, total: done == total, lambda: late.append(make_image()))
        )
    assert f"media/{late[0].file.name}" in made.manifest.parts
    assert made.manifest.missing_files == []
    assert made.manifest.counts["news_image"] == 2
    assert Image.objects.count() == 1


def test_file_that_was_half_written_is_copied_again(folder: Path, settings: Any) -> None:
    path = Path(settings.MEDIA_ROOT) / "tep" / "a.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF")
    rest = meanwhile(lambda done, total: done == total, lambda: path.write_bytes(b"%PDF-1.7 whole"))
    made = make_backup(folder, rest)
    with open_archive(made.path) as archive:
        archive.check("", quiet)
        assert archive.open("media/tep/a.pdf").read() == b"%PDF-1.7 whole"


def test_files_long_written_are_looked_at_by_name_alone_while_others_wait(
    folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = Path(settings.MEDIA_ROOT)
    media.mkdir(parents=True, exist_ok=True)
    for name, age in (("kept", 700), ("deleted", 700), ("young", 500)):
        (media / name).write_bytes(b"%PDF")
        os.utime(media / name, (time.time() - age,) * 2)
    examined: list[set[str]] = []
    stat = making._stat

    def examine(media: Path, names: set[str]) -> Any:
        examined.append(names)
        return stat(media, names)

    def change() -> None:
        (media / "deleted").unlink()
        (media / "late").write_bytes(b"%PDF")

    monkeypatch.setattr(making, "_stat", examine)
    made = make_backup(folder, meanwhile(lambda done, total: done == total, change))
    assert examined[-1] == {"young", "late"}
    assert made.manifest.media().keys() == {"media/kept", "media/young", "media/late"}


def test_rows_of_files_wait_for_the_snapshot_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While pg_dump runs, whoever saves or deletes a file is kept waiting by nothing."""
    dump = making.dump_database

    def save_first(*arguments: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            make_image()
        dump(*arguments)

    monkeypatch.setattr(making, "dump_database", save_first)
    assert make_backup(folder, quiet).manifest.counts["news_image"] == 0


def named_besides(monkeypatch: pytest.MonkeyPatch, there: int) -> None:
    """Let rows name so many more files, which are there."""
    monkeypatch.setattr(making, "files_of_rows", lambda: files_of_rows() | set(more))
    more = [f"more/{number}.webp" for number in range(there)]
    for name in more:
        default_storage.save(name, ContentFile(b"."))


def test_few_files_that_rows_name_and_that_are_gone_are_reported(
    folder: Path, earlier: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image()
    image.file.storage.delete(image.file.name)
    named_besides(monkeypatch, 9)
    call_command("backup", folder, keep=1)
    assert f"không có trong kho tệp: {image.file.name}" in capsys.readouterr().out
    assert Backup.objects.exists()
    assert not earlier.exists()


def test_backup_without_more_than_a_tenth_of_the_files_displaces_none(
    folder: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image()
    image.file.storage.delete(image.file.name)
    named_besides(monkeypatch, 8)
    with pytest.raises(CommandError, match=f"thiếu 1 trong 9 tệp .*{image.file.name}") as failure:
        call_command("backup", folder, keep=1)
    [kept] = set(folder.glob("*.tar")) - {earlier}
    assert f"{kept} vẫn được giữ lại" in str(failure.value)
    assert earlier.exists()
    assert not Backup.objects.exists()


def test_backup_of_a_media_folder_that_is_away_displaces_none(
    folder: Path, earlier: Path, settings: Any
) -> None:
    make_image()
    Path(settings.MEDIA_ROOT).rename(Path(settings.MEDIA_ROOT).with_name("away"))
    with pytest.raises(CommandError, match="thiếu 1 trong 1 tệp"):
        call_command("backup", folder, keep=1)
    assert earlier.exists()
    assert not Backup.objects.exists()


# --- When it fails --------------------------------------------------------------------------------


def fails(folder: Path, sentence: str) -> None:
    """Expect a sentence, no row, and nothing but the earlier backup in the folder."""
    with pytest.raises(CommandError, match=sentence):
        call_command("backup", folder, keep=1)
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lock",
        "congtin-20260101-020000.tar",
    ]
    assert not Backup.objects.exists()


def test_failing_dump_leaves_the_earlier_backups(
    folder: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "WITHOUT_ROWS", ["no such [table"])
    fails(folder, "pg_dump báo lỗi: pg_dump: error: .*")


def test_backup_that_is_not_read_back_as_written_is_none(
    folder: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_image()
    write = making._write

    def spoil(path: Path, *arguments: Any) -> Any:
        manifest = write(path, *arguments)
        content = path.read_bytes()
        at = content.index(b"WEBP") + 5
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        return manifest

    monkeypatch.setattr(making, "_write", spoil)
    fails(folder, "đã bị hỏng")


@pytest.mark.parametrize(("free", "said"), [(1000, "1.000 byte"), (1024**3, "1 GB")])
def test_too_little_space_is_said_before_anything_is_written(
    free: int, said: str, folder: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site lives on the same disk: a gigabyte is left to it."""
    usage = shutil.disk_usage(folder)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(making, "Writer", None)
    fails(folder, f"Dung lượng trống tại .*: {said}; bản sao lưu có thể cần")


@pytest.mark.parametrize(
    ("step", "error", "sentence"),
    [
        ("record_backup", DatabaseError("no row"), "không ghi nhận được .* các bản cũ. no row"),
        (
            "delete_older",
            PermissionError(1, "no right"),
            "không xóa được các bản cũ. Không đủ quyền",
        ),
    ],
)
def test_whole_backup_is_not_called_failed_for_what_comes_after(
    step: str,
    error: Exception,
    sentence: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    def fail(*arguments: Any, **named: Any) -> None:
        raise error

    monkeypatch.setattr(f"portal.management.commands.backup.{step}", fail)
    with pytest.raises(CommandError, match=f"Bản sao lưu đã hoàn chỉnh, nhưng {sentence}"):
        call_command("backup", folder)
    (made,) = folder.glob("*.tar")
    assert f"Bản sao lưu: {made}" in capsys.readouterr().out


def test_what_a_killed_backup_left_is_removed(folder: Path) -> None:
    (folder / "congtin-20260101-020000.tar.partial").touch()
    (folder / "other.partial").touch()
    made = make_backup(folder, quiet)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [".lock", made.path.name, "other.partial"]


def test_second_backup_at_once_is_refused(folder: Path, earlier: Path) -> None:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fails(folder, "Đang có một lượt sao lưu khác")


def test_public_folder_is_refused(settings: Any, tmp_path: Path) -> None:
    folder = Path(settings.MEDIA_ROOT) / "backups"
    folder.mkdir(parents=True)
    with pytest.raises(BackupError, match="kho tệp công khai"):
        make_backup(folder, quiet)


def test_missing_folder_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    folder = tmp_path / "bản sao"
    with pytest.raises(CommandError) as failure:
        call_command("backup", folder)
    assert str(failure.value) == (
        f"Không có thư mục {folder}. Vui lòng tạo trước: mkdir -m 700 '{folder}'"
    )


def test_file_in_the_place_of_the_folder_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=f"{tmp_path / 'file'} không phải là thư mục"):
        call_command("backup", tmp_path / "file")


def test_database_that_is_not_migrated_is_called_so(folder: Path, earlier: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE portal_song RENAME TO song_of_before")
    try:
        fails(folder, "Cơ sở dữ liệu chưa được cập nhật theo phiên bản này: .*migrate")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE song_of_before RENAME TO portal_song")


def test_missing_program_is_named_with_the_package_that_has_it() -> None:
    with pytest.raises(BackupError, match="apt-get install postgresql-client-99"):
        programs.find_program("pg_dump", 99)


def test_oldest_program_that_is_new_enough_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in (14, 15, 17):
        path = tmp_path / str(version) / "bin" / "pg_dump"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.3 (Debian)'\n")
        path.chmod(0o755)
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert programs.find_program("pg_dump", 15).version == 15
    assert programs.find_program("pg_dump", 16).version == 17
    # That of the embedded server is always there.
    assert programs.find_program("pg_dump", 18).version >= 18


def test_manifest_is_plain_json(folder: Path) -> None:
    made = make_backup(folder, quiet)
    with tarfile.open(made.path) as archive, archive.extractfile("manifest.json") as file:  # type: ignore[union-attr]
        assert json.load(file)["counts"]["news_article"] == Article.objects.count() == 0
