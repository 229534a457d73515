"""What people see while the database or a disk cannot do what they ask; nothing is lost."""

from __future__ import annotations

import errno
import html
import logging
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from psycopg import errors

from comments.models import Comment, CommentSettings
from news import failures
from news.models import Article, Attachment, Image
from portal.logs import describe
from portal.models import Song
from tests.comments import sending
from tests.contention import at_once, locked
from tests.factories import make_article, make_category, make_image, picture_upload
from tests.news.newsroom import LIST, add, form_of, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

FIXTURES = Path(__file__).parent.parent / "fixtures"
TYPED = "Chợ Hạ họp phiên cuối năm, bà con về rất đông."


@pytest.fixture
def reader(db: None) -> Client:
    """A browser that shows what a visitor would see, and never a traceback."""
    CommentSettings.objects.create(seconds_to_fill_in=0, seconds_between=0)
    return Client(raise_request_exception=False)


@pytest.fixture
def editor() -> Any:
    return sign_in(Client(raise_request_exception=False), "Biên tập viên")


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


# --- A locked table -------------------------------------------------------------------------------


@pytest.mark.usefixtures("limited")
def test_comment_that_cannot_be_stored_is_given_back(reader: Client) -> None:
    article = make_article()
    form = sending.filled(sending.form_of(reader, article), text=TYPED)
    with locked("comments_comment"):
        [response] = at_once([lambda: reader.post(f"/binh-luan/{article.pk}/gui", form)])
    assert response.status_code == 503
    assert TYPED in text_of(response)
    assert "Có người khác đang làm việc trên cùng dữ liệu" in text_of(response)
    assert "Quay lại" in text_of(response)
    assert not Comment.objects.exists()


@pytest.mark.usefixtures("limited")
def test_article_that_cannot_be_saved_is_shown_again(editor: Any) -> None:
    make_category()
    with locked("news_listing"):
        [response] = at_once([lambda: add(editor, title=TYPED, _publish="1")])
    assert response.status_code == 200
    assert response.context["adminform"].form.data["title"] == TYPED
    assert "Có người khác đang làm việc trên cùng dữ liệu" in text_of(response)
    assert not Article.objects.exists()


@pytest.mark.usefixtures("limited")
def test_form_that_cannot_even_be_shown_again_says_where_the_text_is(editor: Any) -> None:
    form = form_of(title=TYPED, category=make_category().pk, _publish="1")
    with locked("news_category"):
        [response] = at_once([lambda: editor.post(f"{LIST}add/", form)])
    assert response.status_code == 503
    assert "Nội dung vừa gõ chưa được lưu" in text_of(response)
    assert "Quay lại" in text_of(response)


@pytest.mark.usefixtures("limited")
def test_api_says_in_json_that_it_is_unavailable(reader: Client) -> None:
    with locked("news_listing"):
        [response] = at_once([lambda: reader.get("/api/articles/")])
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "tạm thời chưa phục vụ được" in response.json()["error"]


@pytest.mark.parametrize(
    ("failure", "logger"),
    [(OperationalError("gone"), "portal.views.errors"), (ValueError("fault"), "django.request")],
)
def test_outage_is_one_line_in_the_log_and_a_fault_is_a_traceback(
    reader: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    logger: str,
) -> None:
    monkeypatch.setattr("portal.frame.fetch_row", Mock(side_effect=failure))
    monkeypatch.setattr(logging.getLogger("django.request"), "propagate", True)
    caplog.set_level(logging.ERROR)
    caplog.clear()
    reader.get("/")
    named = [record for record in caplog.records if record.name in {logger, "django.request"}]
    assert {record.name for record in named} == {logger}
    assert bool(named[0].exc_info) == isinstance(failure, ValueError)


# --- A database that takes nothing ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (errors.DiskFull, "Ổ đĩa của cơ sở dữ liệu đã đầy"),
        (errors.LockNotAvailable, "Có người khác đang làm việc"),
        (errors.QueryCanceled, "Có người khác đang làm việc"),
        (errors.DeadlockDetected, "Có người khác đang làm việc"),
        (errors.TooManyConnections, "tạm thời không nhận thay đổi"),
        (errors.ReadOnlySqlTransaction, "tạm thời không nhận thay đổi"),
        (errors.AdminShutdown, "tạm thời không nhận thay đổi"),
    ],
)
def test_condition_of_the_database_is_an_outage_with_a_sentence(
    condition: type[Exception], sentence: str
) -> None:
    with pytest.raises(Exception) as caught, connection.wrap_database_errors:  # noqa: PT011
        raise condition("as PostgreSQL says it")
    assert failures.is_outage(caught.value)
    assert sentence in failures.sentence_of(caught.value)
    assert describe(caught.value) == f"{condition.__name__} {condition.sqlstate}"


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EPIPE, errno.ECONNRESET])
def test_other_errors_of_the_system_are_faults(number: int) -> None:
    assert not failures.is_outage(OSError(number, "no disk"))


def test_standby_says_that_it_takes_no_changes(reader: Client) -> None:
    article = make_article()
    form = sending.filled(sending.form_of(reader, article), text=TYPED)

    def send_to_a_standby() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = on")
        return reader.post(f"/binh-luan/{article.pk}/gui", form)

    [response] = at_once([send_to_a_standby])
    assert response.status_code == 503
    assert TYPED in text_of(response)
    assert "Cơ sở dữ liệu tạm thời không nhận thay đổi" in text_of(response)


