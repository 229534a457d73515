"""A disk that is full or read-only: a sentence, all that was typed, and nothing half."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from tests.deploy.postgresql import PostgreSQL
from tests.deploy.sandbox import Machine
from tests.deploy.staff import Staff, article_form
from tests.deploy.unit import Service
from tests.portal.running import PATIENCE, wait_for

TYPED = "Chợ Hạ họp phiên cuối năm, bà con về rất đông"
NOT_STORED = "Máy chủ không lưu được tệp"


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[None]:
    place.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "small", place], check=True
    )
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """As the one of conftest; /srv of the machine is a disk of its own."""
    with tempfile.TemporaryDirectory(prefix="congtin-") as name:
        path = Path(name)
        path.chmod(0o711)
        with small_disk(path / "srv", 48):
            yield path


@contextlib.contextmanager
def full(place: Path, *, left: int = 0) -> Iterator[None]:
    """Fill the disk of a folder but for some bytes."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
        file.truncate(file.tell() - left)
    try:
        yield
    finally:
        filler.unlink()


def photo() -> ContentFile:
    buffer = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).save(buffer, "JPEG", quality=70)
    return ContentFile(buffer.getvalue(), name="cho-ha.jpg")


def document(size: int = 2000) -> ContentFile:
    return ContentFile(b"%PDF-1.4\n" + b"x" * size, name="quyet-dinh.pdf")


def sound() -> ContentFile:
    return ContentFile(b"ID3" + b"\0" * 20_000, name="bai-hat.mp3")


def media(machine: Machine) -> list[Path]:
    return [path for path in (machine.data / "media").rglob("*") if path.is_file()]


def make_category(site: Service) -> int:
    code = "from tests.factories import make_category; print(make_category('Tin').pk)"
    return int(site.manage("shell", "--verbosity=0", f"--command={code}"))


def test_uploads_to_a_disk_that_takes_nothing_are_told_in_a_sentence(
    site: Service, machine: Machine
) -> None:
    staff, category = Staff(site), make_category(site)
    article = article_form(category, title=TYPED) | {
        "attachments-TOTAL_FORMS": "1",
        "attachments-0-title": "Quyết định",
        "attachments-0-position": "0",
    }
    picture = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-alt": TYPED}
    song = {"title": TYPED, "position": "0", "is_public": "on"}

    def refused() -> None:
        for path, form, name, file in (
            ("/admin/news/article/add/", article, "attachments-0-upload", document()),
            ("/admin/news/image/add/", picture, "form-0-upload", photo()),
            ("/admin/portal/song/add/", song, "upload", sound()),
        ):
            status, page = staff.post(path, form | {name: file})
            assert status == 200, page
            assert NOT_STORED in page
            assert TYPED in page
        assert media(machine) == []

    with full(machine.data):
        refused()
    # The first of the smaller copies of a picture fits, the others do not.
    with full(machine.data, left=60_000):
        status, page = staff.post("/admin/news/image/add/", picture | {"form-0-upload": photo()})
        assert (status, NOT_STORED in page, media(machine)) == (200, True, [])
    remount = ["mount", "-o", "remount,ro", machine.srv]
    subprocess.run(remount, check=True)
    refused()
    subprocess.run([*remount[:2], "remount,rw", machine.srv], check=True)
    assert staff.count("Article", "Attachment", "Image", "Song") == [0, 0, 0, 0]
    assert "Traceback" not in site.journal()
    assert "an upload could not be stored" in site.journal()
    # And back: the same form is taken.
    status, _ = staff.post(
        "/admin/news/article/add/", article | {"attachments-0-upload": document()}
    )
    assert (status, staff.count("Article", "Attachment")) == (302, [1, 1])


def test_upload_without_temporary_space_is_told_in_a_sentence(machine: Machine) -> None:
    temporary = machine.data / "tmp"
    temporary.mkdir()
    machine.own(temporary)
    with machine.variables.open("a") as file:
        file.write("TMPDIR=/srv/congtin/data/tmp\n")
    site = Service(machine)
    try:
        site.start()
        staff, category = Staff(site), make_category(site)
        large = {"attachments-0-upload": document(4_000_000)}
        with full(machine.data):
            status, page = staff.post("/admin/news/article/add/", article_form(category) | large)
        assert status == 503
        assert NOT_STORED in page
        assert "Quay lại" in page
        assert (staff.count("Article"), list(temporary.iterdir())) == ([0], [])
        assert "Traceback" not in site.journal()
    finally:
        site.close()


def test_database_that_is_full_is_told_in_a_sentence(
    site: Service, folder: Path, database: str, postgresql: PostgreSQL
) -> None:
    staff, category = Staff(site), make_category(site)
    name = database.rpartition("/")[2]
    with small_disk(folder / "tablespace", 2):
        subprocess.run(["chown", "postgres:", folder / "tablespace"], check=True)
        (folder / "tablespace").chmod(0o700)
        postgresql.psql(f"CREATE TABLESPACE small LOCATION '{folder / 'tablespace'}'")
        postgresql.psql("ALTER TABLE news_article SET TABLESPACE small", name)
        with full(folder / "tablespace"):
            # Too long for what is left of the page that the table has already.
            body = "".join(f"<p>Bà con về rất đông {n}.</p>" for n in range(400))
            form = article_form(category, title=TYPED, body=body)
            status, page = staff.post("/admin/news/article/add/", form)
            assert status == 200
            assert "Ổ đĩa của cơ sở dữ liệu đã đầy" in page
            assert TYPED in page
            assert site.get("/tin-tuc/")[0] == 200
        assert staff.count("Article", "Listing") == [0, 0]
        assert staff.post("/admin/news/article/add/", form)[0] == 302
        assert "Traceback" not in site.journal()
        postgresql.psql("ALTER TABLE news_article SET TABLESPACE pg_default", name)
        postgresql.psql("DROP TABLESPACE small")


def test_start_on_a_full_disk_says_so_and_needs_nobody_when_there_is_room(
    machine: Machine,
) -> None:
    subprocess.run(["rm", "-r", machine.data / "static"], check=True)
    site = Service(machine)
    try:
        with full(machine.data):
            site.start(wait=False)
            wait_for(lambda: "không ghi được" in site.journal())
        # To collect and compress the files takes its time.
        wait_for(lambda: site.get()[0] == 200, 3 * PATIENCE)
        assert "Traceback" not in site.journal()
    finally:
        site.close()
