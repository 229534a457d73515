"""The file of a backup: what tells a whole one from any other, and what it never holds."""

from __future__ import annotations

import re
import stat
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from portal.backups import BackupError
from portal.backups.archive import Writer, open_archive
from portal.backups.manifest import DUMP, MANIFEST, SETTINGS, Manifest
from portal.backups.variables import PLAIN, SECRET, settings_text

PHOTO = b"anh" * 2000


def a_manifest(archive: Writer, **changed: object) -> Manifest:
    values: dict[str, object] = {
        "version": "0.1.0",
        "made_at": "2026-11-30T02:00:00+07:00",
        "postgresql": 15,
        "pg_dump": 15,
        "migrations": ["news.0001_initial"],
        "counts": {"news_article": 3},
        "parts": dict(archive.parts),
        "missing_files": [],
    }
    return Manifest(**values | changed)  # type: ignore[arg-type]


def write(folder: Path, photo: str = "media/images/ảnh.webp", **changed: object) -> Path:
    """A backup with one picture."""
    path, source = folder / "congtin-20261130-020000.tar", folder / "photo"
    source.write_bytes(PHOTO)
    archive = Writer(path)
    with source.open("rb") as file:
        archive.add(photo, file)
    archive.add_text(SETTINGS, b"PORT=8000\n", 0)
    archive.add_text(DUMP, b"PGDMP" * 100, 0)
    archive.finish(a_manifest(archive, **changed), 0)
    archive.close()
    return path


def check(path: Path) -> Manifest:
    with open_archive(path) as archive:
        archive.check("", lambda step, done, total: None)
        return archive.manifest


def test_whole_backup_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = write(tmp_path)
    manifest = check(path)
    assert manifest.counts == {"news_article": 3}
    assert list(manifest.media()) == ["media/images/ảnh.webp"]
    with open_archive(path) as archive:
        assert archive.open("media/images/ảnh.webp").read() == PHOTO


def test_only_its_owner_may_read_a_backup(tmp_path: Path) -> None:
    assert stat.S_IMODE(write(tmp_path).stat().st_mode) == 0o600


def test_backup_that_was_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path).read_bytes()
    end = whole.rindex(b"}") + 1
    cut = tmp_path / "cut.tar"
    for length in [*range(0, end, 509), end - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            check(cut)


@pytest.mark.parametrize(
    ("content", "part"), [(PHOTO, "ảnh.webp"), (b"PORT=8000", SETTINGS), (b"PGDMP" * 9, DUMP)]
)
def test_part_that_was_changed_is_named(tmp_path: Path, content: bytes, part: str) -> None:
    path = write(tmp_path)
    whole = path.read_bytes()
    at = whole.index(content) + 7
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(BackupError, match=re.escape(part)):
        check(path)


def test_changed_header_or_manifest_is_a_sentence(tmp_path: Path) -> None:
    path = write(tmp_path)
    whole = path.read_bytes()
    for at in range(whole.rindex(b"{") - 600, len(whole.rstrip(b"\0")), 41):
        path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
        with pytest.raises(BackupError):
            check(path)


@pytest.mark.parametrize("content", [b"", b"not a backup", b"\0" * 10240])
def test_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(content)
    with pytest.raises(BackupError, match="không phải là bản sao lưu"):
        check(path)


def test_backup_of_a_newer_format_names_the_version_that_made_it(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"phiên bản mới hơn .*9\.9\.9"):
        check(write(tmp_path, format=2, version="9.9.9"))


@pytest.mark.parametrize("name", ["media/../../etc/x", "/media/x", "media//x"])
def test_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BackupError, match="Bảng kê"):
        check(write(tmp_path, photo=name))


def test_link_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    link = tarfile.TarInfo("media/images/ảnh.webp")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(path, "a") as archive:
        archive.addfile(link)
    with pytest.raises(BackupError, match=re.escape("ảnh.webp")):
        check(path)


def test_of_two_members_of_one_name_the_last_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    archive = Writer(path)
    for content in (b"half", b"whole"):
        archive.add_text("media/a", content, 0)
    archive.add_text(SETTINGS, b"", 0)
    archive.add_text(DUMP, b"", 0)
    archive.finish(a_manifest(archive), 0)
    archive.close()
    check(path)
    with open_archive(path) as read:
        assert read.open("media/a").read() == b"whole"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"[]",
        lambda text: b"{}",
        lambda text: text.replace(b'"counts"', b'"numbers"'),
        lambda text: text.replace(b'"database.dump"', b'"other.dump"'),
        lambda text: text.replace(b'"sha256"', b'"md5"'),
        lambda text: text[:-20],
    ],
)
def test_manifest_that_is_none_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    with tarfile.open(write(tmp_path)) as archive:
        file = archive.extractfile(MANIFEST)
        assert file is not None
        text = file.read()
    spoilt = tmp_path / "spoilt.tar"
    with tarfile.open(spoilt, "w") as archive:
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(spoil(text))
        archive.addfile(member, BytesIO(spoil(text)))
    with pytest.raises(BackupError, match="Bảng kê"):
        check(spoilt)


# --- Settings without secrets ---------------------------------------------------------------------


def test_no_secret_is_written_down() -> None:
    written = settings_text(
        {
            "SECRET_KEY": "s3cr3t",
            "DATABASE_URL": "postgres://portal:pa#s3cr3t@db:5432/portal",
            "EMAIL_URL": "smtp+tls://user:s3cr3t@mail.example.gov.vn:587",
            "AWS_SECRET_ACCESS_KEY": "s3cr3t",
            "ALLOWED_HOSTS": "yenha.example.gov.vn",
            "DEFAULT_FROM_EMAIL": "Cổng Tin <congtin@example.gov.vn>",
        }
    )
    assert "s3cr3t" not in written
    assert "# SECRET_KEY: kept elsewhere\n" in written
    assert "# DATABASE_URL: kept elsewhere\n" in written
    assert "# EMAIL_URL: kept elsewhere\n" in written
    assert "DEFAULT_FROM_EMAIL='Cổng Tin <congtin@example.gov.vn>'\n" in written


def test_of_a_secret_in_a_file_the_path_is_kept() -> None:
    written = settings_text({"SECRET_KEY_FILE": "/etc/congtin.key", "SECRET_KEY": "s3cr3t"})
    assert "SECRET_KEY_FILE=/etc/congtin.key\n" in written
    assert "s3cr3t" not in written


def test_every_documented_variable_is_known_as_secret_or_not() -> None:
    page = (settings.BASE_DIR / "docs/settings.md").read_text(encoding="utf-8")
    table = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`([A-Z_]+)`", " ".join(table)))
    assert named == {*SECRET, *PLAIN}