# --- A full disk ----------------------------------------------------------------------------------


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is cut off after its first bytes."""
    save = FileSystemStorage._save

    def fail(self: FileSystemStorage, name: str, content: Any) -> str:
        save(self, name, ContentFile(content.read(10)))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", fail)


def stored_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("quyet-dinh.pdf", (FIXTURES / "quyet-dinh.pdf").read_bytes())


@pytest.mark.usefixtures("full_disk")
def test_article_whose_document_cannot_be_stored_is_shown_again(editor: Any) -> None:
    make_category()
    rows = {"attachments-TOTAL_FORMS": "1", "attachments-0-title": "Quyết định"}
    rows["attachments-0-position"] = "0"
    response = add(editor, title=TYPED, _publish="1", **rows, **{"attachments-0-upload": pdf()})
    assert response.status_code == 200
    form = response.context["adminform"].form
    assert form.data["title"] == TYPED
    assert "Máy chủ không lưu được tệp" in text_of(response)
    assert "Quyết định" in text_of(response)
    assert [*Article.objects.all(), *Attachment.objects.all(), *stored_files()] == []


@pytest.mark.usefixtures("full_disk")
def test_picture_that_cannot_be_stored_is_refused_with_its_texts(editor: Any) -> None:
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-alt": TYPED}
    response = editor.post("/admin/news/image/add/", {**sent, "form-0-upload": picture_upload()})
    assert response.status_code == 200
    assert "Máy chủ không lưu được tệp" in text_of(response)
    assert TYPED in text_of(response)
    assert [*Image.objects.all(), *stored_files()] == []


@pytest.mark.usefixtures("full_disk")
def test_song_that_cannot_be_stored_is_shown_again(admin_client: Any) -> None:
    sound = SimpleUploadedFile("bai-hat.mp3", b"ID3" + b"\0" * 2000)
    sent = {"title": TYPED, "position": "0", "upload": sound}
    response = admin_client.post("/admin/portal/song/add/", sent)
    assert response.status_code == 200
    assert TYPED in text_of(response)
    assert "Máy chủ không lưu được tệp" in text_of(response)
    assert [*Song.objects.all(), *stored_files()] == []


def test_file_that_cannot_be_deleted_is_left_and_its_row_is_gone(
    admin_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image()

    def fail(self: FileSystemStorage, name: str) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(FileSystemStorage, "delete", fail)
    response = admin_client.post(f"/admin/news/image/{image.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    assert not Image.objects.exists()
    assert stored_files()


def test_upload_for_which_there_is_no_temporary_space_is_told_in_a_sentence(
    editor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    make_category()
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", fail)
    monkeypatch.setattr(MemoryFileUploadHandler, "new_file", fail)
    response = add(editor, title=TYPED, **{"attachments-0-upload": pdf()})
    assert response.status_code == 503
    assert "Máy chủ không lưu được tệp" in text_of(response)
    assert "Quay lại" in text_of(response)


# --- What a command says --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "không có tệp"),
        (PermissionError(errno.EACCES, "Permission denied"), "không đủ quyền truy cập"),
        (IsADirectoryError(errno.EISDIR, "Is a directory"), "đây là thư mục"),
        (OSError(errno.ENOSPC, "No space left on device"), "ổ đĩa đã đầy"),
        (OSError(errno.EADDRINUSE, "Address already in use"), "chương trình khác đang sử dụng"),
        (OSError(errno.ELOOP, "Too many levels of symbolic links"), "Too many levels of"),
        (OSError("as a library says it"), "as a library says it"),
    ],
)
def test_common_reason_of_the_system_is_said_in_vietnamese(error: OSError, reason: str) -> None:
    assert failures.reason_of_system(error).startswith(reason)


def test_command_names_a_missing_file_in_vietnamese(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.csv: không có tệp hoặc thư mục này"):
        call_command("import_redirects", tmp_path / "none.csv")


# --- A form that is too large ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "limit", "sentence"),
    [
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", 1024 * 1024, "không kể tệp đính kèm, tối đa 1 MB"),
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 3, "quá nhiều ô: tối đa 3 ô"),
        ("DATA_UPLOAD_MAX_NUMBER_FILES", 1, "quá nhiều tệp: tối đa 1 tệp"),
    ],
)
def test_form_beyond_a_limit_is_told_which(
    setting: str, limit: int, sentence: str, settings: Any, editor: Any
) -> None:
    setattr(settings, setting, limit)
    sent = {"body": "a" * 2_000_000, "a": "", "b": "", "c": "", "file": pdf(), "other": pdf()}
    if setting != "DATA_UPLOAD_MAX_MEMORY_SIZE":
        sent["body"] = ""
    if setting == "DATA_UPLOAD_MAX_NUMBER_FILES":
        sent = {"file": pdf(), "other": pdf()}
    response = editor.post("/admin/news/article/add/", sent)
    assert response.status_code == 413
    assert sentence in text_of(response)
    assert "Quay lại" in text_of(response)
