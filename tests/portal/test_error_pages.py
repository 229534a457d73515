"""The error pages that nginx gives out by itself."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.error_pages import STATUSES_OF_NGINX, write_error_pages


def test_there_is_a_page_for_each_status_in_both_languages(tmp_path: Path) -> None:
    write_error_pages(tmp_path / "pages")
    expected = {f"{language}/{n}.html" for language in ("vi", "en") for n in STATUSES_OF_NGINX}
    pages = {str(path.relative_to(tmp_path / "pages")) for path in tmp_path.rglob("*.*")}
    assert pages == expected
    assert "Không tìm thấy trang" in (tmp_path / "pages/vi/404.html").read_text()
    english = (tmp_path / "pages/en/404.html").read_text()
    assert "Page not found" in english
    assert 'href="/en/"' in english


@pytest.mark.parametrize("status", [502, 503, 504])
def test_application_that_does_not_answer_is_said_to_be_away_for_a_while(
    tmp_path: Path, status: int
) -> None:
    write_error_pages(tmp_path)
    assert "Cổng đang bảo trì" in (tmp_path / f"vi/{status}.html").read_text()


def test_every_account_may_read_them_whatever_the_umask_of_the_site(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_error_pages(tmp_path / "pages")
    finally:
        os.umask(before)
    for path in [tmp_path / "pages", *(tmp_path / "pages").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


def test_page_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_error_pages(tmp_path)
    page = tmp_path / "vi/404.html"
    page.write_text("of the version before")
    with page.open() as opened:  # as nginx has it open while it sends it
        write_error_pages(tmp_path)
        assert opened.read() == "of the version before"
    assert "Không tìm thấy trang" in page.read_text()


def test_full_disk_leaves_what_is_there_and_stops_only_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_error_pages(tmp_path)
    page = tmp_path / "vi/404.html"
    page.write_text("of the version before")
    before = sorted(tmp_path.rglob("*"))

    def is_full(self: Path, text: str) -> None:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Path, "write_text", is_full)
        with pytest.raises(OSError, match="No space left"):
            write_error_pages(tmp_path)
    assert page.read_text() == "of the version before"
    assert sorted(tmp_path.rglob("*")) == before
    write_error_pages(tmp_path)
    monkeypatch.setattr(Path, "write_text", is_full)
    write_error_pages(tmp_path)


def test_command_writes_them_into_the_folder_of_the_site(tmp_path: Path, settings: Any) -> None:
    settings.ERROR_PAGES_ROOT = tmp_path / "error-pages"
    said = io.StringIO()
    call_command("write_error_pages", stdout=said)
    assert str(tmp_path / "error-pages") in said.getvalue()
    assert (tmp_path / "error-pages/en/502.html").exists()
